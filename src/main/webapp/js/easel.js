/** The large picture: an invitation, a picture, a model or words. */

const byId = (id) => document.getElementById(id);

export class Easel {
  #isPicture = false;
  #isModel = false;
  /** What is said where the model cannot be drawn. */
  #instead = '';
  /** Of a file of this device. */
  #local = '';

  constructor() {
    this.stage = byId('stage');
    byId('view').addEventListener('change', ({ target }) => this.show(target.value));
    this.show('invitation');
  }

  get shows() {
    return this.stage.dataset.view;
  }

  /**
   * @param {'invitation'|'picture'|'model'|'words'} what
   * @param {string} [words] where there is nothing to be seen
   */
  show(what, words = what === 'model' ? this.#instead : '') {
    this.stage.dataset.view = words ? 'words' : what;
    byId('invitation').hidden = what !== 'invitation';
    byId('stage-words').textContent = words;
    const isModel = what === 'model';
    byId('stage-foot').hidden = !this.#isPicture && !this.#isModel;
    byId('view').hidden = !(this.#isPicture && this.#isModel);
    byId('model-tools').hidden = !isModel || Boolean(words);
    byId('model-keys').hidden = !isModel || Boolean(words);
    byId('model-figures').hidden = !isModel;
    byId('view').querySelectorAll('input').forEach((input) => (input.checked = input.value === what));
  }

  /** @param {File} file shown until the server has its own copy */
  preview(file) {
    const address = URL.createObjectURL(file);
    // Of a kind, perhaps, that the browser does not show.
    this.picture(address, file.name).catch(() => {});
    this.#local = address;
  }

  /**
   * @param {string} address
   * @param {string} words what is seen, as far as is known
   * @returns {Promise<{width: number, height: number}>} in pixels
   */
  async picture(address, words) {
    const image = byId('picture');
    URL.revokeObjectURL(this.#local);
    this.#local = '';
    image.src = address;
    image.alt = words;
    this.#isPicture = true;
    this.show('picture');
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight };
  }

  /**
   * There is a model to be shown from now on.
   *
   * @param {string} [instead] what is said where it cannot be drawn; it has its measures and files all the same
   */
  model(instead = '') {
    this.#isModel = true;
    this.#instead = instead;
    this.show('model');
  }

  /** @param {'picture'|'model'} [which] nothing is left of; both without */
  forget(which) {
    if (which !== 'model') {
      byId('picture').removeAttribute('src');
      this.#isPicture = false;
    }
    if (which !== 'picture') {
      this.#isModel = false;
    }
    this.show(this.#isPicture ? 'picture' : this.#isModel ? 'model' : 'invitation');
  }
}
