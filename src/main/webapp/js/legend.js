/** The classes as a legend: colour and name, ticked when shown, marked while in view. */

import { paletteColor } from './messages.js';

const MANY_CLASSES = 30;
/** A class at the edge of detection would flicker with every frame. */
const IN_VIEW_MILLIS = 700;

export class Legend {
  /** @type {string[]} */
  #labels = [];
  #classes = '';
  /** Names, not ids: another mode numbers its classes differently. @type {Set<string>} */
  #hidden = new Set();
  /** @type {Map<string, number>} name to the moment it was last in view */
  #seen = new Map();
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
    setInterval(() => this.#markInView(), IN_VIEW_MILLIS / 2);
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
    const now = performance.now();
    names.forEach((name) => this.#seen.set(name, now));
    this.#markInView();
  }

  #markInView() {
    const now = performance.now();
    for (const [label, row] of this.#rows) {
      row.toggleAttribute('data-detected', now - (this.#seen.get(label) ?? -Infinity) < IN_VIEW_MILLIS);
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
    const swatch = span('swatch', '');
    swatch.style.setProperty('--swatch', `rgb(${color.join(' ')})`);
    const seen = span('seen', 'in view');
    seen.setAttribute('aria-hidden', 'true');
    line.append(box, swatch, span('name', label), seen);
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
