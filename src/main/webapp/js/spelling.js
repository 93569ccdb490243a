/** What is practised: single letters as the learner likes, or words against the clock. */

import { LETTERS, lettersOf } from './alphabet.js';
import { keep, recall } from './memory.js';
import { Practice } from './practice.js';
import { inSeconds, showScore, showTiles } from './score.js';

const WORDS = ['CAB', 'YOU', 'BALL', 'WAVE', 'HELLO', 'FRIEND', 'JAZZ', 'QUICKLY'];
const SHOWN_KEY = 'osprey.letters';
const byId = (id) => document.getElementById(id);
/** How long a letter that was shown stays before the next one is asked for, where that goes by itself. */
const STAY_MILLIS = 1_500;

/** Events: `ask` (detail: the letter to be shown from now on), `start` (a word is begun: frames are wanted). */
export class Spelling extends EventTarget {
  /** The letter or the word in hand. */
  #practice = new Practice(LETTERS[0]);
  #shown = new Set(lettersOf(recall(SHOWN_KEY) ?? ''));
  #goingOn = 0;

  constructor() {
    super();
    byId('letter-choice').append(...LETTERS.map(choice));
    byId('word-choice').append(...WORDS.map((word) => button(word, () => this.#begin(word))));
    byId('letter-choice').addEventListener('change', ({ target }) => this.#askFor(target.value));
    byId('practice').addEventListener('change', () => this.#turnTo(this.#kind));
    byId('own').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#beginOwn();
    });
    byId('own-word').addEventListener('input', () => byId('own-word').setCustomValidity(''));
    byId('skip').addEventListener('click', () => this.#goneOn(this.#practice.skip()));
    byId('again').addEventListener('click', () => this.#begin(this.#practice.word));
    ['leave', 'another'].forEach((id) => byId(id).addEventListener('click', () => this.#turnTo('words')));
    byId('forget').addEventListener('click', () => this.#mark(null));
    this.#writeMarks();
  }

  get #kind() {
    return byId('practice').querySelector('input:checked').value;
  }

  get #isWord() {
    return !byId('run').hidden;
  }

  start() {
    this.#askFor(LETTERS[0]);
  }

  /** @param {number} now a hand was seen */
  watched(now) {
    this.#practice.watched(now);
  }

  /** Nobody looks for the moment; that time does not count. */
  interrupted() {
    this.#practice.interrupted();
  }

  /**
   * @param {{letter: string, probability: number}} result
   * @param {number} now
   */
  see({ letter, probability }, now) {
    const step = this.#practice.see(letter, probability, now);
    if (step) {
      this.#mark(step.letter);
      this.#goneOn(step);
    }
  }

  /** @param {string} letter on its own */
  #askFor(letter) {
    this.#practice = new Practice(letter);
    this.#ask();
  }

  /** @param {string} letter after which the next one comes */
  #goOn(letter) {
    const next = LETTERS[(LETTERS.indexOf(letter) + 1) % LETTERS.length];
    byId('letter-choice').querySelector(`[value="${next}"]`).checked = true;
    this.#askFor(next);
  }

  #ask() {
    clearTimeout(this.#goingOn);
    this.dispatchEvent(new CustomEvent('ask', { detail: this.#practice.letter }));
  }

  /** @param {'letters'|'words'} kind */
  #turnTo(kind) {
    byId('letters').hidden = kind !== 'letters';
    byId('words').hidden = kind !== 'words';
    byId('choose-word').hidden = false;
    byId('run').hidden = true;
    this.#askFor(byId('letter-choice').querySelector('input:checked').value);
  }

  /** @param {string} word of letters only */
  #begin(word) {
    this.#practice = new Practice(word);
    byId('choose-word').hidden = true;
    byId('run').hidden = false;
    byId('run-tools').hidden = false;
    byId('score').hidden = true;
    showTiles(byId('tiles'), this.#practice);
    byId('said').textContent = `Spell ${word}. First ${this.#practice.letter}.`;
    this.dispatchEvent(new Event('start'));
    this.#ask();
  }

  #beginOwn() {
    const field = byId('own-word');
    const word = lettersOf(field.value);
    field.setCustomValidity(word ? '' : 'A word needs at least one letter from A to Z.');
    if (field.reportValidity()) {
      this.#begin(word);
    }
  }

  /** @param {import('./practice.js').Step} step that is behind the learner */
  #goneOn({ letter, millis }) {
    const outcome = millis === undefined ? `${letter} skipped.` : `${letter} after ${inSeconds(millis)}.`;
    if (!this.#isWord) {
      byId('said').textContent = outcome;
      if (byId('go-on').checked) {
        this.#goingOn = setTimeout(() => this.#goOn(letter), STAY_MILLIS);
      }
      return;
    }
    showTiles(byId('tiles'), this.#practice);
    const next = this.#practice.letter;
    byId('said').textContent = next ? `${outcome} Now ${next}.` : `${outcome} ${this.#practice.word} is done.`;
    if (next) {
      this.#ask();
    } else {
      byId('run-tools').hidden = true;
      showScore(byId('score'), this.#practice);
      byId('run').scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    }
  }

  /** @param {?string} letter that has been shown once; null forgets all of them */
  #mark(letter) {
    letter ? this.#shown.add(letter) : this.#shown.clear();
    keep(SHOWN_KEY, [...this.#shown].join(''));
    this.#writeMarks();
  }

  #writeMarks() {
    byId('letter-choice').querySelectorAll('label').forEach((label) =>
      label.toggleAttribute('data-shown', this.#shown.has(label.textContent.trim())));
    byId('marks').textContent = `${this.#shown.size} of ${LETTERS.length} shown so far`;
    byId('forget').hidden = this.#shown.size === 0;
  }
}

/** @param {string} letter */
function choice(letter) {
  const label = document.createElement('label');
  const radio = Object.assign(document.createElement('input'), { type: 'radio', name: 'letter', value: letter, defaultChecked: letter === LETTERS[0] });
  label.append(radio, element('span', letter));
  return label;
}

/**
 * @param {string} word
 * @param {() => void} onclick
 */
function button(word, onclick) {
  const made = element('button', word);
  Object.assign(made, { type: 'button', className: 'button small', onclick });
  return made;
}

/**
 * @param {string} name
 * @param {string} text
 */
function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
