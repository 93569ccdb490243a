/** Figures over the last minutes, each chart with one scale; the values under the pointer stand in its key. */

import { byId, element } from './admin-parts.js';
import { roundUp, runs } from './chart.js';

const SVG = 'http://www.w3.org/2000/svg';
const MARGIN = { left: 68, right: 8, top: 10, bottom: 22 };
const MOST_TICKS = 5;
const MINUTE_MILLIS = 60_000;
const STEPS_MILLIS = [0.5, 1, 2, 3, 5].map((minutes) => minutes * MINUTE_MILLIS);
/** Half as wide as what is written at a tick, in pixels. */
const HALF_TICK = 32;
/** Of missing points, after which a line is broken. */
const GAP = 4;
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const toTheSecond = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });

/**
 * @typedef {object} Point as the server tells it
 * @property {string} time
 * @property {number} frames_per_second
 * @property {?{p50: number, p95: number, p99: number}} age_ms
 * @property {number} queue
 * @property {number} connections
 * @property {number} jobs_running
 * @property {number} heap_mib
 * @property {number} resident_mib
 * @property {number} models_mib
 * @property {?number} gpu_mib
 *
 * @typedef {object} Series
 * @property {string} name
 * @property {(point: Point) => ?number} of
 */

export class TimeChart {
  /** @type {Point[]} */
  #points = [];
  #spanMillis = 0;
  #intervalMillis = 2_000;
  /** @type {?number} where the pointer is, in pixels */
  #pointer = null;

  /**
   * @param {string} title
   * @param {{series: Series[], least: number, unit?: number, write: (value: number) => string}} options the least that the scale
   *     reaches to; the unit of which it is a round number
   */
  constructor(title, { series, least, unit = 1, write }) {
    Object.assign(this, { title, series, least, unit, write });
    this.moment = element('span', { className: 'quiet' });
    this.values = series.map(() => element('b', { textContent: '–' }));
    this.key = element('ul', { className: 'chart-key' }, ...series.map(({ name }, at) =>
      element('li', { data: { series: at } }, series.length > 1 ? element('span', { textContent: name }) : '', this.values[at])));
    this.svg = document.createElementNS(SVG, 'svg');
    this.svg.setAttribute('role', 'img');
    byId('charts').append(element('div', { className: 'card chart' },
      element('div', { className: 'card-head' }, element('h3', { textContent: title }), this.moment, this.key), this.svg));
    new ResizeObserver(() => this.#draw()).observe(this.svg);
    this.svg.addEventListener('pointermove', ({ offsetX }) => this.#point(offsetX));
    this.svg.addEventListener('pointerleave', () => this.#point(null));
  }

  /** @param {Point[]} points oldest first @param {number} spanMillis shown, up to the newest @param {number} intervalMillis */
  show(points, spanMillis, intervalMillis) {
    this.#points = points;
    this.#spanMillis = spanMillis;
    this.#intervalMillis = intervalMillis;
    this.#draw();
  }

  #point(x) {
    this.#pointer = x;
    this.#draw();
  }

  #draw() {
    const { svg } = this;
    const [width, height] = [svg.clientWidth, svg.clientHeight];
    if (width === 0 || this.#spanMillis === 0) {
      return;
    }
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.replaceChildren();
    const points = this.#points;
    const end = points.length ? Date.parse(points.at(-1).time) : Date.now();
    const start = end - this.#spanMillis;
    const most = Math.max(this.least, ...points.flatMap((point) => this.series.map(({ of }) => of(point) ?? 0)));
    const top = roundUp(most / this.unit) * this.unit;
    const base = height - MARGIN.bottom;
    const x = (millis) => MARGIN.left + ((millis - start) / this.#spanMillis) * (width - MARGIN.left - MARGIN.right);
    const y = (value) => base - (value / top) * (base - MARGIN.top);
    this.#grid(width, top, y, x, start);
    this.series.forEach(({ of }, at) => this.#line(at, points.map((point) => [Date.parse(point.time), of(point)]), x, y, base));
    this.#tell(points, x, y, base);
  }

  #grid(width, top, y, x, start) {
    for (const value of [0, top / 2, top]) {
      this.#add('line', { class: 'grid', x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) });
      this.#add('text', { x: MARGIN.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, this.write(value));
    }
    const ticks = width < 420 ? Math.ceil(MOST_TICKS / 2) : MOST_TICKS;
    const step = STEPS_MILLIS.find((millis) => this.#spanMillis / millis <= ticks) ?? STEPS_MILLIS.at(-1);
    const format = step < MINUTE_MILLIS ? toTheSecond : clock;
    for (let at = Math.ceil(start / step) * step; at <= start + this.#spanMillis; at += step) {
      const anchor = x(at) + HALF_TICK > width ? 'end' : 'middle';
      this.#add('text', { x: x(at), y: y(0) + 17, 'text-anchor': anchor }, format.format(at));
    }
  }

  #line(at, values, x, y, base) {
    const places = values.flatMap(([millis, value], index) => {
      const place = value === null || value === undefined ? null : [x(millis), y(value)];
      const isLate = index > 0 && millis - values[index - 1][0] > GAP * this.#intervalMillis;
      return isLate ? [null, place] : [place];
    });
    for (const run of runs(places)) {
      const path = run.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join('L');
      if (at === 0) {
        this.#add('path', { class: 'area', 'data-series': at, d: `M${path}L${run.at(-1)[0]},${base}L${run[0][0]},${base}Z` });
      }
      this.#add('path', { class: 'line', 'data-series': at, d: `M${path}${run.length === 1 ? 'h1' : ''}` });
    }
  }

  /** The values of the newest point, or of the one under the pointer. */
  #tell(points, x, y, base) {
    const nearest = this.#pointer === null ? null : points.reduce((best, point) => {
      const distance = Math.abs(x(Date.parse(point.time)) - this.#pointer);
      return best === null || distance < best.distance ? { point, distance } : best;
    }, null);
    const point = nearest?.point ?? points.at(-1);
    this.moment.textContent = nearest ? toTheSecond.format(Date.parse(point.time)) : '';
    if (nearest) {
      const at = x(Date.parse(point.time));
      this.#add('line', { class: 'pointer', x1: at, x2: at, y1: MARGIN.top, y2: base });
    }
    const told = this.series.map(({ name, of }, index) => {
      const value = point ? of(point) ?? null : null;
      this.values[index].textContent = value === null ? '–' : this.write(value);
      // Where there is no GPU, for instance; of what is never measured nothing is said.
      this.values[index].parentElement.hidden = index > 0 && !points.some((each) => Number.isFinite(of(each)));
      if (nearest && value !== null) {
        this.#add('circle', { 'data-series': index, cx: x(Date.parse(point.time)), cy: y(value), r: 4 });
      }
      return `${name} ${this.values[index].textContent}`;
    });
    this.svg.setAttribute('aria-label', `${this.title}: ${told.join(', ')}`);
  }

  #add(name, attributes, text = '') {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.textContent = text;
    this.svg.append(made);
  }
}
