/** The connection to the fingerspelling coach: frames and the letter asked for out, hands and the letter seen in. */

import { toDataUrl } from './messages.js';
import { LiveSocket } from './socket.js';
import { Unanswered } from './unanswered.js';

const FRAMES_UNANSWERED = 2;
/** A frame that is no picture to the server, or for which it has no model yet, is not answered at all. */
const FRAME_PATIENCE_MILLIS = 3_000;
const FRAME_GAP_MILLIS = 1_000 / 15;
/** What a display's frames may be off their nominal distance. */
const GRACE_MILLIS = 4;

/**
 * @typedef {object} Hand
 * @property {'left'|'right'} side
 * @property {number} presence 0 to 1
 * @property {number[][]} landmarks 21 times [x, y, z], x and y as parts of the picture's width and height
 *
 * @typedef {object} Hands what was found in one frame
 * @property {Hand[]} hands
 * @property {number} [timestamp] as sent with the frame
 * @property {number} [clip_frames] with hands in the model's clip
 * @property {number} [clip_length] that the model needs
 * @property {number} [distributions] means are taken of
 * @property {number} [distributions_needed]
 *
 * @typedef {object} Result
 * @property {string} maxarg_letter the letter seen
 * @property {number} target_arg_prob 0 to 1, of the letter asked for
 */

/**
 * Takes frames like a stream. Events: those of LiveSocket, `hands` (detail: Hands), `result` (detail: {letter,
 * probability}), `error` (detail: the server's sentence).
 */
export class Fingerspelling extends LiveSocket {
  #unanswered = new Unanswered(FRAMES_UNANSWERED, FRAME_PATIENCE_MILLIS);
  #lastFrame = -Infinity;
  /** @type {?string} */
  #letter = null;
  /** Resets the server has not confirmed: until then results are about what was asked for before. */
  #resets = 0;
  /** Whether there was a result about the letter asked for. */
  #told = false;
  /** Whether the newest frame but one was enough for a result. */
  #enough = false;

  /** @param {string} letter the learner goes on to; asked for again on each new connection */
  ask(letter) {
    this.#letter = letter;
    this.#reset();
  }

  opened() {
    this.accepted();
    if (this.#letter) {
      this.#reset();
    }
  }

  ended() {
    this.#unanswered.clear();
    this.#resets = 0;
  }

  #reset() {
    if (this.send(JSON.stringify({ jpeg_blob: null, new_word_letter: this.#letter }))) {
      this.#resets++;
      this.#told = this.#enough = false;
      // The frame in work is given up with what was asked for.
      this.#unanswered.clear();
    }
  }

  /**
   * @param {number} now
   * @returns {?number} the timestamp for a frame captured now; null where it would be too early, or too many are unanswered
   */
  tryReserve(now) {
    if (now - this.#lastFrame < FRAME_GAP_MILLIS - GRACE_MILLIS) {
      return null;
    }
    const reserved = this.#unanswered.tryReserve(now);
    this.#lastFrame = reserved === null ? this.#lastFrame : now;
    return reserved;
  }

  /** @param {number} timestamp of a frame that will not be sent after all */
  release(timestamp) {
    this.#unanswered.release(timestamp);
  }

  /**
   * Sends a frame in its reserved place; one that nobody waits for any more is dropped.
   *
   * @param {number} timestamp
   * @param {Blob} picture
   */
  async sendFrame(timestamp, picture) {
    const url = await toDataUrl(picture);
    if (this.#unanswered.holds(timestamp)) {
      this.send(JSON.stringify({ jpeg_blob: url.slice(url.indexOf(',') + 1), new_word_letter: null, timestamp }));
    }
  }

  /** @param {string} data */
  received(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      this.tell('error', 'What the server sent cannot be read.');
      return;
    }
    if (message.hands) {
      this.#unanswered.release(message.timestamp);
      this.#watched(message);
    } else if (message.error) {
      this.#unanswered.releaseOldest();
      this.tell('error', message.error);
    } else {
      this.#judged(message);
    }
  }

  /**
   * After a reset the server keeps to itself what differs too little from an A that was not seen at all. Where a frame was
   * enough for a result and none came before the next frame, that is what it has seen.
   *
   * @param {Hands} message
   */
  #watched(message) {
    this.tell('hands', message);
    if (this.#enough && !this.#told && this.#resets === 0) {
      this.#told = true;
      this.tell('result', { letter: 'A', probability: 0 });
    }
    // What was under way when a reset was sent says nothing of the letter asked for now.
    this.#enough = this.#resets === 0 && message.hands.length > 0 && message.distributions >= message.distributions_needed;
  }

  /** @param {Result} result a reset is confirmed by an A that was not seen at all */
  #judged({ maxarg_letter: letter, target_arg_prob: probability }) {
    if (this.#resets > 0) {
      if (letter === 'A' && probability === 0) {
        this.#resets--;
      }
    } else {
      this.#told = true;
      this.tell('result', { letter, probability });
    }
  }
}
