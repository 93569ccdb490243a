/**
 * Mode, rendering, opacity and classes. The server's state leads: the page shows it and sends only what the visitor
 * chose, and after a reconnect again only that.
 */

import { Legend } from './legend.js';

const SEND_AFTER_MILLIS = 40;

export class Settings {
  /** @type {{mode?: string, viz: import('./messages.js').VizSettings, classes: boolean}} by the visitor */
  #chosen = { viz: {}, classes: false };
  #mode = '';
  /** @type {import('./messages.js').VizSettings} */
  #pending = {};
  /** @type {number|undefined} */
  #timer;
  #served = '';

  /** @param {import('./stream.js').Stream} stream */
  constructor(stream) {
    this.stream = stream;
    this.modes = document.getElementById('mode');
    this.busy = document.getElementById('mode-busy');
    this.opacity = /** @type {HTMLInputElement} */ (document.getElementById('opacity'));
    this.legend = new Legend(() => this.#filter());
    this.modes.addEventListener('change', (event) => this.#choose(event.target.value));
    document.getElementById('rendering').addEventListener('change', (event) => this.#render(event.target.value));
    this.opacity.addEventListener('input', () => this.#fade());
    stream.addEventListener('connected', ({ detail }) => this.#connected(detail));
    stream.addEventListener('mode_changed', ({ detail }) => this.#modeChanged(detail));
    stream.addEventListener('connection', () => this.#enable());
  }

  /** @param {import('./messages.js').Metadata} metadata of the newest picture */
  shown(metadata) {
    this.legend.detected(metadata.detected_classes);
    const { receipt } = metadata;
    this.#serve(metadata.model, [receipt?.model_version && `version ${receipt.model_version}`, receipt?.provider && `on ${receipt.provider}`].filter(Boolean).join(', '));
  }

  /** The server kept its mode: show that one again. */
  modeRefused() {
    if (this.#chosen.mode !== this.#mode) {
      delete this.#chosen.mode;
    }
    this.#showMode(this.#mode);
  }

  /** @param {import('./messages.js').Connected} message */
  #connected(message) {
    this.modes.replaceChildren(...message.available_models.map(modeOption));
    this.#enable();
    this.#showMode(message.current_model);
    this.#serve(message.model, '');
    this.legend.setClasses(message.class_labels, message.class_colors);
    this.#pending = {};
    if (this.#chosen.mode && this.#chosen.mode !== message.current_model) {
      this.#choose(this.#chosen.mode);
    }
    this.#send({ ...this.#chosen.viz, ...(this.#chosen.classes && { class_filter: this.legend.filter }) });
  }

  /** @param {import('./messages.js').ModeChanged} message */
  #modeChanged(message) {
    this.#showMode(message.model_mode);
    this.#serve(message.model, '');
    this.legend.setClasses(message.class_labels, message.class_colors);
    // The ids of the visitor's classes may be others under the new labels.
    if (this.#chosen.classes) {
      this.#send({ class_filter: this.legend.filter });
    }
  }

  #choose(mode) {
    this.#chosen.mode = mode;
    this.busy.textContent = `switching to ${mode}…`;
    this.stream.changeMode(mode);
  }

  #render(visualization_mode) {
    this.opacity.disabled = visualization_mode !== 'filled';
    document.getElementById('opacity-note').hidden = !this.opacity.disabled;
    this.#chosen.viz.visualization_mode = visualization_mode;
    this.#note();
    this.#send({ visualization_mode });
  }

  #fade() {
    const overlay_opacity = Number(this.opacity.value);
    document.getElementById('opacity-value').textContent = `${Math.round(overlay_opacity * 100)} %`;
    this.#chosen.viz.overlay_opacity = overlay_opacity;
    this.#send({ overlay_opacity });
  }

  #filter() {
    this.#chosen.classes = true;
    this.#note();
    this.#send({ class_filter: this.legend.filter });
  }

  #note() {
    const outlinesAll = this.#chosen.viz.visualization_mode === 'contour' && this.legend.filter?.length === 0;
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

  #showMode(mode) {
    this.#mode = mode;
    this.busy.textContent = '';
    this.modes.querySelectorAll('input').forEach((input) => (input.checked = input.value === mode));
    this.#note();
  }

  #serve(model, details) {
    const text = model ? [`${this.#mode} is served by `, model, details && `, ${details}`] : ['This server does not name its models.'];
    if (text.join('') !== this.#served) {
      this.#served = text.join('');
      const name = document.createElement('strong');
      name.textContent = text[1] ?? '';
      document.getElementById('served-by').replaceChildren(text[0], name, text[2] ?? '');
    }
  }

  #enable() {
    this.modes.querySelectorAll('input').forEach((input) => (input.disabled = !this.stream.isConnected));
  }
}

/** @param {string} mode */
function modeOption(mode) {
  const label = document.createElement('label');
  const input = document.createElement('input');
  input.type = 'radio';
  input.name = 'model_mode';
  input.value = mode;
  const name = document.createElement('span');
  name.textContent = mode === 'sota' ? 'SOTA' : mode[0].toUpperCase() + mode.slice(1);
  label.append(input, name);
  return label;
}
