/** News of the studio's jobs: pushed over Socket.IO, asked for each second where that is not connected. */

import { SocketIo } from './socketio.js';
import { statusOf } from './studio-requests.js';

const POLL_MILLIS = 1_000;

/** Events: those of LiveSocket, `job` (detail: JobStatus), of jobs that are followed only. */
export class StudioStream extends SocketIo {
  /** @type {Set<string>} */
  #followed = new Set();

  /** @param {URL} address */
  constructor(address) {
    super(address);
    setInterval(() => this.isConnected || this.#ask(), POLL_MILLIS);
  }

  /** @param {string} id told of from now on, beginning with where it stands */
  follow(id) {
    this.#followed.add(id);
    this.emit('subscribe_job', { job_id: id });
  }

  /** @param {string} id */
  leave(id) {
    if (this.#followed.delete(id)) {
      this.emit('unsubscribe', { job_id: id });
    }
  }

  accepted() {
    super.accepted();
    // A new connection knows nothing of what the last one was told.
    this.#followed.forEach((id) => this.emit('subscribe_job', { job_id: id }));
  }

  heard(event, argument) {
    if (event === 'job_update') {
      this.#told(argument);
    }
  }

  #ask() {
    for (const id of this.#followed) {
      // That nobody answers is what the page's state says already.
      statusOf(id).then((status) => this.#told({ ...status, job_id: id }), () => {});
    }
  }

  /** @param {import('./studio-requests.js').JobStatus} status */
  #told(status) {
    if (this.#followed.has(status.job_id)) {
      this.tell('job', status);
    }
  }
}
