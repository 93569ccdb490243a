/** The scoring box of a recording: a button and a key for each lamp and for blade on blade, and what was pressed so far. */

import { PRESSED_WORDS } from './signal.js';

const KEYS = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'both', ArrowDown: 'contact' };
const byId = (id) => document.getElementById(id);

export class Box {
  /** @param {import('./recording.js').Recording} recording */
  constructor(recording) {
    this.recording = recording;
    byId('box').addEventListener('click', ({ target }) => {
      const pressed = target.closest('[data-press]');
      if (pressed) {
        recording.press(pressed.dataset.press);
      }
    });
    byId('undo').addEventListener('click', () => recording.undo());
    document.addEventListener('keydown', (event) => {
      if (recording.isRunning && KEYS[event.key] && !event.repeat && !event.target.closest('input, select, video')) {
        event.preventDefault();
        recording.press(KEYS[event.key]);
      }
    });
    recording.addEventListener('started', () => this.#show());
    recording.addEventListener('pressed', () => this.#show());
  }

  #show() {
    const { presses, lamps } = this.recording;
    byId('presses').replaceChildren(...presses.map(({ seconds, what }) => {
      const entry = document.createElement('li');
      entry.textContent = `${seconds.toFixed(2)} s ${PRESSED_WORDS[what]}`;
      return entry;
    }));
    byId('no-presses').hidden = presses.length > 0;
    byId('undo').hidden = presses.length === 0;
    byId('box').dataset.lamps = lamps;
  }
}
