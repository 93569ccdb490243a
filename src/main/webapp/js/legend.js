/** The classes as a legend: colour and name, ticked when shown, marked while in view. */

import { Lately } from './lately.js';
import { paletteColor } from './messages.js';

const MANY_CLASSES = 30;
const LOOK_EVERY_MILLIS = 350;

export class Legend {
  /** @type {string[]} */
  #labels = [];
  #classes = '';
  /** Names, not ids: another mode numbers its classes differently. @type {Set<string>} */
  #hidden = new Set();
  #seen = new Lately();
  /** @type {Map<string, HTMLLIElement>} */
  #rows = new Map();

  /** @param {() => void} onChange the visitor ticked or unticked something */
  constructor(onChange) {
    this.onChange = onChange;
    this.list = document.getElementById('legend');
    this.find = /** @type {HTMLInputElement} */ (document.getElementById('classes-find'));
    this.list.addEventListener('change', (event) => this.#tick(event.target.value, event.target.checked));
    this.find.addEventListener('input', () => this.#narrow());
    document.getElementById('classes-all').addEventListener('click', () => this.#tickAll(true));
    document.getElementById('classes-none').addEventListener('click', () => this.#tickAll(false));
    setInterval(() => this.#markInView(), LOOK_EVERY_MILLIS);
  }

  /** @returns {?number[]} the ids of the classes to show; null for all */
  get filter() {
    const ids = this.#labels.flatMap((label, id) => (this.#hidden.has(label) ? [] : [id]));
    return ids.length === this.#labels.length ? null : ids;
  }

  /**
   * @param {string[]} labels by class id
   * @param {number[][]} [colors] by class id
   */
  setClasses(labels, colors = labels.map((_, id) => paletteColor(id))) {
    const classes = JSON.stringify([labels, colors]);
    if (classes === this.#classes) {
      return;
    }
    this.#classes = classes;
    this.#labels = labels;
    this.#rows.clear();
    this.#seen.clear();
    this.list.replaceChildren(...labels.map((label, id) => this.#row(label, colors[id])));
    this.find.hidden = labels.length <= MANY_CLASSES;
    this.find.value = '';
    this.find.placeholder = `Find one of ${labels.length} classes`;
  }

  /** @param {string[]} names detected in the newest picture */
  detected(names) {
    this.#seen.see(names);
    this.#markInView();
  }

  #markInView() {
    for (const [label, row] of this.#rows) {
      row.toggleAttribute('data-detected', this.#seen.has(label));
    }
    const inView = [...this.#rows].filter(([, row]) => row.hasAttribute('data-detected')).map(([label]) => label);
    const text = inView.join(', ') || 'nothing';
    const element = document.getElementById('detected');
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }

  /**
   * @param {string} label
   * @param {number[]} color
   */
  #row(label, color) {
    const row = document.createElement('li');
    const line = document.createElement('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.value = label;
    box.checked = !this.#hidden.has(label);
    const seen = span('seen', 'in view');
    seen.setAttribute('aria-hidden', 'true');
    line.append(box, swatch(color), span('name', label), seen);
    row.append(line);
    this.#rows.set(label, row);
    return row;
  }

  #tick(label, shown) {
    shown ? this.#hidden.delete(label) : this.#hidden.add(label);
    this.onChange();
  }

  #tickAll(shown) {
    this.#hidden = new Set(shown ? [] : this.#labels);
    this.list.querySelectorAll('input').forEach((box) => (box.checked = shown));
    this.onChange();
  }

  #narrow() {
    const wanted = this.find.value.trim().toLowerCase();
    for (const [label, row] of this.#rows) {
      row.hidden = !label.toLowerCase().includes(wanted);
    }
  }
}

/** @param {number[]} color [red, green, blue] */
export function swatch(color) {
  const element = span('swatch', '');
  element.style.setProperty('--swatch', `rgb(${color.join(' ')})`);
  return element;
}

/**
 * @param {string} name of the class
 * @param {string} text
 */
function span(name, text) {
  const element = document.createElement('span');
  element.className = name;
  element.textContent = text;
  return element;
}
