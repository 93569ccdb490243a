/** What is to be decided: files from this device, the camera, or one of the samples. */

import { SourceFault } from './sources.js';

const byId = (id) => document.getElementById(id);
const SIGNAL = /\.(txt|log|signal)$/i;
const VIDEO = /\.(avi|mkv|mov|mp4|m4v|mpe?g|webm)$/i;

/**
 * Events: `decide` (detail: {video, signal}, both File), `source` (detail: its kind), `fault` (detail: SourceFault).
 */
export class Choice extends EventTarget {
  /** @type {{video: ?File, signal: ?File}} */
  #files = { video: null, signal: null };

  constructor() {
    super();
    byId('source').addEventListener('change', () => this.#picked());
    byId('decide').addEventListener('click', () => this.#decide());
    for (const which of ['video', 'signal']) {
      byId(`choose-${which}`).addEventListener('click', () => byId(`${which}-file`).click());
      byId(`${which}-file`).addEventListener('change', ({ target }) => {
        this.#take([...target.files], which);
        // So that the same file can be chosen again.
        target.value = '';
      });
    }
    this.#takeDrops(byId('drop-hint'));
    this.#picked();
  }

  /** @returns {'files'|'camera'|'sample'} */
  get kind() {
    return byId('source').querySelector('input:checked').value;
  }

  /** @param {'files'|'camera'|'sample'} kind */
  pick(kind) {
    byId('source').querySelector(`[value="${kind}"]`).checked = true;
    this.#picked();
  }

  /** @param {boolean} isBusy nothing else can be chosen meanwhile */
  set busy(isBusy) {
    byId('source').querySelectorAll('input').forEach((input) => (input.disabled = isBusy));
    byId('decide').disabled = isBusy;
  }

  /** The sample that is chosen, to be decided. */
  async playSample() {
    this.pick('sample');
    const name = byId('sample').value;
    try {
      const [video, signal] = await Promise.all([load(`${name}.mp4`, 'video/mp4'), load(`${name}.txt`, 'text/plain')]);
      this.#told('decide', { video, signal });
    } catch {
      this.#told('fault', new SourceFault('The sample could not be loaded.', 'The server did not deliver it. Try again.'));
    }
  }

  #decide() {
    if (this.kind === 'sample') {
      this.playSample();
      return;
    }
    const { video, signal } = this.#files;
    if (video && signal) {
      this.#told('decide', { video, signal });
    } else {
      const missing = video ? 'signal' : 'video';
      byId(`choose-${missing}`).focus();
      this.#told('fault', new SourceFault(`The ${missing === 'video' ? 'video' : 'signal file'} is missing.`, 'A bout is decided from a video and the text file that the scoring box wrote about it.'));
    }
  }

  #picked() {
    const { kind } = this;
    for (const each of ['files', 'camera', 'sample']) {
      byId(`${each}-row`).hidden = kind !== each;
    }
    byId('decide').hidden = kind === 'camera';
    byId('camera-tools').hidden = kind !== 'camera';
    this.#told('source', kind);
  }

  /**
   * @param {File[]} files
   * @param {'video'|'signal'} [which] they are, where the visitor said so
   */
  #take(files, which) {
    const strangers = [];
    for (const file of files) {
      const is = which ?? (SIGNAL.test(file.name) || file.type === 'text/plain' ? 'signal' : VIDEO.test(file.name) || file.type.startsWith('video/') ? 'video' : null);
      if (is) {
        this.#files[is] = file;
        byId(`${is}-name`).textContent = file.name;
      } else {
        strangers.push(`“${file.name}”`);
      }
    }
    this.#told('taken');
    if (strangers.length) {
      this.#told('fault', new SourceFault(`${strangers.join(', ')} is neither a video nor a signal file.`, 'A video is MP4, AVI, MKV, MOV or WebM, a signal a text file (.txt).'));
    }
  }

  #takeDrops(hint) {
    const carriesFiles = (event) => event.dataTransfer?.types.includes('Files');
    document.addEventListener('dragover', (event) => {
      if (carriesFiles(event)) {
        event.preventDefault();
        hint.hidden = false;
      }
    });
    document.addEventListener('dragleave', (event) => {
      // Without a related target the pointer has left the window, not just an element.
      if (!event.relatedTarget) {
        hint.hidden = true;
      }
    });
    document.addEventListener('drop', (event) => {
      hint.hidden = true;
      if (carriesFiles(event)) {
        event.preventDefault();
        if (!byId('decide').disabled) {
          this.pick('files');
          this.#take([...event.dataTransfer.files]);
        }
      }
    });
  }

  #told(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * @param {string} name of a file among the sample bouts
 * @param {string} type
 */
async function load(name, type) {
  const answer = await fetch(new URL(`../samples/bouts/${name}`, import.meta.url));
  if (!answer.ok) {
    throw new Error(`status ${answer.status}`);
  }
  return new File([await answer.blob()], name, { type });
}
