/** The same frame in two modes: it goes to both streams at once, and both answers are shown together. */

import { drawClasses } from './mask.js';
import { Pane, writeKey } from './pane.js';
import { Stream } from './stream.js';
import { FRAMES, WORLD, WORLD_COLORS } from './truth.js';

const WRITE_EVERY_MILLIS = 500;

/**
 * @typedef {object} Pair a frame that is with both streams
 * @property {number[]} timestamps by pane
 * @property {import('./pane.js').Answer[]} answers by pane
 * @property {Blob} [picture]
 * @property {number} [position] in the clip it comes from
 */

/** Takes frames like a stream. Events: `shown`, `unreadable`. */
export class Comparison extends EventTarget {
  /** @type {?Pair} */
  #pair = null;
  /** @type {?import('./sources.js').Source} */
  #source = null;

  /** @param {URL} address of the stream's endpoint, which grants masks */
  constructor(address) {
    super();
    const template = document.getElementById('pane');
    this.element = document.getElementById('panes');
    this.truth = document.getElementById('truth');
    this.canvas = this.truth.querySelector('canvas');
    this.mistakes = /** @type {HTMLInputElement} */ (document.getElementById('mistakes'));
    this.panes = [['First', 'fast'], ['Second', 'sota']].map(([name, mode], index) => {
      const element = template.content.firstElementChild.cloneNode(true);
      const group = element.querySelector('[role="radiogroup"]');
      group.id = name;
      element.ariaLabel = group.ariaLabel = `${name} mode`;
      element.querySelector('canvas').ariaLabel = `Picture in the ${name.toLowerCase()} mode`;
      this.truth.before(element);
      // One frame under way: a second would wait behind it, and the latency with it.
      const stream = new Stream(address, 1);
      stream.addEventListener('segmentation', ({ detail }) => this.#answered(index, detail));
      return new Pane(element, stream, mode);
    });
    // Both begin anew, so that their numbers are of the same frames.
    for (const stream of this.streams) {
      stream.addEventListener('connected', () => this.startNumbers(performance.now()));
      stream.addEventListener('mode_changed', () => this.startNumbers(performance.now()));
    }
    setInterval(() => this.panes.forEach((pane) => pane.writeNumbers()), WRITE_EVERY_MILLIS);
  }

  get streams() {
    return this.panes.map(({ stream }) => stream);
  }

  get isConnected() {
    return this.streams.every((stream) => stream.isConnected);
  }

  /** @returns {import('./socket.js').Connection} of a stream that is not connected, where there is one */
  get connection() {
    return this.streams.map(({ connection }) => connection).sort((one, other) => (one.state === 'connected') - (other.state === 'connected'))[0];
  }

  connect() {
    this.streams.forEach((stream) => stream.connect());
  }

  disconnect() {
    this.streams.forEach((stream) => stream.disconnect());
  }

  /** @param {import('./sources.js').Source} source */
  start(source) {
    this.#source = source;
    this.#pair = null;
    this.truth.hidden = !source.truth;
    this.mistakes.parentElement.hidden = !source.truth;
    this.element.dataset.tiles = source.truth ? 3 : 2;
  }

  stop() {
    this.#source = null;
  }

  /** @param {number} now */
  startNumbers(now) {
    this.panes.forEach((pane) => pane.start(now));
  }

  /** @param {number} now */
  answeredWithin(now, millis) {
    return this.panes.every(({ stats }) => stats.answeredWithin(now, millis));
  }

  /**
   * @param {number} now
   * @returns {?Pair} null while a frame is under way
   */
  tryReserve(now) {
    const pair = { timestamps: this.streams.map((stream) => stream.tryReserve(now)), answers: [] };
    if (pair.timestamps.includes(null)) {
      this.release(pair);
      return null;
    }
    this.#pair = pair;
    return pair;
  }

  /** @param {Pair} pair */
  release({ timestamps }) {
    this.streams.forEach((stream, index) => stream.release(timestamps[index]));
  }

  /**
   * @param {Pair} pair
   * @param {Blob} picture
   * @param {number} [position]
   */
  sendFrame(pair, picture, position) {
    Object.assign(pair, { picture, position });
    this.streams.forEach((stream, index) => stream.sendFrame(pair.timestamps[index], picture));
  }

  /**
   * @param {number} index of the pane
   * @param {{message: import('./messages.js').Segmentation, picture: ?Blob, captured: number|undefined}} detail
   */
  #answered(index, detail) {
    const pair = this.#pair;
    if (detail.picture && pair?.timestamps[index] === detail.message.timestamp) {
      pair.answers[index] = this.panes[index].answered(detail);
      if (this.panes.every((_, each) => pair.answers[each])) {
        this.#show(pair).catch(() => this.dispatchEvent(new Event('unreadable')));
      }
    }
  }

  /** @param {Pair} pair */
  async #show({ answers, picture, position }) {
    const source = this.#source;
    const truth = position === undefined ? null : source?.truth?.at(position).catch(() => null);
    const pictures = [picture, ...answers.map((answer) => answer.picture)];
    const [known, frame, ...masks] = await Promise.all([truth, ...pictures.map((each) => createImageBitmap(each, { colorSpaceConversion: 'none' }))]);
    // Stopped, or another source has taken its place.
    if (source && source === this.#source) {
      this.panes.forEach((pane, index) => pane.show(answers[index], frame, masks[index], known?.ids ?? null, this.mistakes.checked));
      this.#showTruth(frame, known);
      this.dispatchEvent(new Event('shown'));
    }
    [frame, ...masks].forEach((bitmap) => bitmap.close());
  }

  /**
   * @param {ImageBitmap} frame
   * @param {import('./truth.js').Known|null|undefined} known
   */
  #showTruth(frame, known) {
    if (!known) {
      document.getElementById('truth-frame').textContent = 'could not be loaded';
      return;
    }
    drawClasses(this.canvas, frame, known.ids, WORLD_COLORS);
    this.canvas.dataset.frame = known.number;
    document.getElementById('truth-frame').textContent = `Frame ${known.number + 1} of ${FRAMES}`;
    writeKey(document.getElementById('truth-key'), WORLD, WORLD_COLORS, (name) => name !== WORLD[0] && known.ids.includes(WORLD.indexOf(name)));
  }
}
