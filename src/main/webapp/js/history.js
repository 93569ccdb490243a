/** The words that were told, newest first, each with when it began and the most the server was sure of it. */

import { percent } from './live-word.js';
import { NO_SIGN } from './signs.js';

const MOST = 50;
/** A word that wavers about the threshold is not told anew each time. */
const ANEW_MILLIS = 1_000;
const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });
const byId = (id) => document.getElementById(id);

export class History {
  #word = '';
  #score = 0;
  #lastTold = -Infinity;
  /** @type {?HTMLLIElement} */
  #entry = null;

  constructor() {
    byId('clear').addEventListener('click', () => this.#clear());
  }

  /**
   * @param {import('./signs.js').Prediction} prediction
   * @param {number} now
   * @param {string} [signed] what really was signed, where that is known
   */
  see({ label, score }, now, signed) {
    if (label === NO_SIGN) {
      return;
    }
    if (label !== this.#word || now - this.#lastTold > ANEW_MILLIS) {
      this.#enter(label);
    }
    this.#judge(label, signed);
    this.#lastTold = now;
    if (score > this.#score) {
      this.#score = score;
      this.#entry.querySelector('.score').textContent = percent(score);
    }
  }

  /** What comes next is told anew, whatever it is. */
  interrupted() {
    this.#word = '';
  }

  /** A word that is told while the hands are on their way is right as soon as it is signed. */
  #judge(word, signed) {
    const { dataset, children } = this.#entry;
    if (signed !== undefined && dataset.right !== 'true') {
      dataset.right = signed === word;
      children[2].textContent = signed === word ? 'as signed' : signed ? `signed: ${signed}` : 'nothing signed';
    }
  }

  #enter(word) {
    const entry = document.createElement('li');
    const now = new Date();
    const time = Object.assign(document.createElement('time'), { dateTime: now.toISOString(), textContent: clock.format(now) });
    entry.append(time, part('b', word), part('span', ''), part('span', ''));
    entry.children[2].className = 'really quiet';
    entry.children[3].className = 'score';
    [this.#word, this.#score, this.#entry] = [word, 0, entry];
    byId('history').prepend(entry);
    byId('history').children[MOST]?.remove();
    this.#count();
  }

  /** A word that lasts is not told anew for that. */
  #clear() {
    byId('history').replaceChildren();
    this.#count();
  }

  #count() {
    const none = byId('history').childElementCount === 0;
    byId('no-history').hidden = !none;
    byId('clear').hidden = none;
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function part(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
