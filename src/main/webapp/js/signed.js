/** What really is signed in the built-in clip, and which of it was recognised. */

import { openBuiltIn } from './sources.js';

const FOLDER = 'signs/';
/** A sign is told of when most of it is past, and an answer takes its time. */
const LATE_SECONDS = 1.2;
const byId = (id) => document.getElementById(id);

/**
 * @typedef {object} Sign
 * @property {string} label
 * @property {number} start in the clip, in seconds
 * @property {number} end
 */

/** @returns {Promise<import('./sources.js').Source>} the clip of a signer, with what is signed in it */
export async function openSignedSample() {
  const [source, signs] = await Promise.all([openBuiltIn(`${FOLDER}sample.mp4`), script()]);
  return Object.assign(source, { signs });
}

/** @returns {Promise<Sign[]>} none where the server does not deliver it; the clip plays all the same */
async function script() {
  try {
    const answer = await fetch(new URL(`../samples/${FOLDER}sample.json`, import.meta.url));
    return answer.ok ? (await answer.json()).signs : [];
  } catch {
    return [];
  }
}

/** The signs of a clip in a row; each says whether it was told in this pass. */
export class Signed {
  /** @type {Sign[]} */
  #signs = [];
  #position = 0;

  /** @param {Sign[]} [signs] of the source that starts; none where nobody knows what is signed */
  start(signs = []) {
    this.#signs = signs;
    this.#position = 0;
    ['signed', 'script-box'].forEach((id) => (byId(id).hidden = signs.length === 0));
    byId('script').replaceChildren(...signs.map(chip));
    this.#write();
  }

  get isKnown() {
    return this.#signs.length > 0;
  }

  /** @param {number|undefined} position of the frame that is sent now, in seconds */
  at(position) {
    if (!this.isKnown || position === undefined) {
      return;
    }
    if (position < this.#position - 1) {
      // The clip has begun anew.
      this.#chips().forEach((each) => mark(each, 'next'));
    }
    this.#position = position;
    this.#write();
  }

  /**
   * @param {string} word that is told
   * @param {number} from where its clip begins in the sample, in seconds
   * @param {number} to
   * @returns {string} what is signed there: this word, or else the one that has most of the clip; empty between two signs
   */
  told(word, from, to) {
    const there = this.#signs.filter(({ start, end }) => start < to && end > from);
    const right = there.find(({ label }) => label === word);
    // What is told of the pass before counts for that one, whose marks are gone.
    if (right && to <= this.#position) {
      mark(this.#chips()[this.#signs.indexOf(right)], 'seen');
    }
    if (right) {
      return word;
    }
    const share = ({ start, end }) => Math.min(end, to) - Math.max(start, from);
    return there.sort((one, other) => share(other) - share(one))[0]?.label ?? '';
  }

  #chips() {
    return [...byId('script').children];
  }

  #write() {
    const now = this.#signs.find(({ start, end }) => start <= this.#position && this.#position < end);
    byId('signed-word').textContent = now?.label ?? 'between signs';
    byId('signed').toggleAttribute('data-pause', !now);
    this.#chips().forEach((each, at) => {
      const { end } = this.#signs[at];
      each.ariaCurrent = this.#signs[at] === now ? 'true' : null;
      if (each.dataset.state === 'next' && this.#position > end + LATE_SECONDS) {
        mark(each, 'missed');
      }
    });
  }
}

/** @param {Sign} sign */
function chip({ label }) {
  const item = document.createElement('li');
  item.append(Object.assign(document.createElement('b'), { textContent: label }), document.createElement('small'));
  mark(item, 'next');
  return item;
}

/**
 * @param {HTMLElement} item
 * @param {'next'|'seen'|'missed'} state
 */
function mark(item, state) {
  item.dataset.state = state;
  item.lastElementChild.textContent = { next: '', seen: 'recognised', missed: 'missed' }[state];
}
