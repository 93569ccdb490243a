/** Records a phrase from the camera: a picture for each tick of the frame rate, and what is pressed meanwhile. */

import { lampsOn, signalText } from './signal.js';

const LONGEST_SIDE = 1_280;
const QUALITY = 0.75;

/**
 * Events: `started` when the clock runs, `pressed` (detail: all presses), `skipped` (detail: how many frames so far).
 */
export class Recording extends EventTarget {
  /** @type {?import('./sources.js').Source} */
  #source = null;
  /** Of the first frame, in monotonic milliseconds; null before the server awaits it. */
  #begun = null;
  #fps = 0;
  #last = -1;
  #isEncoding = false;
  /** @type {?Blob} */
  #picture = null;
  /** @type {import('./signal.js').Press[]} */
  presses = [];
  skipped = 0;

  /**
   * @param {HTMLCanvasElement} canvas shows what is recorded
   * @param {import('./referee-stream.js').RefereeStream} stream
   */
  constructor(canvas, stream) {
    super();
    this.canvas = canvas;
    this.stream = stream;
    this.context = canvas.getContext('2d', { alpha: false });
    stream.addEventListener('begun', () => this.#start());
  }

  /** @returns {number} since the first frame; 0 before it */
  get seconds() {
    return this.#begun === null ? 0 : (performance.now() - this.#begun) / 1_000;
  }

  get isRunning() {
    return this.#begun !== null;
  }

  get lamps() {
    return lampsOn(this.presses);
  }

  /** @param {import('./sources.js').Source} source is shown until it is recorded and closed */
  show(source) {
    this.close();
    this.#source = source;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(source.width, source.height));
    // H.264 halves the colours' resolution: even sides.
    this.canvas.width = 2 * Math.round((source.width * scale) / 2);
    this.canvas.height = 2 * Math.round((source.height * scale) / 2);
    this.#next(source);
  }

  /**
   * Begins as soon as the server awaits it.
   *
   * @param {number} fps
   * @param {string} id of the phrase
   */
  begin(fps, id) {
    Object.assign(this, { presses: [], skipped: 0 });
    this.#fps = fps;
    this.#last = -1;
    this.#picture = null;
    this.stream.begin({ id, fps, width: this.canvas.width, height: this.canvas.height });
  }

  /** @param {import('./signal.js').Pressed} what */
  press(what) {
    if (this.isRunning) {
      this.presses.push({ seconds: this.seconds, what });
      this.#told('pressed', this.presses);
    }
  }

  /** Takes back the last press. */
  undo() {
    this.presses.pop();
    this.#told('pressed', this.presses);
  }

  /** Nothing more is recorded: what was and its signal are whole. */
  finish() {
    const text = signalText(this.presses, this.seconds);
    this.close();
    this.stream.finish(text);
  }

  /** Ends recording and camera. */
  close() {
    this.#source?.stop();
    this.#source = this.#begun = null;
  }

  #start() {
    if (this.#source) {
      this.#begun = performance.now();
      this.#told('started');
    }
  }

  #next(source) {
    requestAnimationFrame(() => {
      if (source === this.#source) {
        source.paint(this.context, this.canvas.width, this.canvas.height);
        const tick = Math.floor(this.seconds * this.#fps);
        if (this.isRunning && tick > this.#last && !this.#isEncoding) {
          this.#take(source, tick);
        }
        this.#next(source);
      }
    });
  }

  /**
   * @param {import('./sources.js').Source} source
   * @param {number} tick which is the frame's number
   */
  #take(source, tick) {
    this.#isEncoding = true;
    this.canvas.toBlob((picture) => {
      this.#isEncoding = false;
      if (picture && source === this.#source) {
        // The video has no gaps, so a tick without a picture of its own gets the one before: the lamps keep their time.
        for (let number = this.#last + 1; number < tick; number++) {
          this.#add(number, this.#picture ?? picture);
        }
        this.#add(tick, picture);
        this.#picture = picture;
        this.#last = tick;
      }
    }, 'image/jpeg', QUALITY);
  }

  #add(number, picture) {
    if (!this.stream.tryAdd({ number, picture })) {
      this.skipped++;
      this.#told('skipped', this.skipped);
    }
  }

  #told(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
