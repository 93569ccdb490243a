/**
 * Mode, rendering, opacity and classes. The mode is the server's: the page shows it, and asks again for the visitor's
 * after a reconnect. How it is drawn is the page's: the server is told whenever a connection begins.
 */

import { Legend } from './legend.js';

const SEND_AFTER_MILLIS = 40;

export class Settings {
  /** By the visitor. @type {string|undefined} */
  #chosenMode;
  #mode = '';
  /** Of the model, as of the newest picture since the server last named its classes. @type {string|undefined} */
  #version;
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
    this.rendering = document.getElementById('rendering');
    this.rendering.addEventListener('change', () => this.#render());
    this.opacity.addEventListener('input', () => this.#fade());
    stream.addEventListener('connected', ({ detail }) => this.#connected(detail));
    stream.addEventListener('mode_changed', ({ detail }) => this.#modeChanged(detail));
  }

  /** @param {import('./messages.js').Metadata} metadata of the newest picture */
  shown(metadata) {
    this.legend.detected(metadata.detected_classes);
    const { receipt } = metadata;
    this.#serve(metadata.model, [receipt?.model_version && `version ${receipt.model_version}`, receipt?.provider && `on ${receipt.provider}`].filter(Boolean).join(', '));
    if (metadata.model_mode === this.#mode) {
      const version = `${metadata.model} ${receipt?.model_version}`;
      // An operator changed the model. Its classes may be others; asking for the same mode names them.
      if (this.#version !== undefined && this.#version !== version) {
        this.stream.changeMode(this.#mode);
      }
      this.#version = version;
    }
  }

  /** The server kept its mode: show that one again. */
  modeRefused() {
    this.#chosenMode = this.#mode;
    this.#showMode(this.#mode);
  }

  /** @param {import('./messages.js').Connected} message */
  #connected(message) {
    // The same modes stay the same elements, so that a reconnect does not take the focus from one.
    const shown = [...this.modes.querySelectorAll('input')].map((input) => input.value);
    if (shown.join('\n') !== message.available_models.join('\n')) {
      this.modes.replaceChildren(...message.available_models.map(modeOption));
    }
    this.#announced(message.current_model, message);
    if (this.#chosenMode && this.#chosenMode !== message.current_model) {
      this.#choose(this.#chosenMode);
    }
    this.#send({ visualization_mode: this.#visualization, overlay_opacity: Number(this.opacity.value) });
  }

  /** @param {import('./messages.js').ModeChanged} message */
  #modeChanged(message) {
    this.#announced(message.model_mode, message);
  }

  /**
   * @param {string} mode
   * @param {import('./messages.js').Connected|import('./messages.js').ModeChanged} message
   */
  #announced(mode, message) {
    this.#version = undefined;
    this.#showMode(mode);
    this.#serve(message.model, '');
    this.legend.setClasses(message.class_labels, message.class_colors);
    // The ids of the visitor's classes may be others under these labels.
    this.#send({ class_filter: this.legend.filter });
  }

  #choose(mode) {
    this.#chosenMode = mode;
    this.busy.textContent = this.stream.isConnected ? `switching to ${mode}…` : `${mode} once connected`;
    this.stream.changeMode(mode);
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

  #showMode(mode) {
    this.#mode = mode;
    this.busy.textContent = '';
    this.modes.querySelectorAll('input').forEach((input) => (input.checked = input.value === mode));
    this.#note();
  }

  #serve(model, details) {
    const text = model ? ['Served by ', model, details && `, ${details}`] : ['This server does not name its models.'];
    if (text.join('') !== this.#served) {
      this.#served = text.join('');
      const name = document.createElement('strong');
      name.textContent = text[1] ?? '';
      document.getElementById('served-by').replaceChildren(text[0], name, text[2] ?? '');
    }
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
