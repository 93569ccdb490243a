/**
 * The connection to the referee's stream: the frames of one phrase out, each acknowledged, then what the lamps did.
 *
 * A frame waits here until the server has acknowledged it. When the connection breaks, the phrase is gone on with on the next one:
 * the server says which frame it wants next. Once it has the signal the phrase is a job of its own, and the connection is free.
 */

import { LiveSocket } from './socket.js';

/** Frames on the wire that are not acknowledged. */
const ON_THE_WAY = 16;
/** Frames that may wait for a place there: about 20 s. */
const WAITING = 600;

/**
 * @typedef {object} Phrase
 * @property {string} id
 * @property {number} fps
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} Frame
 * @property {number} number from 0 on, which times `1 / fps` is its time
 * @property {Blob} picture JPEG
 */

/**
 * Events: those of LiveSocket; `begun`; `acknowledged` (detail: {bytes, left}, frames that are still to be); `trouble` (detail: the
 * server's sentence about one frame); `submitted` (detail: the phrase's id); `failed` (detail: why the phrase is lost).
 */
export class RefereeStream extends LiveSocket {
  /** @type {?Phrase} */
  #phrase = null;
  #hasBegun = false;
  /** Whether the server awaits frames on this connection. */
  #isLive = false;
  /** @type {Frame[]} */
  #waiting = [];
  /** @type {Map<number, Frame>} oldest first */
  #onTheWay = new Map();
  /** @type {?string} known once nothing more is recorded */
  #signal = null;
  #hasEnded = false;
  #added = 0;

  /** @param {Phrase} phrase to be recorded from now on */
  begin(phrase) {
    this.forget();
    this.#phrase = phrase;
    this.isConnected ? this.#start() : this.connect();
  }

  /** @returns {boolean} whether there was room for it */
  tryAdd(/** @type {Frame} */ frame) {
    if (!this.#phrase || this.#waiting.length >= WAITING) {
      return false;
    }
    this.#waiting.push(frame);
    this.#added++;
    this.#flush();
    return true;
  }

  /** @param {string} signal of the phrase, all of whose frames have been added */
  finish(signal) {
    this.#signal = signal;
    this.#flush();
  }

  /** The phrase is not wanted any more. */
  abort() {
    if (this.#isLive) {
      this.#say({ type: 'session_abort' });
    }
    this.forget();
  }

  forget() {
    this.#phrase = this.#signal = null;
    this.#hasBegun = this.#isLive = this.#hasEnded = false;
    this.#waiting = [];
    this.#onTheWay.clear();
    this.#added = 0;
  }

  opened() {
    this.accepted();
    if (this.#phrase) {
      this.#start();
    }
  }

  ended() {
    this.#isLive = this.#hasEnded = false;
  }

  received(data) {
    const message = JSON.parse(data);
    if (message.type === 'error') {
      this.#refused(message);
    } else if (this.#phrase && message.session_id === this.#phrase.id) {
      this.#heard(message);
    }
  }

  #start() {
    const { id, fps, width, height } = this.#phrase;
    this.#say({ type: 'session_start', fps, width, height, video_format: 'jpeg', resume: this.#hasBegun, session_id: id });
  }

  #heard(message) {
    switch (message.type) {
      case 'session_started':
        message.signal_received ? this.#submitted() : this.#goOn(message.next_frame ?? 0);
        break;
      case 'frame_ack':
        this.#acknowledged(message.frame_number);
        break;
      case 'session_ended':
        this.#say({ type: 'signal', filename: `${this.#phrase.id}.txt`, size: new Blob([this.#signal]).size });
        this.send(new Blob([this.#signal]));
        break;
      case 'signal_ack':
        this.#submitted();
        break;
      default:
    }
  }

  /** @param {number} next frame that the server does not have */
  #goOn(next) {
    const oldest = this.#onTheWay.keys().next().value ?? this.#waiting[0]?.number ?? next;
    if (next < oldest) {
      this.#lost('The server no longer has the beginning of the recording.');
      return;
    }
    this.#isLive = true;
    // What it has but could not say so any more is acknowledged; the rest goes again.
    [...this.#onTheWay.keys()].filter((number) => number < next).forEach((number) => this.#onTheWay.delete(number));
    this.#waiting.unshift(...this.#onTheWay.values());
    this.#onTheWay.clear();
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.tell('begun');
    }
    this.#flush();
  }

  #flush() {
    while (this.#isLive && this.#waiting.length && this.#onTheWay.size < ON_THE_WAY) {
      const frame = this.#waiting.shift();
      const timestamp = frame.number / this.#phrase.fps;
      this.#onTheWay.set(frame.number, frame);
      this.#say({ type: 'frame', frame_number: frame.number, timestamp, encoding: 'jpeg', size: frame.picture.size });
      this.send(frame.picture);
    }
    if (this.#isLive && this.#signal !== null && !this.#hasEnded && this.#left === 0) {
      this.#hasEnded = true;
      this.#say({ type: 'session_end', total_frames: this.#added });
    }
  }

  get #left() {
    return this.#waiting.length + this.#onTheWay.size;
  }

  #acknowledged(number) {
    const bytes = this.#onTheWay.get(number)?.picture.size ?? 0;
    this.#onTheWay.delete(number);
    this.tell('acknowledged', { bytes, left: this.#left });
    this.#flush();
  }

  /** Reconnects, because a connection takes no other phrase until the one before is decided. */
  #submitted() {
    const { id } = this.#phrase;
    this.forget();
    this.disconnect();
    this.connect();
    this.tell('submitted', id);
  }

  #refused({ error_code: code, error_message: sentence, recoverable }) {
    if (!this.#phrase) {
      return;
    }
    if (code === 'SESSION_START_FAILED' && this.#hasBegun) {
      // The server has not noticed yet that the connection before is gone.
      this.broken(1012, sentence);
    } else if (recoverable) {
      // Frames are answered in order: it is about the oldest.
      this.#acknowledged(this.#onTheWay.keys().next().value);
      this.tell('trouble', sentence);
    } else {
      this.#lost(sentence);
    }
  }

  #lost(sentence) {
    this.forget();
    this.tell('failed', sentence);
  }

  #say(message) {
    this.send(JSON.stringify({ session_id: this.#phrase.id, ...message }));
  }
}
