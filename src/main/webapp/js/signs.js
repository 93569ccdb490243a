/** The connection to the recognition of signed words: frames out, after each the newest word in. */

import { ATTACHMENT, SocketIo } from './socketio.js';
import { Unanswered } from './unanswered.js';

const FRAMES_UNANSWERED = 5;
/** A frame that is no picture to the server is not answered at all. */
const FRAME_PATIENCE_MILLIS = 5_000;
/** What a display's frames may be off their nominal distance. */
const GRACE_MILLIS = 2;
/** Of how many frames a clip is, the newest at the end. */
export const CLIP_FRAMES = 10;
/** The label of a clip that shows no word surely enough. */
export const NO_SIGN = 'none';

/**
 * @typedef {object} Guess
 * @property {number} index of the class
 * @property {string} label
 * @property {number} score 0 to 1
 *
 * @typedef {object} Recognition
 * @property {number} number from 1 on this connection
 * @property {number} last_frame of its clip
 * @property {number} age_ms of its newest frame when it was done
 * @property {number} queue_ms it waited for the model
 * @property {number} inference_ms
 * @property {string} provider `CPU` or `CUDA`
 *
 * @typedef {object} Receipt
 * @property {number} frame number of the frame that is answered, from 1 on this connection
 * @property {number} clip_frames gathered so far
 * @property {number} frames_dropped because newer ones came
 * @property {number} frames_refused because they were no pictures
 * @property {?Recognition} recognition newest; null before the first
 *
 * @typedef {object} Prediction names are the protocol's
 * @property {string} label a word, or `none`
 * @property {number} score 0 to 1, of the best guess
 * @property {number} [threshold] above which a guess is told
 * @property {Guess[]} [topk] best first; empty before the first recognition
 * @property {Receipt} [receipt]
 */

/**
 * Takes frames like a stream. Events: those of LiveSocket, `prediction` (detail: Prediction), `sent` (detail: {frame,
 * position}), `skipped`, `error` (detail: the server's sentence).
 */
export class Signs extends SocketIo {
  #unanswered = new Unanswered(FRAMES_UNANSWERED, FRAME_PATIENCE_MILLIS);
  #due = -Infinity;
  /** Frames that were sent on this connection; the server counts them alike. */
  sent = 0;
  framesASecond = 10;

  ended() {
    super.ended();
    this.sent = 0;
    this.#unanswered.clear();
  }

  /**
   * @param {number} now
   * @returns {?number} what names a frame captured now; null where it would be too early, or too many are unanswered
   */
  tryReserve(now) {
    if (now < this.#due - GRACE_MILLIS) {
      return null;
    }
    const gap = 1_000 / this.framesASecond;
    // From when it was due, so that the pace holds whatever the display's; after a pause from now.
    this.#due = now - this.#due < gap ? this.#due + gap : now + gap;
    const reserved = this.#unanswered.tryReserve(now);
    if (reserved === null) {
      this.tell('skipped');
    }
    return reserved;
  }

  /** @param {number} reserved for a frame that will not be sent after all */
  release(reserved) {
    this.#unanswered.release(reserved);
  }

  /**
   * Sends a frame in its reserved place; one that nobody waits for any more is dropped.
   *
   * @param {number} reserved
   * @param {Blob} picture
   * @param {number} [position] in a clip, in seconds
   */
  sendFrame(reserved, picture, position) {
    if (this.#unanswered.holds(reserved) && this.emit('frame', { image: ATTACHMENT }, picture)) {
      this.sent++;
      this.tell('sent', { frame: this.sent, position });
    }
  }

  heard(event, argument) {
    if (event === 'prediction') {
      this.#unanswered.releaseOldest();
      this.tell('prediction', argument);
    } else if (event === 'error') {
      this.tell('error', String(argument?.message ?? argument));
    }
  }
}
