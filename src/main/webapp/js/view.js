/** Draws answers: the newest decoded picture wins, an older one that took longer to decode is thrown away. */
export class View {
  #received = 0;
  #drawn = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d', { alpha: false });
  }

  /**
   * @param {Blob} picture
   * @param {import('./messages.js').Segmentation} message
   * @returns {Promise<boolean>} whether it was drawn; false for one overtaken by a newer picture
   * @throws {DOMException} when the picture cannot be decoded
   */
  async show(picture, message) {
    const number = ++this.#received;
    const bitmap = await createImageBitmap(picture);
    try {
      if (number < this.#drawn) {
        return false;
      }
      this.#drawn = number;
      if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.height) {
        this.canvas.width = bitmap.width;
        this.canvas.height = bitmap.height;
      }
      this.context.drawImage(bitmap, 0, 0);
    } finally {
      bitmap.close();
    }
    label(this.canvas, message);
    return true;
  }
}

/**
 * Says in the document what is on the canvas, for whoever cannot look at the pixels.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {import('./messages.js').Segmentation} message
 */
export function label(canvas, { timestamp, metadata }) {
  Object.assign(canvas.dataset, {
    framesShown: Number(canvas.dataset.framesShown) + 1,
    timestamp,
    modelMode: metadata.model_mode,
    model: metadata.model ?? '',
    detectedClasses: metadata.detected_classes.join(','),
  });
}
