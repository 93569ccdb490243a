/** A connection that is opened again when it breaks; it can say at any time what becomes of it. */

const OPEN_TIMEOUT_MILLIS = 10_000;
const RECONNECT_ATTEMPTS = 5;
const RECONNECT_SECONDS = 2;
/** A connection that held this long was a good one: the attempts are counted anew. */
const STEADY_MILLIS = 5_000;
/** Faults that a new connection would only repeat: protocol errors, policy, size. */
const FINAL_CLOSE_CODES = new Set([1002, 1003, 1007, 1008, 1009, 1010]);

/**
 * @typedef {object} Connection what there is to say about it
 * @property {'idle'|'connecting'|'connected'|'reconnecting'|'refused'|'lost'} state
 * @property {number} [code] of the close; none where the server refused in a message
 * @property {string} [reason] of the close, or the server's own words
 * @property {number} [inSeconds] until the next attempt
 * @property {number} [attempt]
 * @property {number} [attempts]
 */

/**
 * Event: `connection` (detail: Connection). What is said over the connection is the affair of its subclasses: they override
 * `opened`, `received` and `ended`.
 */
export class LiveSocket extends EventTarget {
  /** @type {Connection} */
  connection = { state: 'idle' };
  /** @type {?WebSocket} */
  #socket = null;
  #attempt = 0;
  #connectedAt = 0;
  /** @type {number|undefined} */
  #timer;

  /** @param {URL} address of the endpoint; http or https becomes ws or wss */
  constructor(address) {
    super();
    this.address = new URL(address);
    this.address.protocol = this.address.protocol === 'https:' ? 'wss:' : 'ws:';
  }

  get isConnected() {
    return this.connection.state === 'connected';
  }

  /** Connects by the visitor's wish; a no-op while a connection exists or is being made. */
  connect() {
    if (!['connecting', 'connected'].includes(this.connection.state)) {
      clearTimeout(this.#timer);
      this.#attempt = 0;
      this.#open();
    }
  }

  /** Ends the connection by the visitor's wish. */
  disconnect() {
    clearTimeout(this.#timer);
    this.#drop();
    this.#enter({ state: 'idle' });
  }

  /** The socket is open; the server may have to say something first. */
  opened() {}

  /** @param {string|ArrayBuffer} data */
  received(data) {}

  /** The connection is gone, whoever ended it. */
  ended() {}

  /**
   * The connection is over, though its socket may not know yet.
   *
   * @param {number} code of the close that it amounts to
   * @param {string} reason
   */
  broken(code, reason) {
    if (this.#socket) {
      this.#closed(this.#socket, code, reason);
    }
  }

  /** @param {string} reason why the server does not want this connection: a new one is made by the visitor's wish only */
  refused(reason) {
    this.#drop();
    this.#enter({ state: 'refused', reason });
  }

  /** From now on the connection counts as made. */
  accepted() {
    this.#connectedAt = performance.now();
    this.#enter({ state: 'connected' });
  }

  /**
   * @param {string|Blob} data
   * @returns {boolean} whether there was an open socket for it
   */
  send(data) {
    const open = this.#socket?.readyState === WebSocket.OPEN;
    if (open) {
      this.#socket.send(data);
    }
    return open;
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #open() {
    const socket = new WebSocket(this.address);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#enter({ state: 'connecting', attempt: this.#attempt, attempts: RECONNECT_ATTEMPTS });
    const timer = setTimeout(() => this.#closed(socket, 1006, ''), OPEN_TIMEOUT_MILLIS);
    socket.onopen = () => {
      clearTimeout(timer);
      if (socket === this.#socket) {
        this.opened();
      }
    };
    socket.onmessage = (event) => socket === this.#socket && this.received(event.data);
    socket.onclose = (event) => {
      clearTimeout(timer);
      this.#closed(socket, event.code, event.reason);
    };
  }

  /**
   * @param {WebSocket} socket
   * @param {number} code
   * @param {string} reason
   */
  #closed(socket, code, reason) {
    if (socket !== this.#socket) {
      return;
    }
    this.#drop();
    if (this.isConnected && performance.now() - this.#connectedAt > STEADY_MILLIS) {
      this.#attempt = 0;
    }
    const close = { code, reason, attempts: RECONNECT_ATTEMPTS };
    if (FINAL_CLOSE_CODES.has(code)) {
      this.#enter({ state: 'refused', ...close });
    } else if (this.#attempt >= RECONNECT_ATTEMPTS) {
      this.#enter({ state: 'lost', ...close });
    } else {
      this.#attempt++;
      this.#waitAndOpen({ state: 'reconnecting', attempt: this.#attempt, inSeconds: RECONNECT_SECONDS, ...close });
    }
  }

  #drop() {
    this.#socket?.close();
    this.#socket = null;
    this.ended();
  }

  /** @param {Connection} connection counted down by the second, so that the visitor sees it move */
  #waitAndOpen(connection) {
    if (connection.inSeconds === 0) {
      this.#open();
      return;
    }
    this.#enter(connection);
    this.#timer = setTimeout(() => this.#waitAndOpen({ ...connection, inSeconds: connection.inSeconds - 1 }), 1_000);
  }

  /** @param {Connection} connection */
  #enter(connection) {
    this.connection = connection;
    this.tell('connection', connection);
  }
}
