/** The connection to the segmentation stream: opening, reconnecting, frames out, messages in. */

import { fromBase64, fromBinary, toBinary, toDataUrl } from './messages.js';
import { Unanswered } from './unanswered.js';

const FRAME_PATIENCE_MILLIS = 30_000;
const OPEN_TIMEOUT_MILLIS = 10_000;
const RECONNECT_ATTEMPTS = 5;
const RECONNECT_SECONDS = 2;
/** A connection that held this long was a good one: the attempts are counted anew. */
const STEADY_MILLIS = 5_000;
/** Faults that a new connection would only repeat: protocol errors, policy, size. */
const FINAL_CLOSE_CODES = new Set([1002, 1003, 1007, 1008, 1009, 1010]);
/** Errors that answer a setting; every other error answers a frame. */
const SETTING_ERRORS = new Set(['INVALID_MODE', 'MODE_CHANGE_FAILED', 'VIZ_UPDATE_FAILED', 'STATS_FAILED']);

/**
 * @typedef {object} Connection what there is to say about it
 * @property {'idle'|'connecting'|'connected'|'reconnecting'|'refused'|'lost'} state
 * @property {number} [code] of the close
 * @property {string} [reason] of the close
 * @property {number} [inSeconds] until the next attempt
 * @property {number} [attempt]
 * @property {number} [attempts]
 */

/**
 * Events: `connection` (detail: Connection), `connected`, `mode_changed`, `viz_updated`, `error` (detail: the message),
 * `segmentation` (detail: {message, picture, captured}), `bytes` (detail: {up, down}).
 */
export class Stream extends EventTarget {
  /** @type {Connection} */
  connection = { state: 'idle' };
  #unanswered;
  /** @type {?WebSocket} */
  #socket = null;
  #binary = false;
  #attempt = 0;
  #connectedAt = 0;
  /** @type {number|undefined} */
  #timer;

  /**
   * @param {URL} address of the endpoint; http or https becomes ws or wss
   * @param {number} [framesUnanswered] most frames on their way
   */
  constructor(address, framesUnanswered = 2) {
    super();
    this.framesUnanswered = framesUnanswered;
    this.#unanswered = new Unanswered(framesUnanswered, FRAME_PATIENCE_MILLIS);
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
    this.#socket?.close();
    this.#socket = null;
    this.#unanswered.clear();
    this.#enter({ state: 'idle' });
  }

  /**
   * @param {number} now
   * @returns {?number} the timestamp for a frame captured now, or null when too many are unanswered
   */
  tryReserve(now) {
    return this.#unanswered.tryReserve(now);
  }

  /** @param {number} timestamp of a frame that will not be sent after all */
  release(timestamp) {
    this.#unanswered.release(timestamp);
  }

  /**
   * Sends a frame in its reserved place; one whose connection has gone meanwhile is dropped.
   *
   * @param {number} timestamp
   * @param {Blob} picture
   */
  async sendFrame(timestamp, picture) {
    const message = { type: 'frame', timestamp };
    const data = this.#binary ? toBinary(message, picture) : { ...message, data: await toDataUrl(picture) };
    if (this.#unanswered.holds(timestamp)) {
      this.#send(data);
    }
  }

  /**
   * @param {string} mode
   * @param {number} [fps] to hold, where the mode is auto
   */
  changeMode(mode, fps) {
    this.#send({ type: 'change_mode', model_mode: mode, fps });
  }

  /** @param {import('./messages.js').VizSettings} settings */
  updateViz(settings) {
    this.#send({ type: 'update_viz', settings });
  }

  /** @param {object|Blob} message */
  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      const data = message instanceof Blob ? message : JSON.stringify(message);
      this.#socket.send(data);
      this.#tell('bytes', { up: data instanceof Blob ? data.size : data.length, down: 0 });
    }
  }

  #open() {
    const socket = new WebSocket(this.address);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#enter({ state: 'connecting', attempt: this.#attempt, attempts: RECONNECT_ATTEMPTS });
    const timer = setTimeout(() => this.#closed(socket, 1006, ''), OPEN_TIMEOUT_MILLIS);
    socket.onopen = () => clearTimeout(timer);
    socket.onmessage = (event) => socket === this.#socket && this.#received(event.data);
    socket.onclose = (event) => {
      clearTimeout(timer);
      this.#closed(socket, event.code, event.reason);
    };
  }

  /** @param {string|ArrayBuffer} data */
  #received(data) {
    this.#tell('bytes', { up: 0, down: typeof data === 'string' ? data.length : data.byteLength });
    let message;
    let picture = null;
    try {
      if (typeof data === 'string') {
        message = JSON.parse(data);
        picture = message.data ? fromBase64(message.data) : null;
      } else {
        ({ header: message, picture } = fromBinary(data));
      }
    } catch {
      this.#unanswered.releaseOldest();
      this.#tell('error', { type: 'error', code: 'REPLY_UNREADABLE', message: 'The server sent something that is no message of this stream.' });
      return;
    }
    switch (message.type) {
      case 'connected':
        this.#binary = message.features?.includes('binary') ?? false;
        this.#unanswered.places = Math.max(1, Math.min(this.framesUnanswered, message.limits?.max_frames_waiting ?? this.framesUnanswered));
        this.#connectedAt = performance.now();
        this.#enter({ state: 'connected' });
        this.#tell('connected', message);
        break;
      case 'segmentation':
        this.#tell('segmentation', { message, picture, captured: this.#unanswered.release(message.timestamp) });
        break;
      case 'error':
        if (!SETTING_ERRORS.has(message.code)) {
          this.#unanswered.releaseOldest();
        }
        this.#tell('error', message);
        break;
      default:
        this.#tell(message.type, message);
    }
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
    this.#socket = null;
    socket.close();
    this.#unanswered.clear();
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
    this.#tell('connection', connection);
  }

  /**
   * @param {string} type
   * @param {object} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
