/** The connection to the segmentation stream: frames out, messages in. */

import { fromBase64, fromBinary, toBinary, toDataUrl } from './messages.js';
import { LiveSocket } from './socket.js';
import { Unanswered } from './unanswered.js';

const FRAME_PATIENCE_MILLIS = 30_000;
/** Errors that answer a setting; every other error answers a frame. */
const SETTING_ERRORS = new Set(['INVALID_MODE', 'MODE_CHANGE_FAILED', 'VIZ_UPDATE_FAILED', 'STATS_FAILED']);

/**
 * Events: those of LiveSocket, `connected`, `mode_changed`, `viz_updated`, `error` (detail: the message),
 * `segmentation` (detail: {message, picture, captured}), `bytes` (detail: {up, down}).
 */
export class Stream extends LiveSocket {
  #unanswered;
  #binary = false;

  /**
   * @param {URL} address of the endpoint; http or https becomes ws or wss
   * @param {number} [framesUnanswered] most frames on their way
   */
  constructor(address, framesUnanswered = 2) {
    super(address);
    this.framesUnanswered = framesUnanswered;
    this.#unanswered = new Unanswered(framesUnanswered, FRAME_PATIENCE_MILLIS);
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
    const data = message instanceof Blob ? message : JSON.stringify(message);
    if (this.send(data)) {
      this.tell('bytes', { up: data instanceof Blob ? data.size : data.length, down: 0 });
    }
  }

  ended() {
    this.#unanswered.clear();
  }

  /** @param {string|ArrayBuffer} data */
  received(data) {
    this.tell('bytes', { up: 0, down: typeof data === 'string' ? data.length : data.byteLength });
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
      this.tell('error', { type: 'error', code: 'REPLY_UNREADABLE', message: 'The server sent something that is no message of this stream.' });
      return;
    }
    switch (message.type) {
      case 'connected':
        this.#binary = message.features?.includes('binary') ?? false;
        this.#unanswered.places = Math.max(1, Math.min(this.framesUnanswered, message.limits?.max_frames_waiting ?? this.framesUnanswered));
        this.accepted();
        this.tell('connected', message);
        break;
      case 'segmentation':
        this.tell('segmentation', { message, picture, captured: this.#unanswered.release(message.timestamp) });
        break;
      case 'error':
        if (!SETTING_ERRORS.has(message.code)) {
          this.#unanswered.releaseOldest();
        }
        this.tell('error', message);
        break;
      default:
        this.tell(message.type, message);
    }
  }
}
