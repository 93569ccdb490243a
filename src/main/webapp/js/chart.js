/** Two lanes over the last 30 seconds: latency above, frames a second below, each with its own scale. */

const POINTS = 60;
const LANES = [
  { series: 'latency', token: '--series-latency', unit: 'ms', leastTop: 50 },
  { series: 'frames', token: '--series-frames', unit: '/s', leastTop: 10 },
];

export class Chart {
  /** @type {Record<string, (number|null)[]>} */
  #points = { latency: [], frames: [] };

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
    new ResizeObserver(() => this.draw()).observe(canvas);
    document.documentElement.addEventListener('themechange', () => this.draw());
  }

  /**
   * One half second more.
   *
   * @param {?number} latency in milliseconds; null leaves a gap
   * @param {?number} frames a second
   */
  add(latency, frames) {
    this.#push('latency', latency);
    this.#push('frames', frames);
    this.draw();
  }

  #push(series, value) {
    const points = this.#points[series];
    points.push(value);
    if (points.length > POINTS) {
      points.shift();
    }
  }

  draw() {
    const { canvas, context } = this;
    const ratio = devicePixelRatio || 1;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    context.font = `12px ${style.fontFamily}`;
    LANES.forEach((lane, index) => this.#drawLane(lane, style, width, (height / LANES.length) * index, height / LANES.length));
  }

  #drawLane({ series, token, unit, leastTop }, style, width, y, height) {
    const { context } = this;
    const points = this.#points[series];
    const top = roundUp(Math.max(leastTop, ...points.map((point) => point ?? 0)));
    const base = y + height - 9;
    const rise = height - 18;
    const left = 56;
    context.fillStyle = style.getPropertyValue('--ink-soft');
    context.textBaseline = 'middle';
    context.fillText(`${top} ${unit}`, 0, base - rise + 1);
    context.fillText('0', 0, base + 1);
    context.strokeStyle = style.getPropertyValue('--line');
    context.lineWidth = 1;
    for (const grid of [base + 0.5, base - rise + 0.5]) {
      line(context, [[left, grid], [width, grid]]);
    }
    const places = points.map((point, index) => point === null
      ? null
      : [left + ((POINTS - points.length + index + 1) / POINTS) * (width - left), base - (point / top) * rise]);
    context.strokeStyle = style.getPropertyValue(token);
    context.fillStyle = style.getPropertyValue(token);
    context.lineWidth = 2;
    context.lineJoin = 'round';
    for (const run of runs(places)) {
      line(context, run);
      context.lineTo(run.at(-1)[0], base);
      context.lineTo(run[0][0], base);
      context.globalAlpha = 0.14;
      context.fill();
      context.globalAlpha = 1;
    }
  }
}

/** @param {number} value to the next 1, 2, 3 or 5 times a power of ten, so that the scale does not twitch */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 5, 10].find((step) => step * power >= value) * power;
}

/** @param {(number[]|null)[]} places cut at the gaps */
export function runs(places) {
  const found = [[]];
  for (const place of places) {
    place ? found.at(-1).push(place) : found.push([]);
  }
  return found.filter((run) => run.length > 0);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number[][]} places
 */
function line(context, places) {
  context.beginPath();
  places.forEach(([x, y]) => context.lineTo(x, y));
  context.stroke();
}
