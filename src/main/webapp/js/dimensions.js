/** What is drawn around a model: the box it fits in with its three lengths, and the distance between two of its points. */

import { BufferGeometry, Float32BufferAttribute, Group, LineBasicMaterial, LineSegments, Points, PointsMaterial, Vector3 } from '../webjars/three/three.module.min.js';

import { inWords } from './shape.js';

const DOT_PIXELS = 11;
const EDGE_OPACITY = 0.55;
const PIXELS_OFF = 22;

/** The box. Its labels are elements over the picture, so that they are as sharp and as large as all other words. */
export class Box {
  object = new Group();
  /** @type {HTMLElement[]} */
  #labels;
  #min = [0, 0, 0];
  #max = [0, 0, 0];
  #upright = 1;

  /** @param {HTMLElement} layer over the picture */
  constructor(layer) {
    this.layer = layer;
    this.#labels = [0, 1, 2].map(() => layer.appendChild(document.createElement('span')));
    this.lines = new LineSegments(new BufferGeometry(), new LineBasicMaterial({ transparent: true, opacity: EDGE_OPACITY }));
    this.object.add(this.lines);
  }

  /**
   * @param {{min: number[], max: number[], size: number[]}} bounds
   * @param {number} upright the axis that points up
   * @param {string} colour
   */
  show({ min, max, size }, upright, colour) {
    [this.#min, this.#max, this.#upright] = [min, max, upright];
    const ends = [];
    for (let axis = 0; axis < 3; axis++) {
      for (let corner = 0; corner < 4; corner++) {
        ends.push(...this.#corner(axis, corner, min), ...this.#corner(axis, corner, max));
      }
    }
    this.lines.geometry.dispose();
    this.lines.geometry = new BufferGeometry().setAttribute('position', new Float32BufferAttribute(ends, 3));
    this.lines.material.color.set(colour);
    size.forEach((length, axis) => (this.#labels[axis].textContent = inWords(length)));
  }

  set visible(isVisible) {
    this.object.visible = isVisible;
    this.layer.hidden = !isVisible;
  }

  /**
   * Puts each length beside that of its four edges which is seen outermost.
   *
   * @param {(place: Vector3) => {x: number, y: number}} project from the model's own numbers to pixels of the layer
   */
  place(project) {
    const middle = project(new Vector3(...this.#min).add(new Vector3(...this.#max)).multiplyScalar(0.5));
    for (let axis = 0; axis < 3; axis++) {
      const edges = [0, 1, 2, 3].map((corner) => project(new Vector3(...this.#corner(axis, corner, null))));
      // The upright one to the right, the others below.
      const isFurther = axis === this.#upright ? (edge, best) => edge.x > best.x : (edge, best) => edge.y > best.y;
      const outermost = edges.reduce((best, edge) => (isFurther(edge, best) ? edge : best));
      const [x, y] = [outermost.x - middle.x, outermost.y - middle.y];
      const length = Math.hypot(x, y) || 1;
      const label = this.#labels[axis];
      label.style.transform = `translate(-50%, -50%) translate(${outermost.x + PIXELS_OFF * x / length}px, ${outermost.y + PIXELS_OFF * y / length}px)`;
    }
  }

  /**
   * @param {number} axis along which the edge runs
   * @param {number} corner which of the four
   * @param {?number[]} end the least or the most; its middle where there is none
   */
  #corner(axis, corner, end) {
    const point = [0, 0, 0];
    point[axis] = end ? end[axis] : (this.#min[axis] + this.#max[axis]) / 2;
    point[(axis + 1) % 3] = (corner & 1 ? this.#max : this.#min)[(axis + 1) % 3];
    point[(axis + 2) % 3] = (corner & 2 ? this.#max : this.#min)[(axis + 2) % 3];
    return point;
  }
}

/** Two points and the straight line between them, seen through whatever is before them. */
export class Ruler {
  object = new Group();
  /** @type {Vector3[]} */
  #points = [];

  /** @param {string} colour */
  constructor(colour) {
    this.dots = new Points(new BufferGeometry(), new PointsMaterial({ color: colour, size: DOT_PIXELS, sizeAttenuation: false, depthTest: false, transparent: true }));
    this.line = new LineSegments(new BufferGeometry(), new LineBasicMaterial({ color: colour, depthTest: false, transparent: true }));
    this.object.add(this.line, this.dots);
    this.object.renderOrder = 1;
    this.clear();
  }

  clear() {
    this.#points = [];
    this.#draw();
  }

  /**
   * @param {Vector3} point of the model; the third one begins anew
   * @returns {?number} how far it is from the one before; null for the first
   */
  add(point) {
    this.#points = this.#points.length === 2 ? [point] : [...this.#points, point];
    this.#draw();
    return this.#points.length === 2 ? this.#points[0].distanceTo(this.#points[1]) : null;
  }

  #draw() {
    for (const drawn of [this.dots, this.line]) {
      drawn.geometry.dispose();
      drawn.geometry = new BufferGeometry().setAttribute('position', new Float32BufferAttribute(this.#points.flatMap((point) => point.toArray()), 3));
      drawn.visible = this.#points.length > (drawn === this.dots ? 0 : 1);
    }
  }
}
