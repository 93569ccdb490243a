/** What the server tells by itself, and whether it still does. */

import { call, signIn } from './admin-requests.js';

/** Each as the server names it; its data is JSON. */
const TYPES = ['overview', 'point', 'streams', 'jobs', 'models', 'problems'];
/** The server tells something every two seconds: without a word for so long, the connection is dead whatever the browser thinks. */
const SILENCE_MILLIS = 9_000;
const AGAIN_MILLIS = 2_000;

/** Events: those of {@link TYPES} (detail: what was told), `connection` (detail: whether there is one). */
export class Feed extends EventTarget {
  /** @type {?EventSource} */
  #source = null;
  #silence = 0;
  #again = 0;
  /** @type {?boolean} null before the first answer */
  isConnected = null;

  open() {
    clearTimeout(this.#again);
    this.#source?.close();
    const source = new EventSource(new URL('api/admin/events', document.baseURI));
    this.#source = source;
    for (const type of TYPES) {
      source.addEventListener(type, ({ data }) => {
        this.#heard();
        this.dispatchEvent(new CustomEvent(type, { detail: JSON.parse(data) }));
      });
    }
    source.onopen = () => this.#heard();
    source.onerror = () => this.#lost();
    this.#listen();
  }

  close() {
    clearTimeout(this.#silence);
    clearTimeout(this.#again);
    this.#source?.close();
  }

  #heard() {
    this.#listen();
    this.#tell(true);
  }

  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(), SILENCE_MILLIS);
  }

  /** The browser comes back by itself only where nobody answered, and says nothing of a session that is over: both are done here. */
  #lost() {
    this.close();
    this.#tell(false);
    this.#again = setTimeout(() => this.#tryAgain(), AGAIN_MILLIS);
  }

  async #tryAgain() {
    try {
      await call('session');
      this.open();
    } catch ({ status }) {
      status === 401 ? signIn() : this.#lost();
    }
  }

  #tell(isConnected) {
    if (this.isConnected !== isConnected) {
      this.isConnected = isConnected;
      this.dispatchEvent(new CustomEvent('connection', { detail: isConnected }));
    }
  }
}
