/** A word that is spelled letter by letter against the clock: what has been shown, how fast, and what that is worth. */

import { MOVING } from './alphabet.js';

/** From this probability on a letter has been shown. */
export const SHOWN = 0.7;

/** Within this time a letter counts in full; one that took twice as long counts half, one that was skipped nothing. */
const FULL_SCORE_MILLIS = 3_000;
const FULL_SCORE_MOVING_MILLIS = 6_000;

/**
 * @typedef {object} Step
 * @property {string} letter
 * @property {number} [millis] from the first frame with a hand to the one that showed it
 * @property {boolean} [skipped]
 */

export class Practice {
  #at = 0;
  #begun = NaN;

  /** @param {string} word of letters A to Z, at least one */
  constructor(word) {
    this.word = word;
    /** @type {Step[]} */
    this.steps = [...word].map((letter) => ({ letter }));
  }

  /** @returns {?string} the letter to be shown now; null once there is none left */
  get letter() {
    return this.steps[this.#at]?.letter ?? null;
  }

  /** @returns {number} place of that letter in the word */
  get at() {
    return this.#at;
  }

  /** @param {number} now a hand was seen, in milliseconds; the letter's time runs from the first one on */
  watched(now) {
    this.#begun = Number.isNaN(this.#begun) ? now : this.#begun;
  }

  /** No frames come for the moment: the letter's time runs anew from the next one on. */
  interrupted() {
    this.#begun = NaN;
  }

  /**
   * @param {string} seen
   * @param {number} probability of the letter asked for
   * @param {number} now
   * @returns {?Step} the letter if it has been shown with this; then the next one is asked for
   */
  see(seen, probability, now) {
    if (seen !== this.letter || probability < SHOWN) {
      return null;
    }
    this.watched(now);
    return this.#goOn({ millis: now - this.#begun });
  }

  /** @returns {?Step} */
  skip() {
    return this.letter && this.#goOn({ skipped: true });
  }

  #goOn(outcome) {
    const step = Object.assign(this.steps[this.#at], outcome);
    this.#at++;
    this.#begun = NaN;
    return step;
  }

  /** @returns {number} of all letters that were shown */
  get millis() {
    return this.steps.reduce((sum, { millis = 0 }) => sum + millis, 0);
  }

  /** @returns {number} 0 to 100: the mean over the word's letters */
  get score() {
    return Math.round((100 * this.steps.reduce((sum, step) => sum + worth(step), 0)) / this.steps.length);
  }

  /** @returns {?Step} the letter that took longest */
  get slowest() {
    const shown = this.steps.filter(({ millis }) => millis !== undefined);
    return shown.sort((one, other) => other.millis - one.millis)[0] ?? null;
  }
}

/** @param {Step} step */
function worth({ letter, millis }) {
  const full = MOVING.has(letter) ? FULL_SCORE_MOVING_MILLIS : FULL_SCORE_MILLIS;
  return millis === undefined ? 0 : Math.min(1, full / millis);
}
