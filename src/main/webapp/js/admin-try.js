/** One run of a model on a picture of the operator's. */

import { byId, element } from './admin-parts.js';
import { admin, path } from './admin-requests.js';
import { millis } from './numbers.js';

const TYPES = ['image/jpeg', 'image/png'];
const SAMPLE = new URL('samples/world.jpg', document.baseURI);

/** What has a field of its own in the table; whatever else there is belongs to the summary. */
const OWN = new Set(['name', 'type', 'shape']);

export class Try {
  #model = '';
  #address = '';
  /** Which answer is waited for: an older one has nobody. */
  #number = 0;

  constructor() {
    this.dialog = byId('try');
    this.area = byId('try-area');
    byId('try-choose').addEventListener('click', () => byId('try-file').click());
    byId('try-file').addEventListener('change', ({ target }) => target.files[0] && this.#run(target.files[0]));
    byId('try-sample').addEventListener('click', async () => this.#run(await (await fetch(SAMPLE)).blob()));
    this.area.addEventListener('dragover', (event) => {
      event.preventDefault();
      this.area.dataset.over = 'true';
    });
    this.area.addEventListener('dragleave', () => delete this.area.dataset.over);
    this.area.addEventListener('drop', (event) => {
      event.preventDefault();
      delete this.area.dataset.over;
      const [file] = event.dataTransfer.files;
      if (file) {
        this.#run(file);
      }
    });
    this.dialog.addEventListener('close', () => this.#forget());
  }

  /** @param {string} model */
  open(model) {
    this.#model = model;
    byId('try-title').textContent = `Try ${model}`;
    this.dialog.showModal();
    byId('try-choose').focus();
  }

  /** @param {Blob} picture */
  async #run(picture) {
    this.#forget();
    const number = this.#number;
    if (!TYPES.includes(picture.type)) {
      byId('try-words').textContent = 'Only JPEG and PNG pictures can be tried.';
      return;
    }
    this.#address = URL.createObjectURL(picture);
    show('try-input', this.#address);
    byId('try-invitation').hidden = true;
    byId('try-words').textContent = 'The model runs …';
    try {
      const answer = await admin(`${path('models', this.#model)}/try`, { method: 'POST', body: picture });
      if (number === this.#number) {
        this.#show(answer);
      }
    } catch (fault) {
      if (number === this.#number) {
        byId('try-words').textContent = fault.message;
      }
    }
  }

  #show({ width, height, milliseconds, outputs, picture }) {
    byId('try-words').textContent = `${width} × ${height} pixels; decoded in ${millis(milliseconds.decode)} ms, run in ${millis(milliseconds.run)} ms.`;
    if (picture) {
      show('try-output', picture);
    }
    byId('try-outputs').hidden = false;
    byId('try-outputs').tBodies[0].replaceChildren(...outputs.map((output) => element('tr', {},
      element('th', { scope: 'row', textContent: output.name }),
      element('td', { textContent: output.type }),
      element('td', { textContent: `[${output.shape.join(', ')}]` }),
      element('td', { textContent: summary(output) }))));
  }

  #forget() {
    this.#number++;
    URL.revokeObjectURL(this.#address);
    ['try-input', 'try-output'].forEach((id) => show(id, ''));
    byId('try-file').value = '';
    byId('try-words').textContent = '';
    byId('try-invitation').hidden = false;
    byId('try-outputs').hidden = true;
  }
}

/** @param {string} id of a picture @param {string} address none hides it */
function show(id, address) {
  byId(id).hidden = !address;
  address ? (byId(id).src = address) : byId(id).removeAttribute('src');
}

/** Whatever the server tells of an output besides its name, type and shape. */
function summary(output) {
  return Object.entries(output).filter(([name, value]) => !OWN.has(name) && value !== null)
    .map(([name, value]) => (name === 'top' ? value.map(share).join(', ') : `${name} ${typeof value === 'number' ? Number(value.toPrecision(5)) : JSON.stringify(value)}`))
    .join(', ');
}

/** Of the pixels, or how sure the model is. */
function share({ label, share: ofPixels, probability = ofPixels }) {
  return `${label} ${(100 * probability).toFixed(1)}\u00a0%`;
}
