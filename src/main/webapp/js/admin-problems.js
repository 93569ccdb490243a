/** What was refused and what has failed since the start, by kind; and the record of what operators did. */

import { Rows, amount, byId, element, inWords, tag, timeOfEvent, twoLines, whileBusy } from './admin-parts.js';
import { admin } from './admin-requests.js';

const ENTRIES_AT_A_TIME = 100;
/** What changes something without a word of its own is recorded by the request's method. */
const METHOD = /^[A-Z]+$/;

export class Problems {
  /** @param {import('./admin-feed.js').Feed} feed */
  constructor(feed) {
    this.refusals = new Rows(byId('refusals-table'), ({ limit }) => limit, [
      { of: ({ limit }) => limit, show: (limit) => twoLines(inWords(limit), limit) },
      ...counted,
    ]);
    this.errors = new Rows(byId('errors-table'), ({ capability, code }) => `${capability} ${code}`, [
      { of: ({ code, capability }) => [code, capability], show: ([code, capability]) => twoLines(inWords(code), `${capability ?? 'server'} · ${code}`) },
      { kind: 'wide', of: ({ detail }) => detail ?? '–' },
      ...counted,
    ]);
    feed.addEventListener('problems', ({ detail }) => this.#show(detail));
  }

  async load() {
    this.#show(await admin('problems'));
  }

  #show({ refusals, errors }) {
    this.refusals.show(refusals);
    this.errors.show(errors);
    byId('problems-badge').textContent = errors.length || '';
  }
}

const counted = [
  { kind: 'number', of: ({ count }) => amount(count) },
  { of: ({ first }) => first, show: timeOfEvent },
  { of: ({ last }) => last, show: timeOfEvent },
];

export class Audit {
  /** @type {{id: number|string}[]} */
  #entries = [];

  /** @param {import('./admin.js').Said} said */
  constructor(said) {
    this.rows = new Rows(byId('audit-table'), (entry) => String(entry.id), [
      { of: (entry) => entry.action, show: (action) => (METHOD.test(action) ? element('code', { textContent: action }) : inWords(action)) },
      { of: (entry) => entry.subject || '–' },
      { of: (entry) => [entry.who ?? '–', entry.address ?? ''], show: ([who, address]) => twoLines(who, address) },
      { of: (entry) => entry.outcome + (entry.times > 1 ? ` × ${entry.times}` : ''), show: (outcome) => tag(outcome, outcome.startsWith('refused') ? 'bad' : 'good') },
      { of: (entry) => entry.time, show: timeOfEvent },
    ]);
    byId('find-entry').addEventListener('input', () => this.#show());
    byId('older').addEventListener('click', () => whileBusy(byId('older'), () =>
      said.attempt('Older entries could not be read.', () => this.#read(`&before=${this.#entries.at(-1).id}`))));
  }

  async load() {
    this.#entries = [];
    await this.#read('');
  }

  async #read(before) {
    const { entries } = await admin(`audit?limit=${ENTRIES_AT_A_TIME}${before}`);
    this.#entries.push(...entries);
    byId('older').hidden = entries.length < ENTRIES_AT_A_TIME;
    this.#show();
  }

  #show() {
    const wanted = byId('find-entry').value.trim().toLowerCase();
    this.rows.show(this.#entries.filter((entry) => Object.values(entry).join(' ').toLowerCase().includes(wanted)));
  }
}
