/** A model before the visitor: loaded, drawn where the browser can, with its measures in words either way. */

import { bounds, inWords, readGlb, readStl, trianglesOf } from './shape.js';

const MEASURE_FIRST = 'Press a first point';
const MEASURE_SECOND = 'Press a second point';
const KEYS = 'Drag to turn it, or use the arrow keys; with Shift it moves. Pinch, turn the wheel or press + and − to come nearer.';
const MEASURE_KEYS = 'Press two points of the model. With the keyboard: turn it, then Enter puts a point in the middle of the view; Escape ends it.';
const counted = new Intl.NumberFormat('en');
const byId = (id) => document.getElementById(id);

export class ModelView {
  /** @type {?import('./viewer.js').Viewer} */
  #viewer = null;
  #fault = '';

  /** @param {import('./easel.js').Easel} easel */
  constructor(easel) {
    this.easel = easel;
    for (const id of ['painted', 'wireframe', 'show-lengths']) {
      byId(id).checked = byId(id).defaultChecked;
      byId(id).addEventListener('change', () => this.#look());
    }
    byId('measure').addEventListener('click', () => this.#setMeasuring(byId('measure').getAttribute('aria-pressed') === 'false'));
    byId('reset-view').addEventListener('click', () => this.#viewer?.orbit.reset());
    byId('model').addEventListener('keydown', ({ key }) => key === 'Escape' && this.#setMeasuring(false));
  }

  /**
   * @param {ArrayBuffer} file
   * @param {'glb'|'stl'} format
   * @param {'y'|'z'} up the axis that points up in it
   * @throws {Error} whose message tells what is wrong with the file
   */
  async show(file, format, up) {
    const shape = format === 'glb' ? readGlb(file) : readStl(file);
    const { size } = bounds(shape.positions);
    const sides = up === 'y' ? ['width', 'height', 'depth'] : ['width', 'depth', 'height'];
    sides.forEach((side, axis) => (byId(`model-${side}`).textContent = inWords(size[axis])));
    byId('triangles').textContent = counted.format(trianglesOf(shape));
    byId('distance').textContent = '–';
    if (await this.#load()) {
      this.easel.model();
      this.#setMeasuring(false);
      await this.#viewer.show(shape, up);
      byId('painted').closest('label').hidden = !this.#viewer.isPainted;
      this.#look();
    } else {
      this.easel.model(`The model cannot be drawn: ${this.#fault} Its measures are below, and its files can be downloaded all the same.`);
    }
  }

  /** @returns {Promise<boolean>} whether there is something to draw with; three.js is fetched when it is first needed */
  async #load() {
    if (!this.#viewer && !this.#fault) {
      try {
        const { Viewer } = await import('./viewer.js');
        this.#viewer = new Viewer(byId('model'), byId('lengths'));
        this.#viewer.addEventListener('measured', ({ detail }) => this.#measured(detail));
      } catch (fault) {
        this.#fault = fault.message;
      }
    }
    return Boolean(this.#viewer);
  }

  #look() {
    this.#viewer?.look({ painted: byId('painted').checked, wireframe: byId('wireframe').checked, box: byId('show-lengths').checked });
  }

  /** @param {boolean} isMeasuring presses put points on the model; where keys turn it, Enter puts one in the middle */
  #setMeasuring(isMeasuring) {
    byId('measure').setAttribute('aria-pressed', String(isMeasuring));
    byId('aim').hidden = !isMeasuring;
    byId('distance').textContent = isMeasuring ? MEASURE_FIRST : '–';
    byId('model-keys').textContent = isMeasuring ? MEASURE_KEYS : KEYS;
    if (this.#viewer) {
      this.#viewer.isMeasuring = isMeasuring;
      this.#viewer.forget();
    }
    if (isMeasuring) {
      byId('model').focus();
    }
  }

  #measured(millimetres) {
    byId('distance').textContent = millimetres === null ? MEASURE_SECOND : inWords(millimetres);
  }
}
