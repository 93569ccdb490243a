/** One side of the comparison: a stream of its own, its mode, its picture, its numbers. */

import { Lately } from './lately.js';
import { swatch } from './legend.js';
import { paletteColor } from './messages.js';
import { Modes } from './modes.js';
import { figure, millis } from './numbers.js';
import { Stats } from './stats.js';
import { View } from './view.js';

export class Pane {
  stats = new Stats();
  #seen = new Lately();
  /** @type {[string, number[]][]} name and colour by class id */
  #classes = [];

  /**
   * @param {HTMLElement} element
   * @param {import('./stream.js').Stream} stream
   * @param {string} mode to begin with
   */
  constructor(element, stream, mode) {
    const find = (part) => element.querySelector(`[data-part="${part}"]`);
    this.stream = stream;
    this.view = new View(element.querySelector('canvas'));
    this.modes = new Modes(stream, { group: element.querySelector('[role="radiogroup"]'), busy: find('busy'), served: find('served') }, mode);
    this.figures = { latency: find('latency'), run: find('run') };
    this.key = find('key');
    stream.addEventListener('connected', ({ detail }) => this.#named(detail));
    stream.addEventListener('mode_changed', ({ detail }) => this.#named(detail));
  }

  /** @param {number} now the numbers begin anew */
  start(now) {
    this.stats.start(now);
    this.#seen.clear();
  }

  /**
   * The answer has come; it is shown when the other side's has, too.
   *
   * @param {import('./messages.js').Metadata} metadata
   * @param {number|undefined} captured
   */
  answered(metadata, captured) {
    this.stats.shown(performance.now(), captured, metadata);
  }

  /**
   * @param {ImageBitmap} picture
   * @param {import('./messages.js').Segmentation} message
   */
  show(picture, message) {
    this.view.draw(picture, message);
    this.modes.shown(message.metadata);
    this.#seen.see(message.metadata.detected_classes);
  }

  /** To be called now and then. */
  writeNumbers() {
    const { latencyMillis, steps } = this.stats.numbers(performance.now());
    figure(this.figures.latency, millis(latencyMillis), 'ms');
    figure(this.figures.run, millis(steps?.run), 'ms');
    const inView = this.#classes.filter(([name]) => this.#seen.has(name));
    if (this.key.textContent !== inView.map(([name]) => name).join('')) {
      this.key.replaceChildren(...inView.map(keyEntry));
    }
  }

  /** @param {import('./messages.js').Connected|import('./messages.js').ModeChanged} message that names the classes */
  #named({ class_labels, class_colors }) {
    this.#classes = class_labels.map((label, id) => [label, class_colors?.[id] ?? paletteColor(id)]);
    this.stats.start(performance.now());
    this.#seen.clear();
    this.key.replaceChildren();
  }
}

/** @param {[string, number[]]} entry */
function keyEntry([name, color]) {
  const element = document.createElement('li');
  element.append(swatch(color), name);
  return element;
}
