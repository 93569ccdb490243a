/** What every view of the console is made of: elements, tables that keep their rows, questions, times and amounts in words. */

export const byId = (id) => document.getElementById(id);

/**
 * @param {string} name
 * @param {object} [properties] of the element; `data` becomes its dataset
 * @param {...(Node|string)} children
 */
export function element(name, { data, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  Object.assign(made.dataset, data);
  made.append(...children);
  return made;
}

/** @param {string} text @param {string} label for who does not see what it stands beside @param {() => unknown} onclick */
export function button(text, label, onclick) {
  const made = element('button', { type: 'button', className: 'button small', textContent: text, ariaLabel: label });
  made.addEventListener('click', () => whileBusy(made, onclick));
  return made;
}

/** A button can be pressed once until what it began is over. */
export async function whileBusy(pressed, step) {
  pressed.disabled = true;
  try {
    await step();
  } finally {
    pressed.disabled = false;
  }
}

/** @param {string} text @param {'good'|'wait'|'bad'|'plain'} [tone] */
export const tag = (text, tone = 'plain') => element('span', { className: 'tag', textContent: text, data: { tone } });

/** A word with a smaller one below it. */
export function twoLines(first, second) {
  return element('span', { className: 'two-lines' }, first, element('small', { textContent: second }));
}

/**
 * @template T
 * @typedef {object} Column
 * @property {(item: T) => any} of what of the item is shown; the cell is written anew only when it differs
 * @property {(value: any, item: T) => (Node|string|(Node|string)[])} [show]
 * @property {string} [kind] `number` is set to the right, `tools` holds buttons, `wide` has a line of its own where rows are cards
 */

/** The body of a table. Rows and cells that have not changed stay what they are, so that nothing is taken from under a finger. */
export class Rows {
  /** @type {Map<string, {row: HTMLTableRowElement, shown: string[]}>} */
  #rows = new Map();

  /**
   * @param {HTMLTableElement} table whose head names the columns; what is told where there are no rows follows it
   * @param {(item: any) => string} key
   * @param {Column<any>[]} columns the first names the row
   */
  constructor(table, key, columns) {
    Object.assign(this, { table, key, columns, body: table.tBodies[0], empty: table.parentElement.nextElementSibling });
    this.labels = [...table.tHead.rows[0].cells].map((cell, at) => {
      cell.className = columns[at].kind ?? '';
      return cell.textContent;
    });
  }

  /** @param {any[]} items in the order they are to stand in */
  show(items) {
    const keys = new Set(items.map(this.key));
    for (const [key, { row }] of this.#rows) {
      if (!keys.has(key)) {
        this.#rows.delete(key);
        const held = row.contains(document.activeElement);
        row.remove();
        if (held) {
          this.table.closest('section')?.querySelector('h2').focus();
        }
      }
    }
    items.forEach((item, at) => {
      const row = this.#filled(item);
      if (this.body.rows[at] !== row) {
        this.body.insertBefore(row, this.body.rows[at] ?? null);
      }
    });
    this.table.hidden = items.length === 0;
    this.empty.hidden = items.length > 0;
  }

  #filled(item) {
    const key = this.key(item);
    if (!this.#rows.has(key)) {
      this.#rows.set(key, { row: this.#made(key), shown: [] });
    }
    const { row, shown } = this.#rows.get(key);
    this.columns.forEach(({ of, show = (value) => value }, at) => {
      const value = of(item);
      const now = JSON.stringify(value) ?? '';
      if (shown[at] !== now) {
        shown[at] = now;
        row.cells[at].replaceChildren(...[show(value, item)].flat());
      }
    });
    return row;
  }

  #made(key) {
    const row = element('tr', { data: { key } });
    this.columns.forEach(({ kind = '' }, at) => row.append(at === 0
      ? element('th', { scope: 'row' })
      : element('td', { className: kind, data: { label: this.labels[at] } })));
    return row;
  }
}

/**
 * Asks before something is done that cannot be undone.
 *
 * @param {{title: string, text: string, action: string}} question
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, action }) {
  const dialog = byId('question');
  byId('question-title').textContent = title;
  byId('question-text').textContent = text;
  byId('question-yes').textContent = action;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}

const toTheMinute = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const moment = new Intl.DateTimeFormat('en', toTheMinute);
const ofAnotherYear = new Intl.DateTimeFormat('en', { ...toTheMinute, year: 'numeric' });
const exact = new Intl.DateTimeFormat('en', { ...toTheMinute, second: '2-digit' });
const amounts = new Intl.NumberFormat('en');

/** @param {?string} iso @param {string} never in words */
export function time(iso, never = '–', format = moment) {
  if (!iso) {
    return never;
  }
  const at = new Date(iso);
  const isThisYear = at.getFullYear() === new Date().getFullYear();
  return element('time', { dateTime: iso, title: iso, textContent: (isThisYear ? format : ofAnotherYear).format(at) });
}

/** To the second. */
export const timeOfEvent = (iso) => time(iso, '–', exact);

/** @param {?number} value */
export const amount = (value, digits = 0) =>
  (value === null || value === undefined ? '–' : digits ? value.toFixed(digits) : amounts.format(Math.round(value)));

/** @param {?number} value in mebibytes */
export const mebibytes = (value) =>
  (value === null || value === undefined ? '–' : value < 1024 ? `${Math.round(value)} MiB` : `${(value / 1024).toFixed(1)} GiB`);

/** @param {number} seconds */
export function duration(seconds) {
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60];
  return days ? `${days} d ${hours} h` : hours ? `${hours} h ${minutes} min` : minutes ? `${minutes} min` : `${Math.floor(seconds)} s`;
}

/** @param {string} words such as `two-words` or `TWO_WORDS` */
export function inWords(words) {
  const plain = words.replaceAll(/[-_]/g, ' ').toLowerCase();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
