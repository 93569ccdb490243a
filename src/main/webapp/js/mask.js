/** Masks: the class of each pixel, read from pictures and drawn over a frame. */

/** As the server draws by default. */
const OPACITY = 0.6;
const RIGHT = pack([0, 0, 0]);
const WRONG = pack([255, 30, 90]);
const scratch = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });

/**
 * @param {number} width
 * @param {number} height
 * @param {(context: OffscreenCanvasRenderingContext2D) => void} paint
 * @returns {Uint8ClampedArray} red, green, blue and alpha of each pixel painted
 */
export function pixels(width, height, paint) {
  fit(scratch.canvas, width, height);
  paint(scratch);
  return scratch.getImageData(0, 0, width, height).data;
}

/**
 * @param {ImageBitmap} picture grey, each pixel as bright as its class's id
 * @returns {Uint8Array} class ids
 */
export function readMask(picture) {
  const data = pixels(picture.width, picture.height, (context) => context.drawImage(picture, 0, 0));
  const ids = new Uint8Array(data.length / 4);
  for (let at = 0; at < ids.length; at++) {
    ids[at] = data[4 * at];
  }
  return ids;
}

/**
 * Draws a frame and the classes over it, as the server's filled rendering does.
 *
 * @param {HTMLCanvasElement} canvas gets the frame's size
 * @param {ImageBitmap} frame
 * @param {Uint8Array} ids
 * @param {number[][]} colors by class id
 */
export function drawClasses(canvas, frame, ids, colors) {
  const packed = Uint32Array.from({ length: 256 }, (_, id) => pack(colors[id] ?? [0, 0, 0]));
  drawOver(canvas, frame, (at) => packed[ids[at]]);
}

/**
 * Draws a frame and marks where a mask is wrong; the rest is as dark as background.
 *
 * @param {HTMLCanvasElement} canvas gets the frame's size
 * @param {ImageBitmap} frame
 * @param {Uint8Array} ids
 * @param {Uint8Array} known the right ones
 */
export function drawMistakes(canvas, frame, ids, known) {
  drawOver(canvas, frame, (at) => (ids[at] === known[at] ? RIGHT : WRONG));
}

/** @param {(at: number) => number} colorAt packed colour of a pixel */
function drawOver(canvas, frame, colorAt) {
  const { width, height } = frame;
  fit(canvas, width, height);
  const colors = new Uint32Array(width * height);
  for (let at = 0; at < colors.length; at++) {
    colors[at] = colorAt(at);
  }
  fit(scratch.canvas, width, height);
  scratch.putImageData(new ImageData(new Uint8ClampedArray(colors.buffer), width), 0, 0);
  const context = canvas.getContext('2d', { alpha: false });
  context.globalAlpha = 1;
  context.drawImage(frame, 0, 0);
  context.globalAlpha = OPACITY;
  context.drawImage(scratch.canvas, 0, 0);
}

/** Setting a size makes a canvas anew, even of the same size. */
function fit(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height });
  }
}

/** @param {number[]} color [red, green, blue] as one number, alpha highest, for pixels in memory */
function pack([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
