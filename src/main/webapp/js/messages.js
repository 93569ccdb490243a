/**
 * The messages of the segmentation stream and their binary form; names are the protocol's.
 *
 * @typedef {object} Connected first message of a connection
 * @property {'connected'} type
 * @property {string[]} available_models the modes
 * @property {string} current_model the mode in force
 * @property {string} [model] the model that serves it
 * @property {string[]} class_labels by class id
 * @property {number[][]} [class_colors] [red, green, blue] by class id
 * @property {string[]} [features] what was granted of what the address asked for
 * @property {{max_frames_waiting?: number}} [limits]
 *
 * @typedef {object} ModeChanged
 * @property {'mode_changed'} type
 * @property {string} model_mode
 * @property {string} [model]
 * @property {string[]} class_labels
 * @property {number[][]} [class_colors]
 * @property {{fps: number, from?: string, reason?: string}} [auto] where the server chooses the mode
 *
 * @typedef {object} Receipt where a frame's time went, in milliseconds
 * @property {number} queue_ms
 * @property {number} decode_ms
 * @property {number} resize_ms
 * @property {number} run_ms
 * @property {number} render_ms
 * @property {number} encode_ms
 * @property {number} server_ms
 * @property {number} batch_size
 * @property {number} frames_replaced
 * @property {string} provider
 * @property {string} model
 * @property {string} model_version
 *
 * @typedef {object} Metadata
 * @property {number} inference_time_ms
 * @property {number} total_time_ms
 * @property {string} model_mode
 * @property {string[]} detected_classes
 * @property {string} [model]
 * @property {number} [frames_replaced]
 * @property {Receipt} [receipt]
 *
 * @typedef {object} Segmentation
 * @property {'segmentation'} type
 * @property {number} timestamp as sent with the frame
 * @property {string} [data] base64 of a JPEG; absent in the binary form
 * @property {Metadata} metadata
 *
 * @typedef {object} VizSettings
 * @property {number} [overlay_opacity] 0 to 1
 * @property {'filled'|'contour'|'side-by-side'|'blend'} [visualization_mode]
 * @property {?number[]} [class_filter] class ids; null shows all
 *
 * @typedef {object} StreamError
 * @property {'error'} type
 * @property {string} code
 * @property {string} message
 */

const LENGTH_BYTES = 4;

/**
 * @param {object} header
 * @param {Blob} picture
 * @returns {Blob} length of the header, big-endian; the header as UTF-8 JSON; the picture
 */
export function toBinary(header, picture) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new DataView(new ArrayBuffer(LENGTH_BYTES));
  length.setUint32(0, text.length);
  return new Blob([length.buffer, text, picture]);
}

/**
 * @param {ArrayBuffer} bytes
 * @returns {{header: object, picture: Blob}}
 * @throws {Error} when the bytes are not a header and a picture
 */
export function fromBinary(bytes) {
  const length = new DataView(bytes).getUint32(0);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, LENGTH_BYTES, length)));
  return { header, picture: new Blob([new Uint8Array(bytes, LENGTH_BYTES + length)]) };
}

/**
 * @param {Blob} picture
 * @returns {Promise<string>} a data URL
 */
export function toDataUrl(picture) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(/** @type {string} */ (reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(picture);
  });
}

/**
 * @param {string} data base64, with or without the front of a data URL
 * @returns {Blob}
 */
export function fromBase64(data) {
  const text = atob(data.slice(data.indexOf(',') + 1));
  return new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))]);
}

/**
 * The palette every server of this protocol draws with: the bits of the id, dealt in turn to red, green and blue
 * from the highest bit down. For servers that do not send class_colors.
 *
 * @param {number} id
 * @returns {number[]} [red, green, blue]
 */
export function paletteColor(id) {
  const color = [0, 0, 0];
  for (let bit = 7, rest = id; bit >= 0; bit--, rest >>= 3) {
    for (let channel = 0; channel < 3; channel++) {
      color[channel] |= ((rest >> channel) & 1) << bit;
    }
  }
  return color;
}
