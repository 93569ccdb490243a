/**
 * The mode of a stream: which one is in force is the server's to say, and the picker shows it. After a reconnect it asks
 * again for the visitor's. With "auto" the server chooses, to hold a frame rate, and says why.
 */

const AUTO = 'auto';

/** Errors that leave the server in the mode it was in. */
export const MODE_ERRORS = new Set(['INVALID_MODE', 'MODE_CHANGE_FAILED']);

export class Modes {
  /** In force. */
  mode = '';
  /** Whether the server chose it. */
  #isAuto = false;
  #served = '';

  /**
   * @param {import('./stream.js').Stream} stream
   * @param {{group: HTMLElement, busy: HTMLElement, served: HTMLElement, wanted?: HTMLInputElement, moved?: HTMLElement}} elements
   *     the picker, a word on a change under way, who serves the mode; where the server may choose it, the frame rate to
   *     hold and what it chose and why
   * @param {string} [chosen] by the visitor; what the server begins with where absent
   */
  constructor(stream, { group, busy, served, wanted, moved }, chosen) {
    this.stream = stream;
    this.group = group;
    this.busy = busy;
    this.served = served;
    this.wanted = wanted;
    this.moved = moved;
    this.chosen = chosen;
    wanted?.addEventListener('change', () => wanted.reportValidity() && this.chosen === AUTO && this.#choose(AUTO));
    group.addEventListener('change', (event) => this.#choose(event.target.value));
    stream.addEventListener('connected', ({ detail }) => this.#connected(detail));
    stream.addEventListener('mode_changed', ({ detail }) => this.#show(detail.model_mode, detail));
    stream.addEventListener('error', ({ detail }) => MODE_ERRORS.has(detail.code) && this.#refused());
  }

  /** @param {import('./messages.js').Metadata} metadata of the newest picture */
  shown({ model, receipt }) {
    this.#serve(model, [receipt?.model_version && `version ${receipt.model_version}`, receipt?.provider && `on ${receipt.provider}`].filter(Boolean).join(', '));
  }

  /** @param {import('./messages.js').Connected} message */
  #connected(message) {
    // The same modes stay the same elements, so that a reconnect does not take the focus from one.
    const offered = this.wanted ? [...message.available_models, AUTO] : message.available_models;
    const shown = [...this.group.querySelectorAll('input')].map((input) => input.value);
    if (shown.join('\n') !== offered.join('\n')) {
      this.group.replaceChildren(...offered.map((mode) => option(this.group.id, mode)));
    }
    this.#show(message.current_model, message);
    if (this.chosen && this.chosen !== message.current_model) {
      this.#choose(this.chosen);
    }
  }

  #choose(mode) {
    this.chosen = mode;
    this.busy.textContent = this.stream.isConnected ? `switching to ${mode}…` : `${mode} once connected`;
    this.stream.changeMode(mode, mode === AUTO ? Number(this.wanted.value) : undefined);
  }

  /** The server kept its mode: show that one again. */
  #refused() {
    this.chosen = this.#isAuto ? AUTO : this.mode;
    this.#check();
  }

  /**
   * @param {string} mode
   * @param {import('./messages.js').Connected|import('./messages.js').ModeChanged} message
   */
  #show(mode, { model, auto }) {
    const began = auto && !this.#isAuto;
    this.mode = mode;
    this.#isAuto = auto !== undefined;
    this.#check();
    this.#serve(model, '');
    if (this.moved && (!auto || began || auto.reason)) {
      this.moved.textContent = auto ? `${title(mode)} now. ${sentence(auto.reason ?? `To hold ${auto.fps} frames a second`)}` : '';
    }
  }

  #check() {
    const mode = this.#isAuto ? AUTO : this.mode;
    this.busy.textContent = '';
    this.group.querySelectorAll('input').forEach((input) => (input.checked = input.value === mode));
  }

  #serve(model, details) {
    const text = model ? ['Served by ', model, details && `, ${details}`] : ['This server does not name its models.'];
    if (text.join('') !== this.#served) {
      this.#served = text.join('');
      const name = document.createElement('strong');
      name.textContent = text[1] ?? '';
      this.served.replaceChildren(text[0], name, text[2] ?? '');
    }
  }
}

/**
 * @param {string} group
 * @param {string} mode
 */
function option(group, mode) {
  const label = document.createElement('label');
  const input = document.createElement('input');
  input.type = 'radio';
  input.name = group;
  input.value = mode;
  const name = document.createElement('span');
  name.textContent = title(mode);
  label.append(input, name);
  return label;
}

/** @param {string} mode */
function title(mode) {
  return mode === 'sota' ? 'SOTA' : mode[0].toUpperCase() + mode.slice(1);
}

/** @param {string} words */
function sentence(words) {
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
}
