/** The letter to show: its drawing, how close the hand is to it, and what it looks like instead. */

import { SHAPES, withArticle } from './alphabet.js';
import { keep, recall } from './memory.js';
import { SHOWN } from './practice.js';

const HAND_KEY = 'osprey.hand';
const byId = (id) => document.getElementById(id);

/**
 * @typedef {object} Look what is known of the hand now
 * @property {boolean} started pictures are taken
 * @property {boolean} watching the server looks at them
 * @property {boolean} hand in view
 * @property {number} gathered 0 to 1: how much of what an answer needs
 * @property {?{letter: string, probability: number}} result newest about the letter asked for
 */

export class Lesson {
  #letter = '';
  /** @type {Look} */
  #look = { started: false, watching: false, hand: false, gathered: 0, result: null };

  constructor() {
    this.hands = byId('hand');
    const chosen = this.hands.querySelector(`[value="${recall(HAND_KEY) ?? 'right'}"]`);
    if (chosen) {
      chosen.checked = true;
    }
    this.hands.addEventListener('change', () => {
      keep(HAND_KEY, this.hand);
      this.#draw();
    });
  }

  /** @returns {'left'|'right'} the hand the learner spells with */
  get hand() {
    return this.hands.querySelector('input:checked').value;
  }

  get letter() {
    return this.#letter;
  }

  /** Whether the letter asked for is what is seen. */
  get isShown() {
    const { result } = this.#look;
    return result !== null && result.letter === this.#letter && result.probability >= SHOWN;
  }

  /** @param {string} letter to be shown from now on */
  ask(letter) {
    this.#letter = letter;
    this.#look = { ...this.#look, gathered: 0, result: null };
    this.#draw();
    this.#write();
  }

  /** @param {Partial<Look>} news */
  see(news) {
    this.#look = { ...this.#look, ...news };
    this.#write();
  }

  #draw() {
    const drawing = byId('drawing');
    drawing.src = `samples/letters/${this.#letter.toLowerCase()}.svg`;
    drawing.alt = `The letter ${this.#letter} as a ${this.hand} hand shows it`;
    // The drawings are of a right hand, as a mirror shows it.
    drawing.dataset.hand = this.hand;
    byId('letter').textContent = this.#letter;
    byId('shape').textContent = SHAPES[this.#letter];
  }

  #write() {
    const { watching, hand, result } = this.#look;
    const current = watching && hand;
    const gauge = byId('gauge');
    const probability = result?.probability ?? 0;
    gauge.ariaValueNow = String(Math.round(100 * probability));
    gauge.ariaValueText = result ? `${percent(probability)}, needs ${percent(SHOWN)}` : 'nothing seen yet';
    gauge.dataset.reached = probability >= SHOWN;
    gauge.dataset.current = current && result !== null;
    byId('gauge-fill').setAttribute('stroke-dasharray', `${100 * probability} 200`);
    byId('gauge-value').textContent = result ? percent(probability) : '–';
    byId('seen').textContent = current && result ? result.letter : '–';
    const verdict = this.#verdict();
    if (byId('verdict').textContent !== verdict) {
      byId('verdict').textContent = verdict;
    }
    byId('stage').dataset.shown = current && this.isShown;
  }

  #verdict() {
    const { started, watching, hand, gathered, result } = this.#look;
    if (!started) {
      return 'Press Start, then show the letter to the camera.';
    }
    if (!watching) {
      return 'Waiting for the server.';
    }
    if (!hand) {
      return `No hand in view. Hold your ${this.hand} hand up before the camera.`;
    }
    if (!result) {
      return gathered > 0 && gathered < 1 ? `Watching: ${percent(gathered)} of what it takes.` : 'Watching your hand.';
    }
    if (result.letter !== this.#letter) {
      return `That looks like ${withArticle(result.letter)}.`;
    }
    return this.isShown ? `That is ${withArticle(this.#letter)}.` : `Nearly ${withArticle(this.#letter)}. Make it clearer.`;
  }
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(100 * share)} %`;
}
