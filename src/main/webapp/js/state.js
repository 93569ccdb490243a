/** The state of a page: in words in its masthead, and in a notice where the connection has ended for good. */

import { askHealth, describe, whyClosed } from './words.js';

const byId = (id) => document.getElementById(id);

export class State {
  /** @type {import('./words.js').Health} */
  #health = 'unknown';

  /**
   * @param {object} page
   * @param {import('./notices.js').Notices} page.notices
   * @param {import('./picker.js').Picker} page.picker
   * @param {() => {connection: import('./socket.js').Connection, isConnected: boolean}} page.sink where frames go now
   * @param {() => import('./words.js').Frames} page.frames what became of them
   * @param {() => void} page.connect by the visitor's wish
   */
  constructor({ notices, picker, sink, frames, connect }) {
    Object.assign(this, { notices, picker, sink, frames, connect });
    byId('connect').addEventListener('click', connect);
    picker.addEventListener('state', () => this.show());
    setInterval(() => this.show(), 1_000);
  }

  show() {
    // No frames are captured in a hidden tab; nobody is to be told that the server is slow.
    if (document.hidden) {
      return;
    }
    const { connection, isConnected } = this.sink();
    const { text, tone, countdown = '' } = describe(connection, this.picker.state, this.frames(), this.#health);
    const status = byId('status');
    // Written only when it differs: a live region reads out every write.
    if (status.textContent !== text) {
      status.textContent = text;
    }
    byId('countdown').textContent = countdown;
    byId('state').dataset.tone = tone;
    byId('stage').classList.toggle('paused', this.picker.state !== 'running' || !isConnected);
    byId('connect').hidden = !['idle', 'refused', 'lost'].includes(connection.state);
  }

  /** @param {import('./socket.js').LiveSocket} socket whose connection is put into words */
  watch(socket) {
    socket.addEventListener('connection', async ({ detail: connection }) => {
      this.show();
      if (connection.state === 'connected') {
        this.#health = 'unknown';
        this.notices.clear('connection');
      } else if (connection.state === 'reconnecting' && this.#health === 'unknown' && connection.code !== 1001) {
        this.#health = await askHealth();
        this.show();
      } else if (connection.state === 'refused' || connection.state === 'lost') {
        this.#health = await askHealth();
        if (socket.connection === connection) {
          const title = connection.state === 'refused' ? 'The server refused the connection.' : 'No connection to the server.';
          this.notices.show('connection', title, whyClosed(connection, this.#health), { action: 'Connect again', onAction: this.connect });
        }
      }
    });
  }
}
