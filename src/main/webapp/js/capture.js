/** Turns a source into frames: paints it at a steady pace and encodes a picture whenever the stream has a place. */

const LONGEST_SIDE = 640;
const JPEG_QUALITY = 0.7;
const FRAME_GAP_MILLIS = 33;

export class Capture {
  /** @type {?import('./sources.js').Source} */
  #source = null;
  #last = -Infinity;

  /**
   * @param {HTMLCanvasElement} canvas shows what is captured
   * @param {import('./stream.js').Stream} stream
   * @param {() => void} onDropped a frame was due, but too many were unanswered
   */
  constructor(canvas, stream, onDropped) {
    this.canvas = canvas;
    this.stream = stream;
    this.onDropped = onDropped;
    this.context = canvas.getContext('2d', { alpha: false });
  }

  get isRunning() {
    return this.#source !== null;
  }

  /** @param {import('./sources.js').Source} source is stopped with the capture */
  start(source) {
    this.stop();
    this.#source = source;
    this.#next(source);
  }

  stop() {
    this.#source?.stop();
    this.#source = null;
  }

  /** @param {import('./sources.js').Source} source ends its own loop when another has taken its place */
  #next(source) {
    requestAnimationFrame((now) => {
      if (source === this.#source) {
        // Half a millisecond of grace: a display's frames are not exactly their nominal distance apart.
        if (now - this.#last >= FRAME_GAP_MILLIS - 0.5 && source.width > 0) {
          this.#last = now;
          this.#take(source, now);
        }
        this.#next(source);
      }
    });
  }

  /**
   * @param {import('./sources.js').Source} source
   * @param {number} now
   */
  #take(source, now) {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(source.width, source.height));
    const width = Math.max(1, Math.round(source.width * scale));
    const height = Math.max(1, Math.round(source.height * scale));
    // Setting a size clears the canvas, even to the same size.
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    source.paint(this.context, width, height, now);
    if (!this.stream.isConnected) {
      return;
    }
    const timestamp = this.stream.tryReserve(performance.now());
    if (timestamp === null) {
      this.onDropped();
      return;
    }
    this.canvas.toBlob((picture) => {
      if (picture && source === this.#source) {
        this.stream.sendFrame(timestamp, picture);
      } else {
        this.stream.release(timestamp);
      }
    }, 'image/jpeg', JPEG_QUALITY);
  }
}
