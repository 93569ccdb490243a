/** How pictures are drawn: rendering, opacity, classes. These are the page's; the server is told whenever a connection begins. */

import { Legend } from './legend.js';
import { Modes } from './modes.js';

const SEND_AFTER_MILLIS = 40;

export class Settings {
  /** @type {import('./messages.js').VizSettings} */
  #pending = {};
  /** @type {number|undefined} */
  #timer;

  /** @param {import('./stream.js').Stream} stream */
  constructor(stream) {
    this.stream = stream;
    this.opacity = /** @type {HTMLInputElement} */ (document.getElementById('opacity'));
    this.legend = new Legend(() => this.#filter());
    this.rendering = document.getElementById('rendering');
    this.rendering.addEventListener('change', () => this.#render());
    this.opacity.addEventListener('input', () => this.#fade());
    this.modes = new Modes(stream, {
      group: document.getElementById('mode'),
      busy: document.getElementById('mode-busy'),
      served: document.getElementById('served-by'),
      wanted: /** @type {HTMLInputElement} */ (document.getElementById('wanted')),
      moved: document.getElementById('moved'),
    });
    stream.addEventListener('connected', ({ detail }) => this.#connected(detail));
    stream.addEventListener('mode_changed', ({ detail }) => this.#named(detail));
  }

  /** @param {import('./messages.js').Metadata} metadata of the newest picture */
  shown(metadata) {
    this.legend.detected(metadata.detected_classes);
    this.modes.shown(metadata);
  }

  /** @param {import('./messages.js').Connected} message */
  #connected(message) {
    this.#named(message);
    this.#send({ visualization_mode: this.#visualization, overlay_opacity: Number(this.opacity.value) });
  }

  /** @param {import('./messages.js').Connected|import('./messages.js').ModeChanged} message that names the classes */
  #named({ class_labels, class_colors }) {
    this.legend.setClasses(class_labels, class_colors);
    this.#note();
    // The ids of the visitor's classes may be others under these labels.
    this.#send({ class_filter: this.legend.filter });
  }

  get #visualization() {
    return this.rendering.querySelector('input:checked').value;
  }

  #render() {
    this.opacity.disabled = this.#visualization !== 'filled';
    document.getElementById('opacity-note').hidden = !this.opacity.disabled;
    this.#note();
    this.#send({ visualization_mode: this.#visualization });
  }

  #fade() {
    const overlay_opacity = Number(this.opacity.value);
    document.getElementById('opacity-value').textContent = `${Math.round(overlay_opacity * 100)} %`;
    this.#send({ overlay_opacity });
  }

  #filter() {
    this.#note();
    this.#send({ class_filter: this.legend.filter });
  }

  #note() {
    const outlinesAll = this.#visualization === 'contour' && this.legend.filter?.length === 0;
    document.getElementById('classes-note').textContent = outlinesAll ? 'With no class chosen, contour outlines them all.' : '';
  }

  /** A slider moves faster than anyone needs messages: the settings of a moment go together. */
  #send(settings) {
    Object.assign(this.#pending, settings);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (Object.keys(this.#pending).length > 0) {
        this.stream.updateViz(this.#pending);
        this.#pending = {};
      }
    }, SEND_AFTER_MILLIS);
  }
}
