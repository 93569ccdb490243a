/**
 * The model, turned, lit and measured, drawn by three.js.
 *
 * Of three.js only its own two files are loaded. Its loaders and its orbit control name it as “three”, which a browser understands
 * only with an import map, and that has to stand in the page itself, where the content policy allows no script. What the page
 * needs of them is in shape.js and orbit.js.
 */

import {
  BufferAttribute, BufferGeometry, Color, DirectionalLight, DoubleSide, Group, HemisphereLight, Mesh, MeshStandardMaterial, PerspectiveCamera, Raycaster,
  SRGBColorSpace, Scene, Texture, Vector2, Vector3, WebGLRenderer,
} from '../webjars/three/three.module.min.js';

import { Box, Ruler } from './dimensions.js';
import { Orbit } from './orbit.js';
import { bounds } from './shape.js';

const FIELD_OF_VIEW = 35;
const MOST_PIXELS_A_POINT = 2;
/** Room around the model for its lengths. */
const MARGIN = 1.08;
const CLAY = '#cfd9dc';
const GOLD = '#f6b93b';
const EDGES = '#a3b6bd';

/** Event: `measured` (detail: millimetres, null after the first of two points). */
export class Viewer extends EventTarget {
  #scene = new Scene();
  #camera = new PerspectiveCamera(FIELD_OF_VIEW);
  /** In the file's numbers, turned so that what is up there is up here. */
  #model = new Group();
  #material = new MeshStandardMaterial({ roughness: 0.75, side: DoubleSide });
  #mesh = new Mesh(new BufferGeometry(), this.#material);
  #ruler = new Ruler(GOLD);
  #frame = 0;
  /** @type {?Texture} */
  #texture = null;
  #hasColours = false;
  isMeasuring = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} labels a layer over it
   * @throws {Error} where the browser draws nothing in three dimensions
   */
  constructor(canvas, labels) {
    super();
    const context = canvas.getContext('webgl2', { antialias: true, alpha: true });
    if (!context) {
      throw new Error('this browser has no WebGL 2, or it is switched off.');
    }
    this.canvas = canvas;
    this.renderer = new WebGLRenderer({ canvas, context, antialias: true, alpha: true });
    this.box = new Box(labels);
    this.orbit = new Orbit(canvas);
    this.orbit.addEventListener('changed', () => this.#draw());
    this.orbit.addEventListener('pressed', ({ detail }) => this.isMeasuring && this.#measure(detail));
    const lamp = new DirectionalLight('#ffffff', 2.2);
    lamp.position.set(-0.6, 0.9, 1);
    this.#camera.add(lamp, lamp.target);
    lamp.target.position.set(0, 0, -1);
    this.#model.add(this.#mesh, this.box.object, this.#ruler.object);
    this.#scene.add(this.#model, this.#camera, new HemisphereLight('#ffffff', '#5a6b72', 1.1));
    new ResizeObserver(() => this.#draw()).observe(canvas);
  }

  /**
   * @param {import('./shape.js').Shape} shape
   * @param {'y'|'z'} up the axis that points up in it
   */
  async show(shape, up) {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(shape.positions, 3));
    if (shape.corners) {
      geometry.setIndex(new BufferAttribute(shape.corners, 1));
    }
    if (shape.normals) {
      geometry.setAttribute('normal', new BufferAttribute(shape.normals, 3));
    }
    if (shape.places) {
      geometry.setAttribute('uv', new BufferAttribute(shape.places, 2));
    }
    if (shape.colours) {
      geometry.setAttribute('color', new BufferAttribute(shape.colours.values, shape.colours.size, true));
    }
    const texture = shape.picture && shape.places ? await textureOf(shape.picture) : null;
    this.#texture?.dispose();
    this.#mesh.geometry.dispose();
    this.#mesh.geometry = geometry;
    this.#texture = texture;
    this.#hasColours = Boolean(shape.colours);
    this.#material.flatShading = !shape.normals;
    this.#ruler.clear();
    const box = bounds(shape.positions);
    this.box.show(box, up === 'z' ? 2 : 1, EDGES);
    this.#model.rotation.x = up === 'z' ? -Math.PI / 2 : 0;
    this.#model.updateMatrixWorld();
    const centre = new Vector3(...box.min).add(new Vector3(...box.max)).multiplyScalar(0.5).applyMatrix4(this.#model.matrixWorld);
    const radius = Math.hypot(...box.size) / 2 || 1;
    this.orbit.frame(centre.toArray(), radius, this.#distanceFor(radius));
  }

  /** Whether there is a picture, or colours, to be seen on it. */
  get isPainted() {
    return Boolean(this.#texture) || this.#hasColours;
  }

  /** @param {{painted: boolean, wireframe: boolean, box: boolean}} look */
  look({ painted, wireframe, box }) {
    const isPainted = painted && this.isPainted;
    this.#material.map = isPainted ? this.#texture : null;
    this.#material.vertexColors = isPainted && this.#hasColours;
    this.#material.color = new Color(isPainted ? '#ffffff' : CLAY);
    this.#material.wireframe = wireframe;
    this.#material.needsUpdate = true;
    this.box.visible = box;
    this.#draw();
  }

  /** Nothing is measured any more. */
  forget() {
    this.#ruler.clear();
    this.#draw();
  }

  #distanceFor(radius) {
    const half = FIELD_OF_VIEW * Math.PI / 360;
    const aspect = this.canvas.clientWidth / Math.max(1, this.canvas.clientHeight);
    return MARGIN * radius / Math.sin(Math.atan(Math.tan(half) * Math.min(1, aspect || 1)));
  }

  #measure({ x, y }) {
    const caster = new Raycaster();
    caster.setFromCamera(new Vector2(x, y), this.#camera);
    const [hit] = caster.intersectObject(this.#mesh);
    if (hit) {
      const distance = this.#ruler.add(this.#model.worldToLocal(hit.point.clone()));
      this.#draw();
      this.dispatchEvent(new CustomEvent('measured', { detail: distance }));
    }
  }

  /** When the browser paints next; a model that stands still costs nothing. */
  #draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #paint() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) {
      return;
    }
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, MOST_PIXELS_A_POINT));
    this.renderer.setSize(width, height, false);
    const { orbit } = this;
    const { back, up } = orbit.axes();
    this.#camera.aspect = width / height;
    this.#camera.near = Math.max(orbit.distance - 3 * orbit.radius, orbit.radius / 100);
    this.#camera.far = orbit.distance + 30 * orbit.radius;
    this.#camera.updateProjectionMatrix();
    this.#camera.position.fromArray(orbit.target).addScaledVector(new Vector3(...back), orbit.distance);
    this.#camera.up.fromArray(up);
    this.#camera.lookAt(...orbit.target);
    this.#camera.updateMatrixWorld();
    this.renderer.render(this.#scene, this.#camera);
    this.box.place((place) => {
      const { x, y } = this.#model.localToWorld(place).project(this.#camera);
      return { x: (1 + x) / 2 * width, y: (1 - y) / 2 * height };
    });
    this.canvas.dataset.drawn = String(this.renderer.info.render.triangles);
  }
}

/** @param {Blob} picture */
async function textureOf(picture) {
  const texture = new Texture(await createImageBitmap(picture, { colorSpaceConversion: 'none' }));
  texture.colorSpace = SRGBColorSpace;
  // The file's coordinates count from the upper left corner, as the rows of a picture do.
  texture.flipY = false;
  texture.needsUpdate = true;
  return texture;
}
