/** The word that is told now, how sure the server is of it, and what else it might be. */

import { NO_SIGN } from './signs.js';

const GUESSES = 5;
/** Where the server does not say. */
const THRESHOLD = 0.5;
const byId = (id) => document.getElementById(id);

/**
 * @typedef {object} Look what is known of the signer now
 * @property {boolean} started pictures are taken
 * @property {boolean} watching the server looks at them
 * @property {number} missing frames of the first clip
 * @property {?import('./signs.js').Prediction} told by a recognition of this source; null before its first
 */

export class LiveWord {
  /** @type {Look} */
  #look = { started: false, watching: false, missing: 0, told: null };

  constructor() {
    byId('guesses').append(...Array.from({ length: GUESSES }, bar));
    this.#write();
  }

  /** @param {Partial<Look>} news */
  see(news) {
    this.#look = { ...this.#look, ...news };
    this.#write();
  }

  #write() {
    const { watching, told } = this.#look;
    const current = watching && told !== null;
    const isWord = current && told.label !== NO_SIGN;
    const card = byId('told');
    card.dataset.told = isWord ? 'word' : current ? 'none' : 'nothing';
    byId('word').textContent = !current ? '–' : isWord ? told.label : 'no sign';
    byId('stage').dataset.shown = isWord;
    const verdict = this.#verdict();
    if (byId('verdict').textContent !== verdict) {
      byId('verdict').textContent = verdict;
    }
    this.#writeGuesses(current ? told : null);
  }

  /** @param {?import('./signs.js').Prediction} told */
  #writeGuesses(told) {
    const threshold = told?.threshold ?? THRESHOLD;
    const guesses = told?.topk ?? [];
    byId('guesses').style.setProperty('--threshold', String(threshold));
    byId('threshold').textContent = `counts above ${percent(threshold)}`;
    [...byId('guesses').children].forEach((row, at) => {
      const { label = '–', score = 0 } = guesses[at] ?? {};
      const [name, track, value] = row.children;
      name.textContent = label;
      track.firstElementChild.style.inlineSize = `${100 * score}%`;
      value.textContent = guesses[at] ? percent(score) : '';
      row.toggleAttribute('data-told', score > threshold);
    });
  }

  #verdict() {
    const { started, watching, missing, told } = this.#look;
    if (!started) {
      return 'Press Start, or play the sample.';
    }
    if (!watching) {
      return 'Waiting for the server.';
    }
    if (!told) {
      return missing > 0 ? `Gathering the first clip: ${missing} more frame${missing === 1 ? '' : 's'}.` : 'Waiting for the first recognition.';
    }
    if (told.label !== NO_SIGN) {
      return percent(told.score);
    }
    const [best] = told.topk ?? [];
    return `${best ? `most like ${best.label}, ` : ''}${percent(told.score)}`;
  }
}

/** @returns {HTMLLIElement} a row for a guess: its word, its bar, its score */
function bar() {
  const row = document.createElement('li');
  const track = Object.assign(document.createElement('span'), { className: 'bar' });
  track.append(document.createElement('span'));
  row.append(document.createElement('b'), track, document.createElement('span'));
  return row;
}

/** @param {number} share */
export function percent(share) {
  return `${Math.round(100 * share)} %`;
}
