/** What was made in the studio, by the server's jobs: which of them are one work, what it is called, what is seen of it. */

import { find, isOver, listed } from './jobs.js';

export const PICTURE = 'text-to-image';
export const MODEL = 'image-to-3d';
/** The file that a picture's job has while it is made. */
export const PREVIEW = 'preview.png';
/** The server's own limit. */
const MOST_LISTED = 200;
/** A model is a job for each kind of file. */
const JOBS_A_WORK = 4;

/**
 * @typedef {object} Made
 * @property {import('./jobs.js').Job[]} jobs that the work is: of a model one for each kind of file
 * @property {string} name
 * @property {string} [thumbnail] address
 *
 * @typedef {import('./jobs.js').Job & Made} Work with parameters, and with the artifacts of all its jobs
 */

export class Works {
  /** @type {Map<string, Promise<?import('./jobs.js').Job>>} by id, because a list has no parameters */
  #known = new Map();

  /**
   * @param {number} limit of jobs, beside those that belong to one of the works all the same
   * @returns {Promise<{works: Work[], isAll: boolean}>} newest first
   */
  async latest(limit) {
    const jobs = (await Promise.all([PICTURE, MODEL].map((kind) => listed(kind, Math.min(MOST_LISTED, JOBS_A_WORK * limit + 1))))).flat()
      .sort((one, other) => other.submitted_at.localeCompare(one.submitted_at));
    const newest = new Set(jobs.slice(0, limit));
    // Other files of the same model may have been made long before.
    const pictures = new Set([...newest].map(({ reference }) => reference));
    const made = await Promise.all(jobs.filter((job) => newest.has(job) || (job.reference && pictures.has(job.reference))).map((job) => this.#made(job)));
    const shown = new Set([...newest].map(({ id }) => id));
    return { works: together(made).filter((work) => work.jobs.some(({ id }) => shown.has(id))), isAll: jobs.length <= limit };
  }

  /** @param {import('./jobs.js').Job} job as it is in the list @returns {Promise<Work>} */
  async #made(job) {
    const parameters = (await this.#find(job.id))?.parameters ?? {};
    // A model is called, and looks in the list, like what it was made of.
    const source = job.kind === MODEL ? await this.#find(parameters.job_id) : { ...job, parameters };
    const picture = pictureOf(source?.artifacts ?? []) ?? job.artifacts.find(({ name }) => name === PREVIEW);
    return {
      ...job,
      parameters,
      jobs: [job],
      name: source?.parameters.prompt ?? source?.parameters.original_filename ?? job.id,
      thumbnail: picture && `${picture.url}?of=${job.state}`,
    };
  }

  /** @param {string} id @returns {Promise<?import('./jobs.js').Job>} null for one that was deleted */
  async #find(id) {
    if (!this.#known.has(id)) {
      this.#known.set(id, find(id).catch(() => null));
    }
    const job = await this.#known.get(id);
    if (job && !isOver(job.state)) {
      this.#known.delete(id);
    }
    return job;
  }
}

/** @param {import('./jobs.js').Artifact[]} artifacts @returns {import('./jobs.js').Artifact|undefined} the finished picture */
export function pictureOf(artifacts) {
  return artifacts.find(({ name, media_type: type }) => name !== PREVIEW && type.startsWith('image/'));
}

/**
 * Puts together what differs in the kind of file only.
 *
 * @param {Work[]} works of one job each, newest first
 * @returns {Work[]}
 */
function together(works) {
  /** @type {Map<string, Work[]>} */
  const byWish = new Map();
  for (const work of works) {
    const wish = work.kind === PICTURE ? work.id : JSON.stringify({ ...work.parameters, format: '' });
    byWish.set(wish, [...(byWish.get(wish) ?? []), work]);
  }
  return [...byWish.values()].map((each) => {
    const shown = each.find(({ state }) => !isOver(state)) ?? each.find(({ state }) => state === 'succeeded') ?? each[0];
    return { ...shown, artifacts: each.flatMap(({ artifacts }) => artifacts), jobs: each.flatMap(({ jobs }) => jobs) };
  });
}
