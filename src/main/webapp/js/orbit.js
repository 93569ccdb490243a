/** Turning, moving and nearing a camera around a model: by mouse, by touch and by keys. */

const TURN_A_PIXEL = 0.008;
const TURN_A_KEY = Math.PI / 18;
const ZOOM_A_KEY = 1.15;
const ZOOM_A_WHEEL_PIXEL = 1.0012;
const MOVE_A_KEY = 0.05;
/** Further up or down the picture would turn over. */
const STEEPEST = Math.PI / 2 - 0.01;
const START = { yaw: 0.5, pitch: 0.35 };
/** A press that moves less is a click. */
const CLICK_PIXELS = 5;

/** Events: `changed` when the camera is to be placed anew; `pressed` (detail: {x, y} from −1 to 1, y up), a click on one spot. */
export class Orbit extends EventTarget {
  /** @type {Map<number, {x: number, y: number}>} */
  #pointers = new Map();
  #travelled = 0;
  yaw = START.yaw;
  pitch = START.pitch;
  /** Of the model's size, and what the camera looks at. */
  radius = 1;
  distance = 4;
  target = [0, 0, 0];
  #home = { distance: 4, target: [0, 0, 0] };

  /** @param {HTMLElement} area that has the focus while keys turn the model */
  constructor(area) {
    super();
    this.area = area;
    area.addEventListener('pointerdown', (event) => this.#down(event));
    area.addEventListener('pointermove', (event) => this.#move(event));
    area.addEventListener('pointerup', (event) => this.#up(event));
    area.addEventListener('pointercancel', ({ pointerId }) => this.#pointers.delete(pointerId));
    area.addEventListener('contextmenu', (event) => event.preventDefault());
    area.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    area.addEventListener('keydown', (event) => this.#key(event));
  }

  /**
   * @param {number[]} centre
   * @param {number} radius of the sphere that is to be seen whole
   * @param {number} distance from which it is
   */
  frame(centre, radius, distance) {
    this.radius = radius;
    this.#home = { distance, target: [...centre] };
    this.reset();
  }

  reset() {
    Object.assign(this, START, { distance: this.#home.distance, target: [...this.#home.target] });
    this.#changed();
  }

  /** From the target towards the camera, and to its right and up; y is up. */
  axes() {
    const [sinYaw, cosYaw, sinPitch, cosPitch] = [Math.sin(this.yaw), Math.cos(this.yaw), Math.sin(this.pitch), Math.cos(this.pitch)];
    return {
      back: [sinYaw * cosPitch, sinPitch, cosYaw * cosPitch],
      right: [cosYaw, 0, -sinYaw],
      up: [-sinYaw * sinPitch, cosPitch, -cosYaw * sinPitch],
    };
  }

  #turn(right, up) {
    this.yaw -= right;
    this.pitch = Math.max(-STEEPEST, Math.min(STEEPEST, this.pitch - up));
    this.#changed();
  }

  #zoom(factor) {
    this.distance = Math.max(1.05 * this.radius, Math.min(20 * this.radius, this.distance * factor));
    this.#changed();
  }

  /** @param {number} right of what is seen @param {number} up in shares of the distance */
  #shift(right, up) {
    const axes = this.axes();
    this.target = this.target.map((place, k) => place - this.distance * (right * axes.right[k] + up * axes.up[k]));
    this.#changed();
  }

  #down(event) {
    this.area.focus({ preventScroll: true });
    this.area.setPointerCapture(event.pointerId);
    if (this.#pointers.size === 0) {
      this.#travelled = 0;
    }
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) {
      return;
    }
    const [x, y] = [event.clientX - before.x, event.clientY - before.y];
    this.#travelled += Math.hypot(x, y);
    const [apart, height] = [this.#apart(), this.area.clientHeight];
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.#pointers.size === 2) {
      this.#zoom(apart / Math.max(1, this.#apart()));
      this.#shift(x / (2 * height), -y / (2 * height));
    } else if (event.shiftKey || event.buttons & 6) {
      this.#shift(x / height, -y / height);
    } else if (this.#travelled >= CLICK_PIXELS) {
      this.#turn(x * TURN_A_PIXEL, -y * TURN_A_PIXEL);
    }
  }

  #up(event) {
    if (this.#pointers.delete(event.pointerId) && this.#pointers.size === 0 && this.#travelled < CLICK_PIXELS && event.button === 0) {
      const { left, top, width, height } = this.area.getBoundingClientRect();
      this.#press(2 * (event.clientX - left) / width - 1, 1 - 2 * (event.clientY - top) / height);
    }
  }

  #apart() {
    const [first, second] = [...this.#pointers.values()];
    return second ? Math.hypot(first.x - second.x, first.y - second.y) : 0;
  }

  /** Only for who has come into the model, or means it: everybody else scrolls the page. */
  #wheel(event) {
    if (event.ctrlKey || document.activeElement === this.area) {
      event.preventDefault();
      this.#zoom(ZOOM_A_WHEEL_PIXEL ** (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 * event.deltaY : event.deltaY));
    }
  }

  #key(event) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const arrow = arrows[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) {
      return;
    } else if (arrow) {
      event.shiftKey ? this.#shift(MOVE_A_KEY * arrow[0], MOVE_A_KEY * arrow[1]) : this.#turn(TURN_A_KEY * arrow[0], TURN_A_KEY * arrow[1]);
    } else if (event.key === '+' || event.key === '=') {
      this.#zoom(1 / ZOOM_A_KEY);
    } else if (event.key === '-') {
      this.#zoom(ZOOM_A_KEY);
    } else if (event.key === 'Home' || event.key === '0') {
      this.reset();
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.#press(0, 0);
    } else {
      return;
    }
    event.preventDefault();
  }

  #press(x, y) {
    this.dispatchEvent(new CustomEvent('pressed', { detail: { x, y } }));
  }

  #changed() {
    this.dispatchEvent(new Event('changed'));
  }
}
