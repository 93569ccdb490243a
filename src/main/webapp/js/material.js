/** What is to be worked on: a picture of this device or a sample, a prompt, or an STL file. */

import { PromptForm } from './prompt.js';
import { SourceFault } from './sources.js';

const PICTURE = /\.(png|jpe?g|gif|bmp|tiff?|webp)$/i;
const STL = /\.stl$/i;
const KINDS = ['picture', 'prompt', 'stl'];
const byId = (id) => document.getElementById(id);

/**
 * Events: `picture` and `stl` (detail: File), `prompt` (detail: PictureWish), `source` (detail: its kind), `fault` (detail:
 * SourceFault).
 */
export class Material extends EventTarget {
  #isBusy = false;
  prompt = new PromptForm((wish) => this.#told('prompt', wish), (fault) => this.#told('fault', fault));

  constructor() {
    super();
    byId('source').addEventListener('change', () => this.#picked());
    for (const kind of ['picture', 'stl']) {
      byId(`choose-${kind}`).addEventListener('click', () => byId(`${kind}-file`).click());
      byId(`${kind}-file`).addEventListener('change', ({ target }) => {
        this.#take([...target.files], kind);
        // So that the same file can be chosen again.
        target.value = '';
      });
    }
    document.querySelectorAll('[data-sample]').forEach((button) =>
      button.addEventListener('click', () => this.trySample(button.dataset.sample)));
    document.addEventListener('paste', (event) => this.#paste(event));
    this.#takeDrops(byId('drop-hint'));
    byId('source').querySelectorAll('input').forEach((input) => (input.checked = input.defaultChecked));
    this.#picked();
  }

  /** @returns {'picture'|'prompt'|'stl'} */
  get kind() {
    return byId('source').querySelector('input:checked').value;
  }

  /** @param {'picture'|'prompt'|'stl'} kind */
  pick(kind) {
    byId('source').querySelector(`[value="${kind}"]`).checked = true;
    this.#picked();
  }

  /** @param {boolean} isBusy nothing else can be begun meanwhile */
  set busy(isBusy) {
    this.#isBusy = isBusy;
    document.querySelectorAll('#source input, #choose-picture, #choose-stl, [data-sample], #imagine').forEach((each) => (each.disabled = isBusy));
  }

  /** @param {string} name of a sample picture */
  async trySample(name) {
    this.pick('picture');
    try {
      const answer = await fetch(new URL(`../samples/studio/${name}.jpg`, import.meta.url));
      if (!answer.ok) {
        throw new Error(`status ${answer.status}`);
      }
      this.#told('picture', new File([await answer.blob()], `${name}.jpg`, { type: 'image/jpeg' }));
    } catch {
      this.#told('fault', new SourceFault('The sample could not be loaded.', 'The server did not deliver it. Try again.'));
    }
  }

  #picked() {
    const { kind } = this;
    KINDS.forEach((each) => (byId(`${each}-row`).hidden = kind !== each));
    this.#told('source', kind);
  }

  /**
   * @param {File[]} files of which the first that can be worked on is
   * @param {'picture'|'stl'} [which] it is, where the visitor said so
   */
  #take(files, which) {
    for (const file of files) {
      const is = which ?? (STL.test(file.name) ? 'stl' : PICTURE.test(file.name) || file.type.startsWith('image/') ? 'picture' : null);
      if (is) {
        this.pick(is);
        this.#told(is, file);
        return;
      }
    }
    if (files.length) {
      this.#told('fault', new SourceFault(`“${files[0].name}” is neither a picture nor an STL file.`, 'A picture is PNG, JPEG, GIF, BMP, TIFF or WebP.'));
    }
  }

  #paste(event) {
    const files = [...event.clipboardData.files];
    if (files.length && !this.#isBusy) {
      event.preventDefault();
      this.#take(files);
    }
  }

  #takeDrops(hint) {
    const carriesFiles = (event) => event.dataTransfer?.types.includes('Files');
    document.addEventListener('dragover', (event) => {
      if (carriesFiles(event)) {
        event.preventDefault();
        if (this.#isBusy) {
          event.dataTransfer.dropEffect = 'none';
        } else {
          hint.hidden = false;
        }
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
        if (!this.#isBusy) {
          this.#take([...event.dataTransfer.files]);
        }
      }
    });
  }

  #told(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
