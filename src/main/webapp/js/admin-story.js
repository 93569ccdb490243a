/** Everything there is to know of one job: what has happened so far and still does, its files, its parameters. */

import { byId, element, inWords, tag, time, timeOfEvent } from './admin-parts.js';
import { download } from './files.js';
import { find, follow } from './jobs.js';

/** Of no use to people as a name: a digest or an id. */
const CIPHER = /^[0-9a-f-]{32,}$/;

/** What a job is called. @param {import('./jobs.js').Job} job */
export const titleOf = ({ reference, kind }) => (reference && !CIPHER.test(reference) ? reference : inWords(kind));

/** By the state of a job. */
export const TONES = { queued: 'wait', running: 'wait', succeeded: 'good', failed: 'bad' };

export class Story {
  #stop = () => {};

  /** @param {import('./admin.js').Said} said @param {(owner?: string) => string} nameOf */
  constructor(said, nameOf) {
    Object.assign(this, { said, nameOf });
    byId('job').addEventListener('close', () => this.#stop());
  }

  /** @param {string} id */
  open(id) {
    return this.said.attempt('The job could not be opened.', async () => {
      this.#write(await find(id));
      byId('job-log').replaceChildren();
      byId('job').showModal();
      this.#stop();
      this.#stop = follow(id, (event) => this.#happened(id, event), () => {});
    });
  }

  #write(job) {
    byId('job-title').textContent = titleOf(job);
    byId('job-state-now').replaceChildren(tag(job.state, TONES[job.state]));
    const facts = {
      Kind: job.kind,
      Id: job.id,
      Owner: this.nameOf(job.owner),
      Attempts: String(job.attempt ?? '–'),
      Submitted: time(job.submitted_at),
      Started: time(job.started_at),
      Finished: time(job.finished_at),
    };
    byId('job-facts').replaceChildren(...Object.entries(facts).map(([name, value]) =>
      element('div', {}, element('dt', { textContent: name }), element('dd', {}, value))));
    byId('job-failure').hidden = !job.failure;
    byId('job-failure').textContent = job.failure ? `${job.failure.detail} (${job.failure.code})` : '';
    byId('job-files').replaceChildren(...job.artifacts.map(({ name, url, bytes }) =>
      download(name, new URL(`.${url}?download`, document.baseURI), bytes)));
    byId('job-no-files').hidden = job.artifacts.length > 0;
    const { parameters = {}, result } = job;
    byId('job-parameters').textContent = JSON.stringify(result === undefined ? { parameters } : { parameters, result }, null, 2);
  }

  /** @param {string} id @param {import('./jobs.js').JobEvent & {time?: string}} event */
  async #happened(id, { type, state, stage, progress, message, data, time: at }) {
    const words = {
      state: () => [inWords(state), message],
      artifact: () => [`File ${data?.name ?? ''}`],
      progress: () => [`${Math.round(100 * progress)} %`, inWords(stage ?? ''), message],
    }[type]().filter(Boolean).join(' · ');
    byId('job-log').append(element('li', { data: { type } }, timeOfEvent(at ?? null), element('span', { textContent: words })));
    byId('job-log').scrollTop = byId('job-log').scrollHeight;
    if (type !== 'progress') {
      await find(id).then((job) => byId('job').open && this.#write(job), () => {});
    }
  }
}
