/** The one thing that is under way: how far it is, in words and as a bar, and giving it up. */

import { Refusal } from './jobs.js';

const byId = (id) => document.getElementById(id);

/** Which of a job's words it is over with. */
const ENDS = new Set(['completed', 'failed', 'cancelled']);

export class Making {
  #giveUp = () => {};
  /** @type {?HTMLElement} what had the focus when it began */
  #from = null;

  /** @param {import('./studio-stream.js').StudioStream} stream */
  constructor(stream) {
    this.stream = stream;
    byId('cancel').addEventListener('click', () => this.#giveUp());
  }

  /**
   * Brings the visitor to where it can be watched: what was pressed is of no use, or gone, until it is over.
   *
   * @param {string} title
   * @param {() => void} [giveUp] by the visitor's wish; without, it cannot be
   */
  begin(title, giveUp) {
    this.#giveUp = giveUp;
    this.#from = document.activeElement;
    byId('progress-title').textContent = title;
    byId('cancel').hidden = !giveUp;
    byId('progress').hidden = false;
    byId('progress').scrollIntoView({ block: 'nearest' });
    if (this.#from?.matches('button')) {
      byId('progress').focus({ preventScroll: true });
    }
    this.at(0, 'It begins.');
  }

  /**
   * @param {number} share 0 to 1
   * @param {string} words
   */
  at(share, words) {
    const bar = byId('bar');
    bar.value = share;
    bar.setAttribute('aria-valuetext', `${Math.round(100 * share)} %, ${words}`);
    byId('progress-words').textContent = words;
  }

  /** @param {?HTMLElement} next what is to be seen now; what was pressed has the focus again, where it is still there */
  end(next) {
    const isHere = byId('progress').contains(document.activeElement);
    byId('progress').hidden = true;
    next?.scrollIntoView({ block: 'nearest' });
    if (isHere) {
      const back = this.#from.checkVisibility() ? this.#from : next;
      back?.focus({ preventScroll: true });
    }
    this.#giveUp = () => {};
  }

  /**
   * Follows a job until it is over.
   *
   * @param {string} id
   * @param {(status: import('./studio-requests.js').JobStatus) => boolean} isOurs whether a finished one is what is waited for, and not
   *     what the same picture was made into before
   * @param {AbortSignal} stop
   * @param {(status: import('./studio-requests.js').JobStatus) => void} [onStatus]
   * @returns {Promise<import('./studio-requests.js').JobStatus>} completed
   * @throws {Refusal} that it failed or was cancelled; the signal's reason once that is aborted
   */
  follow(id, isOurs, stop, onStatus = () => {}) {
    return new Promise((resolve, reject) => {
      const heard = ({ detail: status }) => {
        if (status.job_id !== id || (status.status === 'completed' && !isOurs(status))) {
          return;
        }
        onStatus(status);
        if (!ENDS.has(status.status)) {
          this.at(status.progress / 100, status.status === 'pending' ? 'It waits for its turn.' : status.message ?? '');
          return;
        }
        over();
        status.status === 'completed' ? resolve(status) : reject(new Refusal(sentence(status.error_details || status.error || status.message || 'It failed.')));
      };
      const aborted = () => {
        over();
        reject(stop.reason);
      };
      const over = () => {
        this.stream.leave(id);
        this.stream.removeEventListener('job', heard);
        stop.removeEventListener('abort', aborted);
      };
      this.stream.addEventListener('job', heard);
      stop.addEventListener('abort', aborted);
      this.stream.follow(id);
    });
  }
}

/** @param {string} text */
const sentence = (text) => (/[.!?…]$/.test(text) ? text : `${text}.`);
