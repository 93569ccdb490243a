/** A practised word: how far it is, and what it was worth. */

import { keep, recall } from './memory.js';

const MINUTE_MILLIS = 60_000;
const seconds = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** @param {number} millis */
export function inSeconds(millis) {
  return `${seconds.format(millis / 1_000)} s`;
}

/**
 * @param {HTMLElement} list gets a tile for each letter of the word
 * @param {import('./practice.js').Practice} practice
 */
export function showTiles(list, { steps, at }) {
  list.replaceChildren(...steps.map((step, index) => tile(step, index === at)));
}

/**
 * @param {import('./practice.js').Step} step
 * @param {boolean} isAsked
 */
function tile({ letter, millis, skipped }, isAsked) {
  const item = document.createElement('li');
  const part = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  item.dataset.state = isAsked ? 'now' : millis !== undefined ? 'shown' : skipped ? 'skipped' : 'next';
  item.ariaCurrent = isAsked ? 'step' : null;
  item.append(part('b', letter), part('small', { now: 'now', shown: inSeconds(millis ?? 0), skipped: 'skipped', next: '' }[item.dataset.state]));
  return item;
}

/**
 * @param {HTMLElement} panel
 * @param {import('./practice.js').Practice} practice of which no letter is left
 */
export function showScore(panel, practice) {
  const { word, score, millis, slowest, steps } = practice;
  const shown = steps.filter((step) => step.millis !== undefined).length;
  const key = `osprey.best.${word}`;
  const before = Number(recall(key) ?? 0);
  keep(key, String(Math.max(before, score)));
  const write = (part, text) => (panel.querySelector(`[data-part="${part}"]`).textContent = text);
  write('score', String(score));
  write('time', inSeconds(millis));
  write('rate', millis > 0 ? String(Math.round((shown * MINUTE_MILLIS) / millis)) : '–');
  write('slowest', slowest ? `${slowest.letter}, ${inSeconds(slowest.millis)}` : '–');
  write('best', score > before ? 'this one' : String(before));
  panel.hidden = false;
}
