/** The words the server knows, each with a clip that moves when it is looked at, and larger with a sentence on it. */

const FOLDER = new URL('../samples/signs/', import.meta.url);
const byId = (id) => document.getElementById(id);
const prefersStillness = matchMedia('(prefers-reduced-motion: reduce)');

/**
 * @typedef {object} Entry
 * @property {string} label
 * @property {string} [description] how the sign is made
 * @property {string} [clip] name of its file
 * @property {number} [start] of the first sign in the clip, in seconds
 * @property {number} [end]
 */

export class Vocabulary {
  /** @type {Entry[]} by class id */
  #entries = [];
  /** Place of the one that is shown large. */
  #shown = 0;

  constructor() {
    byId('previous').addEventListener('click', () => this.#turn(-1));
    byId('next').addEventListener('click', () => this.#turn(1));
    byId('play').addEventListener('click', () => this.#play(byId('sign-clip').paused));
    byId('slow').addEventListener('change', () => this.#pace());
    byId('close').addEventListener('click', () => byId('sign').close());
    byId('sign').addEventListener('close', () => byId('sign-clip').pause());
    byId('sign').addEventListener('click', ({ target }) => target === byId('sign') && byId('sign').close());
    byId('sign').addEventListener('keydown', ({ key }) => this.#turn({ ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0));
  }

  /** Asks the server for its words; what it has no clip of is shown by name. */
  async load() {
    const [labels, described] = await Promise.all([json(new URL('labels', document.baseURI)), json(new URL('signs.json', FOLDER))]);
    const known = new Map((described ?? []).map((entry) => [entry.label, entry]));
    const names = labels ? Object.entries(labels).sort(([one], [other]) => one - other).map(([, label]) => label) : [...known.keys()];
    // Left alone where nothing changed: one of them may have the focus.
    if (names.join() !== this.#entries.map(({ label }) => label).join()) {
      this.#entries = names.map((label) => known.get(label) ?? { label });
      byId('tiles').replaceChildren(...this.#entries.map((entry, at) => tile(entry, () => this.#open(at))));
    }
    byId('tiles-note').textContent = note(this.#entries, labels !== null);
  }

  /** @param {?string} word that is told now; its tile stands out */
  told(word) {
    for (const each of byId('tiles').children) {
      each.toggleAttribute('data-told', each.textContent === word);
    }
  }

  /** @param {number} at */
  #open(at) {
    this.#show(at);
    byId('sign').showModal();
  }

  /** @param {number} by how many words further */
  #turn(by) {
    if (by !== 0) {
      this.#show((this.#shown + by + this.#entries.length) % this.#entries.length);
    }
  }

  #show(at) {
    this.#shown = at;
    const { label, description, clip } = this.#entries[at];
    const video = byId('sign-clip');
    byId('sign-word').textContent = label;
    byId('sign-description').textContent = description ?? 'There is no clip of this word.';
    byId('sign-place').textContent = `${at + 1} of ${this.#entries.length}`;
    video.hidden = byId('play').hidden = !clip;
    if (clip) {
      video.src = new URL(clip, FOLDER).href;
      video.ariaLabel = `The sign for ${label}`;
      this.#pace();
      this.#play(!prefersStillness.matches);
    } else {
      video.removeAttribute('src');
    }
  }

  /** @param {boolean} wanted */
  #play(wanted) {
    const video = byId('sign-clip');
    if (wanted) {
      // Refused where another word was turned to meanwhile.
      video.play().catch(() => {});
    } else {
      video.pause();
    }
    byId('play').textContent = wanted ? 'Pause' : 'Play';
  }

  #pace() {
    const pace = byId('slow').checked ? 0.5 : 1;
    Object.assign(byId('sign-clip'), { playbackRate: pace, defaultPlaybackRate: pace });
  }
}

/**
 * @param {Entry} entry
 * @param {() => void} onclick
 */
function tile({ label, clip, start = 0, end = 0 }, onclick) {
  const item = document.createElement('li');
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'sign-tile', onclick });
  button.ariaHasPopup = 'dialog';
  if (clip) {
    // Stands still in the middle of the sign, which tells more than the hands at rest.
    const still = (start + end) / 2;
    const video = Object.assign(document.createElement('video'), { src: `${new URL(clip, FOLDER)}#t=${still}`, muted: true, loop: true, playsInline: true, preload: 'metadata', tabIndex: -1 });
    video.ariaHidden = 'true';
    const rest = () => {
      video.pause();
      video.currentTime = still;
    };
    const move = () => prefersStillness.matches || video.play().catch(() => {});
    button.addEventListener('pointerenter', move);
    button.addEventListener('focus', move);
    button.addEventListener('pointerleave', () => document.activeElement === button || rest());
    button.addEventListener('blur', rest);
    button.append(video);
  }
  button.append(Object.assign(document.createElement('span'), { textContent: label }));
  item.append(button);
  return item;
}

/**
 * @param {Entry[]} entries
 * @param {boolean} told by the server itself
 */
function note(entries, told) {
  if (entries.length === 0) {
    return 'The server did not say which words it knows.';
  }
  const words = `${entries.length} words. Point at one to see it signed, press it to see it large.`;
  return told ? words : `${words} The server did not say whether it knows them all.`;
}

/**
 * @param {URL} address
 * @returns {Promise<?any>} null where the server does not deliver it
 */
async function json(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
