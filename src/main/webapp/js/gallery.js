/** What was made in the studio, newest first: to be opened again, made again, cancelled or deleted. */

import { Refusal, cancel, isOver, remove } from './jobs.js';
import { MODEL, PICTURE, Works } from './works.js';

const AT_A_TIME = 12;
const MOST = 200;
const AGAIN_MILLIS = 10_000;
/** While something is made. */
const SOON_MILLIS = 2_000;
/** How long the question stands whether a work is really to be deleted. */
const ASKED_MILLIS = 4_000;
const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const when = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });
const byId = (id) => document.getElementById(id);

/** @type {Record<import('./jobs.js').Job['state'], string>} */
const STATES = {
  queued: 'waits for its turn',
  running: 'is being made',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  expired: 'files no longer kept',
};

/** Events: `open` and `retry` (detail: Work), `gone` (detail: Work, deleted), `refused` (detail: the server's sentence). */
export class Gallery extends EventTarget {
  #limit = AT_A_TIME;
  #works = new Works();
  #shown = '';
  #isLoading = false;
  #again = false;
  #timer = 0;
  opened = '';

  constructor() {
    super();
    byId('more').addEventListener('click', () => {
      this.#limit = Math.min(MOST, this.#limit + AT_A_TIME);
      this.load();
    });
  }

  /** Asks for the list; when that is done, once more if it was wanted meanwhile. */
  async load() {
    if (this.#isLoading) {
      this.#again = true;
      return;
    }
    this.#isLoading = true;
    clearTimeout(this.#timer);
    let isMaking = false;
    do {
      this.#again = false;
      isMaking = await this.#loadOnce();
    } while (this.#again);
    this.#isLoading = false;
    this.#timer = setTimeout(() => this.load(), isMaking ? SOON_MILLIS : AGAIN_MILLIS);
  }

  /** @param {string} id of one of the jobs of the work that is looked at */
  mark(id) {
    this.opened = id;
    for (const entry of byId('works').children) {
      entry.toggleAttribute('aria-current', entry.dataset.jobs.includes(id || 'none'));
    }
  }

  async #loadOnce() {
    if (document.hidden) {
      return false;
    }
    try {
      const { works, isAll } = await this.#works.latest(this.#limit);
      byId('more').hidden = isAll || this.#limit >= MOST;
      this.#show(works);
      return works.some(({ state }) => !isOver(state));
    } catch {
      // The page's state tells of a server that does not answer, and the list of before is better than none.
      return false;
    }
  }

  /** @param {import('./works.js').Work[]} works */
  #show(works) {
    byId('no-works').hidden = works.length > 0;
    byId('no-works').textContent = 'Nothing was made yet.';
    const now = JSON.stringify(works.map(({ id, state, artifacts }) => [id, state, artifacts.length]));
    // Written anew only when it differs, so that nothing is taken from under a finger.
    if (now !== this.#shown) {
      this.#shown = now;
      const list = byId('works');
      const focused = [...list.children].findIndex((entry) => entry.contains(document.activeElement));
      list.replaceChildren(...works.map((work) => this.#entry(work)));
      this.mark(this.opened);
      // Who was at an entry by the keyboard stays there, or comes to the one that took its place.
      if (focused >= 0) {
        list.children[Math.min(focused, works.length - 1)]?.querySelector('button').focus();
      }
    }
    works.forEach((work, index) => this.#age(byId('works').children[index], work));
  }

  /** @param {import('./works.js').Work} work */
  #entry(work) {
    const { id, kind, name, state, failure, thumbnail, jobs } = work;
    const entry = document.createElement('li');
    Object.assign(entry.dataset, { id, state, jobs: jobs.map((job) => job.id).join(' ') });
    const picture = Object.assign(element(thumbnail ? 'img' : 'span', ''), { className: 'thumbnail' });
    if (thumbnail) {
      Object.assign(picture, { src: thumbnail, alt: '', loading: 'lazy' });
    }
    const outcome = Object.assign(element('span', ''), { className: 'outcome', title: failure?.detail ?? '' });
    const buttons = element('p', '');
    if (state === 'succeeded') {
      buttons.append(button('Open', `Open ${name}`, () => this.#told('open', work)));
    } else if (isOver(state)) {
      buttons.append(button('Retry', `Retry ${name}`, () => this.#told('retry', work)));
    }
    const end = isOver(state)
      ? button('Delete', `Delete ${name}`, () => this.#askThenDelete(end, work))
      : button('Cancel', `Cancel ${name}`, () => this.#do(() => each(jobs.filter((job) => !isOver(job.state)), cancel)));
    buttons.append(end);
    entry.append(picture, Object.assign(element('b', name), { title: name }), element('span', kind === PICTURE ? 'Picture' : 'Model'), outcome, element('time', ''), buttons);
    return entry;
  }

  /** What changes while the entry stays. */
  #age(entry, { kind, state, progress, parameters, submitted_at: submitted }) {
    const minutes = Math.round((Date.parse(submitted) - Date.now()) / 60_000);
    const time = entry.querySelector('time');
    const age = minutes > -60 ? ago.format(Math.min(0, minutes), 'minute') : minutes > -1440 ? ago.format(Math.round(minutes / 60), 'hour') : when.format(new Date(submitted));
    Object.assign(time, { textContent: age, dateTime: submitted, title: when.format(new Date(submitted)) });
    const words = { ...STATES, running: `${STATES.running}, ${Math.round(100 * progress)} %`, ...(kind === MODEL && { succeeded: size(parameters) }) };
    entry.querySelector('.outcome').textContent = words[state];
  }

  #askThenDelete(pressed, work) {
    if (pressed.dataset.asked) {
      this.#do(() => each(work.jobs, remove)).then((done) => done && this.#told('gone', work));
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

/** @param {import('./jobs.js').Job[]} jobs @param {(id: string) => Promise<void>} step */
const each = (jobs, step) => Promise.all(jobs.map(({ id }) => step(id)));

/** @param {Partial<import('./studio-requests.js').ModelWish>} wish tells models of the same picture apart */
const size = ({ dimensions }) => (dimensions ? `${dimensions.width} × ${dimensions.height} × ${dimensions.depth} mm` : 'size unknown');

/** @param {string} name @param {string} text */
function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}

/** @param {string} text @param {string} name for who does not see the entry @param {() => void} onclick */
function button(text, name, onclick) {
  const made = Object.assign(element('button', text), { type: 'button', className: 'button small' });
  made.setAttribute('aria-label', name);
  made.addEventListener('click', onclick);
  return made;
}
