/** One side of the comparison: a stream of its own, its mode, its picture, its numbers. */

import { Lately } from './lately.js';
import { swatch } from './legend.js';
import { drawClasses, drawMistakes, readMask } from './mask.js';
import { Modes } from './modes.js';
import { figure, millis } from './numbers.js';
import { Overlap } from './overlap.js';
import { Stats } from './stats.js';
import { WORLD } from './truth.js';
import { label } from './view.js';

/**
 * @typedef {object} Answer
 * @property {import('./messages.js').Segmentation} message
 * @property {Blob} picture
 * @property {string[]} labels by class id
 * @property {number[][]} colors by class id
 * @property {Overlap} overlap it counts for
 */

export class Pane {
  stats = new Stats();
  #overlap = new Overlap();
  #seen = new Lately();
  /** @type {string[]} by class id */
  #labels = [];
  /** @type {number[][]} by class id */
  #colors = [];

  /**
   * @param {HTMLElement} element
   * @param {import('./stream.js').Stream} stream that answers with masks
   * @param {string} mode to begin with
   */
  constructor(element, stream, mode) {
    const find = (part) => element.querySelector(`[data-part="${part}"]`);
    this.stream = stream;
    this.canvas = element.querySelector('canvas');
    this.modes = new Modes(stream, { group: element.querySelector('[role="radiogroup"]'), busy: find('busy'), served: find('served') }, mode);
    this.figures = { latency: find('latency'), run: find('run'), overlap: find('overlap') };
    this.key = find('key');
    stream.addEventListener('connected', ({ detail }) => this.#named(detail));
    stream.addEventListener('mode_changed', ({ detail }) => this.#named(detail));
  }

  /** @param {number} now the numbers begin anew */
  start(now) {
    this.stats.start(now);
    this.#overlap = new Overlap();
  }

  /**
   * The answer has come; it is shown when the other side's has, too.
   *
   * @param {{message: import('./messages.js').Segmentation, picture: Blob, captured: number|undefined}} detail
   * @returns {Answer} with what is in force now: the server may name other classes before it is shown
   */
  answered({ message, picture, captured }) {
    this.stats.shown(performance.now(), captured, message.metadata);
    return { message, picture, labels: this.#labels, colors: this.#colors, overlap: this.#overlap };
  }

  /**
   * @param {Answer} answer
   * @param {ImageBitmap} frame
   * @param {ImageBitmap} mask the answer's picture
   * @param {?Uint8Array} known classes of the frame's pixels
   * @param {boolean} onlyMistakes to be drawn, where the classes are known
   */
  show({ message, labels, colors, overlap }, frame, mask, known, onlyMistakes) {
    const ids = readMask(mask);
    const comparable = known !== null && labels.join() === WORLD.join();
    if (comparable) {
      overlap.add(ids, known);
    }
    if (comparable && onlyMistakes) {
      drawMistakes(this.canvas, frame, ids, known);
    } else {
      drawClasses(this.canvas, frame, ids, colors);
    }
    label(this.canvas, message);
    this.modes.shown(message.metadata);
    this.#seen.see(message.metadata.detected_classes);
  }

  /** To be called now and then. */
  writeNumbers() {
    const { latencyMillis, steps } = this.stats.numbers(performance.now());
    figure(this.figures.latency, millis(latencyMillis), 'ms');
    figure(this.figures.run, millis(steps?.run), 'ms');
    figure(this.figures.overlap, this.#overlap.mean?.toFixed(3), '');
    writeKey(this.key, this.#labels, this.#colors, (name) => this.#seen.has(name));
  }

  /** @param {import('./messages.js').Connected|import('./messages.js').ModeChanged} message that names the classes */
  #named({ class_labels, class_colors }) {
    this.#labels = class_labels;
    this.#colors = class_colors;
    this.#seen.clear();
  }
}

/**
 * @param {HTMLUListElement} list
 * @param {string[]} labels by class id
 * @param {number[][]} colors by class id
 * @param {(name: string) => boolean} isInView
 */
export function writeKey(list, labels, colors, isInView) {
  const ids = labels.flatMap((name, id) => (isInView(name) ? id : []));
  const entries = ids.map((id) => {
    const entry = document.createElement('li');
    entry.append(swatch(colors[id]), labels[id]);
    return entry;
  });
  if (list.textContent !== entries.map(({ textContent }) => textContent).join('')) {
    list.replaceChildren(...entries);
  }
}
