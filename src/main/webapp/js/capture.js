/** Turns a source into frames: paints it at a steady pace and encodes a picture whenever the stream has a place. */

const LONGEST_SIDE = 640;

/**
 * @typedef {object} Pictures what is made of a source
 * @property {number} [gapMillis] between two that are painted
 * @property {number} [sentWidth] that one has at most when it is sent
 * @property {number} [quality] of the JPEG
 */

/**
 * @typedef {object} Sink takes frames: a stream, or the comparison of two; what it reserves is its own affair
 * @property {boolean} isConnected
 * @property {(now: number) => ?any} tryReserve
 * @property {(reserved: any) => void} release
 * @property {(reserved: any, picture: Blob, position?: number) => void} sendFrame
 */

export class Capture {
  /** @type {?import('./sources.js').Source} */
  #source = null;
  #last = -Infinity;

  /**
   * @param {HTMLCanvasElement} canvas shows what is captured
   * @param {Sink} sink
   * @param {() => void} onDropped a frame was due, but too many were unanswered
   * @param {Pictures} [pictures]
   */
  constructor(canvas, sink, onDropped, { gapMillis = 33, sentWidth = LONGEST_SIDE, quality = 0.7 } = {}) {
    Object.assign(this, { gapMillis, sentWidth, quality });
    this.canvas = canvas;
    this.sink = sink;
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
        if (now - this.#last >= this.gapMillis - 0.5 && source.width > 0) {
          this.#last = now;
          this.#take(source);
        }
        this.#next(source);
      }
    });
  }

  /** @param {import('./sources.js').Source} source */
  #take(source) {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(source.width, source.height));
    const width = Math.max(1, Math.round(source.width * scale));
    const height = Math.max(1, Math.round(source.height * scale));
    // Setting a size clears the canvas, even to the same size.
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    const position = source.paint(this.context, width, height);
    const { sink } = this;
    if (!sink.isConnected) {
      return;
    }
    const reserved = sink.tryReserve(performance.now());
    if (reserved === null) {
      this.onDropped();
      return;
    }
    this.#small().toBlob((picture) => {
      if (picture && source === this.#source) {
        sink.sendFrame(reserved, picture, position);
      } else {
        sink.release(reserved);
      }
    }, 'image/jpeg', this.quality);
  }

  /** @returns {HTMLCanvasElement} the picture, no wider than it is to be sent */
  #small() {
    const { width, height } = this.canvas;
    if (width <= this.sentWidth) {
      return this.canvas;
    }
    const small = Object.assign(document.createElement('canvas'), { width: this.sentWidth, height: Math.max(1, Math.round((height * this.sentWidth) / width)) });
    small.getContext('2d', { alpha: false }).drawImage(this.canvas, 0, 0, small.width, small.height);
    return small;
  }
}
