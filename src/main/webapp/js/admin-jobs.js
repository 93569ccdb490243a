/** Jobs and sessions of the referee: where they stand, what has happened to each; cancelling, retrying, deleting. */

import { Rows, amount, button, byId, confirmed, duration, element, inWords, mebibytes, tag, time, whileBusy } from './admin-parts.js';
import { admin, path } from './admin-requests.js';
import { Story, TONES, titleOf } from './admin-story.js';
import { isOver } from './jobs.js';

const AT_A_TIME = 50;

/** @typedef {import('./jobs.js').Job & {owner?: string}} Job */

export class JobList {
  #limit = AT_A_TIME;
  /** @type {Map<string, string>} of the keys, by what their jobs belong to */
  #names = new Map();

  /**
   * @param {import('./admin-feed.js').Feed} feed
   * @param {import('./admin.js').Said} said
   */
  constructor(feed, said) {
    this.said = said;
    this.story = new Story(said, (owner) => this.#nameOf(owner));
    this.rows = new Rows(byId('jobs-table'), (job) => job.id, [
      { of: (job) => [titleOf(job), job.id, job.kind], show: ([name, id, kind]) =>
        element('span', { className: 'two-lines', title: id }, name, element('small', { textContent: `${kind} · ${id.slice(0, 8)}` })) },
      { of: (job) => [job.state, job.failure?.detail], show: ([state, detail]) =>
        [tag(state, TONES[state]), ...(detail ? [element('small', { className: 'reason', textContent: detail })] : [])] },
      { kind: 'wide', of: (job) => [job.progress, job.stage, job.message, job.state, job.finished_at], show: (_, job) => progress(job) },
      { kind: 'who', of: (job) => this.#nameOf(job.owner) },
      { of: (job) => job.submitted_at, show: (submitted) => time(submitted) },
      { kind: 'tools', of: (job) => job.state, show: (_, job) => this.#tools(job) },
    ]);
    feed.addEventListener('jobs', ({ detail: { jobs } }) => this.#told(jobs));
    this.sessions = new Rows(byId('sessions-table'), ([id]) => id, [
      { of: ([id]) => id },
      { of: ([, { duration_seconds: seconds }]) => duration(seconds) },
      { of: ([, { idle_seconds: seconds }]) => duration(seconds) },
      { kind: 'number', of: ([, { fps }]) => amount(fps, 1) },
      { kind: 'number', of: ([, { frames_received: frames }]) => amount(frames) },
      { kind: 'number', of: ([, { missing_frames: frames }]) => amount(frames) },
      { kind: 'number', of: ([, { memory_mb: used }]) => mebibytes(used) },
    ]);
    feed.addEventListener('streams', ({ detail }) => this.#streamed(detail));
    for (const id of ['job-kind', 'job-state']) {
      byId(id).value = '';
      byId(id).addEventListener('change', () => this.said.attempt('The jobs could not be listed.', () => this.load()));
    }
    byId('more-jobs').addEventListener('click', () => whileBusy(byId('more-jobs'), () => {
      this.#limit += AT_A_TIME;
      return this.said.attempt('The jobs could not be listed.', () => this.load());
    }));
  }

  async load() {
    const wanted = new URLSearchParams({ limit: String(this.#limit) });
    for (const name of ['kind', 'state']) {
      if (byId(`job-${name}`).value) {
        wanted.set(name, byId(`job-${name}`).value);
      }
    }
    const [{ jobs }, keys] = await Promise.all([admin(`jobs?${wanted}`), admin('keys'), this.#loadSessions()]);
    this.#names = new Map(keys.map(({ id, name }) => [`key:${id}`, name]));
    this.#show(jobs);
    byId('more-jobs').hidden = jobs.length < this.#limit;
  }

  /** @param {?string} [owner] a key, an operator or the subject of a token */
  #nameOf(owner) {
    return this.#names.get(owner) ?? owner?.replace(/^(operator|token):/, '') ?? '–';
  }

  async #loadSessions() {
    this.sessions.show(Object.entries((await admin('sessions')).sessions));
  }

  /** Sessions are not told of by themselves; where somebody streams to the referee there may be one. */
  #streamed(streams) {
    const isStreamed = streams.some(({ capability }) => capability === 'referee');
    if (!byId('jobs').hidden && (isStreamed || this.isStreamed)) {
      this.#loadSessions().catch(() => {});
    }
    this.isStreamed = isStreamed;
  }

  /** @param {Job[]} latest of all kinds and states */
  #told(latest) {
    byId('jobs-badge').textContent = latest.filter(({ state }) => !isOver(state)).length || '';
    const isNew = latest.some(({ owner }) => owner?.startsWith('key:') && !this.#names.has(owner));
    if (isNew || byId('job-kind').value || byId('job-state').value || this.#limit > AT_A_TIME) {
      this.load().catch(() => {});
    } else {
      this.#show(latest);
      byId('more-jobs').hidden = latest.length < AT_A_TIME;
    }
  }

  /** @param {Job[]} jobs */
  #show(jobs) {
    this.rows.show(jobs);
    const known = new Set([...byId('job-kind').options].map(({ value }) => value));
    for (const kind of new Set(jobs.map((job) => job.kind))) {
      if (!known.has(kind)) {
        byId('job-kind').append(element('option', { value: kind, textContent: inWords(kind) }));
      }
    }
  }

  /** @param {Job} job */
  #tools(job) {
    const name = job.reference ?? job.id;
    const open = button('Open', `Open ${name}`, () => this.story.open(job.id));
    return isOver(job.state)
      ? [open, button('Retry', `Retry ${name}`, () => this.#retry(job)), button('Delete', `Delete ${name}`, () => this.#delete(job))]
      : [open, button('Cancel', `Cancel ${name}`, () => this.#cancel(job))];
  }

  async #cancel({ id, kind, reference }) {
    if (await confirmed({ title: `Cancel ${reference ?? `this ${kind} job`}?`, text: 'What it has done so far is lost.', action: 'Cancel the job' })) {
      await this.#change('The job was not cancelled.', `${path('jobs', id)}/cancel`, 'POST', 'The job is being cancelled.');
    }
  }

  #retry({ id }) {
    return this.#change('The job was not begun again.', `${path('jobs', id)}/retry`, 'POST', 'A new job with the same input is waiting for its turn.');
  }

  async #delete({ id, kind, reference }) {
    if (await confirmed({ title: `Delete ${reference ?? `this ${kind} job`}?`, text: 'Its files and its record are gone at once, for its owner, too.', action: 'Delete' })) {
      await this.#change('The job was not deleted.', path('jobs', id), 'DELETE', 'The job is deleted.');
    }
  }

  #change(failure, address, method, words) {
    return this.said.done(failure, async () => {
      await admin(address, { method });
      await this.load();
      return words;
    });
  }
}

/** @param {Job} job */
function progress({ state, progress: share, stage, message, started_at: started, finished_at: finished }) {
  if (isOver(state)) {
    const seconds = (Date.parse(finished) - Date.parse(started)) / 1_000;
    const took = seconds < 1 ? 'under 1 s' : duration(seconds);
    return !started ? '–' : state === 'succeeded' || state === 'expired' ? `In ${took}` : `At ${Math.round(100 * share)} % after ${took}`;
  }
  const words = [inWords(stage ?? ''), message].filter(Boolean).join(': ') || 'Waits for its turn';
  return [
    element('progress', { max: 1, value: share, ariaLabel: 'Progress' }),
    element('small', { className: 'reason', textContent: state === 'running' ? `${Math.round(100 * share)} % · ${words}` : words }),
  ];
}
