/** Writes the numbers into the page twice a second. */

import { Chart } from './chart.js';
import { STEPS } from './stats.js';

const EVERY_MILLIS = 500;

export class NumbersPanel {
  /** @param {import('./stats.js').Stats} stats */
  constructor(stats) {
    this.stats = stats;
    this.chart = new Chart(document.getElementById('chart'));
    this.bar = document.getElementById('steps-bar');
    this.list = document.getElementById('steps');
    for (const step of STEPS) {
      const part = document.createElement('span');
      part.dataset.step = step;
      this.bar.append(part);
      const row = document.createElement('div');
      row.dataset.step = step;
      const name = document.createElement('dt');
      name.textContent = step[0].toUpperCase() + step.slice(1);
      row.append(name, document.createElement('dd'));
      this.list.append(row);
    }
    this.#write();
    setInterval(() => this.#write(), EVERY_MILLIS);
  }

  #write() {
    const numbers = this.stats.numbers(performance.now());
    figure(document.getElementById('fps'), numbers.fps?.toFixed(numbers.fps < 9.95 ? 1 : 0), '');
    figure(document.getElementById('latency'), millis(numbers.latencyMillis), 'ms');
    figure(document.getElementById('server'), millis(numbers.serverMillis), 'ms');
    figure(document.getElementById('dropped'), String(numbers.dropped), '');
    figure(document.getElementById('up'), ...bytes(numbers.upBytes));
    figure(document.getElementById('down'), ...bytes(numbers.downBytes));
    this.chart.add(numbers.latencyMillis, numbers.fps);
    this.#writeSteps(numbers);
  }

  /** @param {import('./stats.js').Numbers} numbers */
  #writeSteps({ steps, latencyMillis, serverMillis }) {
    for (const step of STEPS) {
      this.bar.querySelector(`[data-step="${step}"]`).style.flexGrow = steps?.[step] ?? 0;
      this.list.querySelector(`[data-step="${step}"] dd`).textContent = steps ? `${steps[step].toFixed(1)} ms` : '–';
    }
    document.getElementById('way').textContent = way(steps, latencyMillis, serverMillis);
  }
}

/** @returns {string} what there is to say beside the steps */
function way(steps, latencyMillis, serverMillis) {
  if (latencyMillis === null || serverMillis === null) {
    return 'once frames are answered';
  }
  return steps ? `network and browser ${millis(Math.max(0, latencyMillis - serverMillis))} ms` : 'this server sends no receipts';
}

/**
 * @param {HTMLElement} element
 * @param {string|undefined} value
 * @param {string} unit
 */
export function figure(element, value, unit) {
  element.textContent = value ?? '–';
  if (value !== undefined && unit) {
    const small = document.createElement('small');
    small.textContent = unit;
    element.append(small);
  }
}

/** @param {?number} value */
export function millis(value) {
  return value?.toFixed(value < 9.95 ? 1 : 0);
}

/**
 * @param {?number} perSecond
 * @returns {[string|undefined, string]}
 */
function bytes(perSecond) {
  if (perSecond === null) {
    return [undefined, ''];
  }
  return perSecond < 1e6 ? [(perSecond / 1e3).toFixed(0), 'kB/s'] : [(perSecond / 1e6).toFixed(1), 'MB/s'];
}
