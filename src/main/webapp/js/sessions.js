/** Earlier sessions: what became of each, to be opened, cancelled or deleted. */

import { latest } from './bouts.js';
import { capitalised } from './decision.js';
import { Refusal, cancel, find, isOver, remove } from './jobs.js';

const AT_A_TIME = 10;
const MOST = 200;
const AGAIN_MILLIS = 10_000;
/** How long the question stands whether a session is really to be deleted. */
const ASKED_MILLIS = 4_000;
const when = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });
const byId = (id) => document.getElementById(id);

/** @type {Record<import('./jobs.js').Job['state'], string>} */
export const STATES = {
  queued: 'waits for its turn',
  running: 'is being analysed',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  expired: 'files no longer kept',
};

/** Events: `open` (detail: id), `gone` (detail: id, deleted), `refused` (detail: the server's sentence). */
export class Sessions extends EventTarget {
  #limit = AT_A_TIME;
  /** @type {Map<string, string>} what was decided, by id: it does not change any more */
  #decided = new Map();
  #shown = '';
  #isLoading = false;
  #again = false;
  opened = '';

  constructor() {
    super();
    byId('more').addEventListener('click', () => {
      this.#limit = Math.min(MOST, this.#limit + AT_A_TIME);
      this.load();
    });
    setInterval(() => document.hidden || this.load(), AGAIN_MILLIS);
  }

  /** Asks for the list; when that is done, once more if it was wanted meanwhile. */
  async load() {
    if (this.#isLoading) {
      this.#again = true;
      return;
    }
    this.#isLoading = true;
    do {
      this.#again = false;
      await this.#loadOnce();
    } while (this.#again);
    this.#isLoading = false;
  }

  async #loadOnce() {
    try {
      const bouts = await latest(this.#limit);
      await Promise.all(bouts.map((bout) => this.#decide(bout)));
      byId('no-sessions').textContent = 'Bouts that were decided appear here.';
      this.#show(bouts);
    } catch (fault) {
      byId('no-sessions').hidden = false;
      byId('no-sessions').textContent = `The sessions could not be listed. ${fault.message}`;
    }
  }

  /** @param {string} id of the session that is looked at */
  mark(id) {
    this.opened = id;
    for (const entry of byId('sessions').children) {
      entry.toggleAttribute('aria-current', entry.dataset.id === id);
    }
  }

  /** The list has no results: each is asked for once. */
  async #decide({ id, state }) {
    if (state === 'succeeded' && !this.#decided.has(id)) {
      const { result } = await find(id);
      this.#decided.set(id, result?.decision ? capitalised(result.decision.winner) : 'nothing to decide');
    }
  }

  /** @param {import('./bouts.js').Bout[]} bouts */
  #show(bouts) {
    byId('no-sessions').hidden = bouts.length > 0;
    byId('more').hidden = bouts.length < this.#limit || this.#limit >= MOST;
    const now = JSON.stringify(bouts.map(({ id, state }) => [id, state]));
    // Written anew only when it differs, so that nothing is taken from under a finger.
    if (now !== this.#shown) {
      this.#shown = now;
      byId('sessions').replaceChildren(...bouts.map((bout) => this.#entry(bout)));
      this.mark(this.opened);
    }
  }

  /** @param {import('./bouts.js').Bout} bout */
  #entry({ id, reference, state, submitted_at: submitted, failure }) {
    const entry = document.createElement('li');
    Object.assign(entry.dataset, { id, state });
    const name = reference ?? id;
    const time = Object.assign(element('time', when.format(new Date(submitted))), { dateTime: submitted });
    const outcome = element('span', this.#decided.get(id) ?? STATES[state]);
    outcome.className = 'outcome';
    outcome.title = failure?.detail ?? '';
    const open = button('Open', `Open ${name}`, () => this.#told('open', id));
    const end = isOver(state)
      ? button('Delete', `Delete ${name}`, () => this.#askThenDelete(end, id))
      : button('Cancel', `Cancel ${name}`, () => this.#do(() => cancel(id)));
    open.disabled = state === 'expired';
    entry.append(Object.assign(element('b', name), { title: name }), outcome, time, open, end);
    return entry;
  }

  #askThenDelete(pressed, id) {
    if (pressed.dataset.asked) {
      this.#do(() => remove(id)).then((done) => done && this.#told('gone', id));
      return;
    }
    pressed.dataset.asked = 'true';
    pressed.textContent = 'Really?';
    setTimeout(() => {
      delete pressed.dataset.asked;
      pressed.textContent = 'Delete';
    }, ASKED_MILLIS);
  }

  async #do(step) {
    try {
      await step();
      await this.load();
      return true;
    } catch (fault) {
      this.#told('refused', fault instanceof Refusal ? fault.message : String(fault));
      return false;
    }
  }

  #told(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** @param {string} name @param {string} text */
function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}

/** @param {string} text @param {string} name for who does not see the row @param {() => void} onclick */
function button(text, name, onclick) {
  const made = Object.assign(element('button', text), { type: 'button', className: 'button small' });
  made.setAttribute('aria-label', name);
  made.addEventListener('click', onclick);
  return made;
}
