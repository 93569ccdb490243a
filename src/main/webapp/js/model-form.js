/** How the model is to be: its shape, size, quality and file. */

/** @type {Record<import('./studio-requests.js').ModelWish['mode'], string>} */
const MODES = {
  relief: 'The whole picture, raised from a plate.',
  cutout: 'Only what is in the foreground, stretched to the size; the rest is left away.',
};
const byId = (id) => document.getElementById(id);
const rounded = (millimetres) => Math.round(10 * millimetres) / 10;

export class ModelForm {
  #aspect = 0;
  #isBusy = false;

  /** @param {(wish: import('./studio-requests.js').ModelWish) => void} onWish */
  constructor(onWish) {
    this.form = byId('model-form');
    this.form.reset();
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      onWish(this.wish());
    });
    byId('width').addEventListener('input', () => this.#keep('width'));
    byId('height').addEventListener('input', () => this.#keep('height'));
    byId('proportions').addEventListener('change', () => this.#keep('width'));
    byId('quality').addEventListener('input', () => this.#show());
    byId('hollow').addEventListener('change', () => this.#show());
    byId('mode').addEventListener('change', () => this.#show());
    this.#show();
  }

  /** @returns {import('./studio-requests.js').ModelWish} */
  wish() {
    const number = (id) => byId(id).valueAsNumber;
    return {
      format: this.#checked('format'),
      dimensions: { width: number('width'), height: number('height'), depth: number('depth') },
      quality: number('quality'),
      mode: this.#checked('mode'),
      ...(byId('hollow').checked ? { hollow_mm: number('walls') } : {}),
    };
  }

  /** @param {import('./studio-requests.js').ModelWish} wish that was made before */
  fill({ format, dimensions, quality, mode, hollow_mm: walls }) {
    for (const name of ['width', 'height', 'depth']) {
      byId(name).value = dimensions?.[name] ?? byId(name).value;
    }
    byId('quality').value = quality ?? byId('quality').value;
    byId('hollow').checked = walls > 0;
    byId('walls').value = walls > 0 ? walls : byId('walls').value;
    for (const [name, value] of Object.entries({ format, mode })) {
      byId(name).querySelectorAll('input').forEach((input) => (input.checked = value ? input.value === value : input.checked));
    }
    this.#show();
  }

  /** @param {?{width: number, height: number}} picture that there is to make a model of, in pixels */
  set picture(picture) {
    this.#aspect = picture ? picture.height / picture.width : 0;
    byId('make-note').hidden = Boolean(picture);
    this.#keep('width');
    this.#show();
  }

  /** @param {boolean} isBusy another thing is made meanwhile */
  set busy(isBusy) {
    this.#isBusy = isBusy;
    this.#show();
  }

  #checked(name) {
    return byId(name).querySelector('input:checked').value;
  }

  /** @param {'width'|'height'} which was changed; the other one follows */
  #keep(which) {
    const value = byId(which).valueAsNumber;
    if (this.#aspect && value > 0 && byId('proportions').checked) {
      byId(which === 'width' ? 'height' : 'width').value = rounded(which === 'width' ? value * this.#aspect : value / this.#aspect);
    }
  }

  #show() {
    byId('make').disabled = this.#isBusy || !this.#aspect;
    byId('quality-value').textContent = `${byId('quality').value} of 10`;
    byId('walls').disabled = !byId('hollow').checked;
    byId('mode-note').textContent = MODES[this.#checked('mode')];
  }
}
