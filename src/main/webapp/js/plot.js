/** Draws places along the piste over time as SVG: time to the right, the right end of the piste at the top. */

const SVG = 'http://www.w3.org/2000/svg';
const MARGIN = { left: 46, right: 14, top: 36, bottom: 76 };
const LANES = { left: 46, right: 28 };
const LANE_HEIGHT = 13;
/** Least metres from the lowest to the highest line: a fencer who stands still is not to tremble. */
const LEAST_METRES = 2;

export class Plot {
  /**
   * @param {SVGSVGElement} svg is emptied
   * @param {number} seconds shown
   * @param {number[]} places in metres, all of which are to be seen
   */
  constructor(svg, seconds, places) {
    Object.assign(this, { svg, seconds });
    this.width = svg.clientWidth;
    this.height = svg.clientHeight;
    svg.setAttribute('viewBox', `0 0 ${this.width} ${this.height}`);
    svg.replaceChildren();
    const [least, most] = places.length ? [Math.min(...places), Math.max(...places)] : [0, 1];
    const spare = Math.max(0.3, (LEAST_METRES - (most - least)) / 2);
    this.low = least - spare;
    this.high = most + spare;
    this.base = this.height - MARGIN.bottom;
  }

  x(seconds) {
    return MARGIN.left + (seconds / this.seconds) * (this.width - MARGIN.left - MARGIN.right);
  }

  y(metres) {
    return this.base - ((metres - this.low) / (this.high - this.low)) * (this.base - MARGIN.top);
  }

  /** @param {number} x in pixels @returns {number} within the video */
  secondsAt(x) {
    const share = (x - MARGIN.left) / (this.width - MARGIN.left - MARGIN.right);
    return Math.min(1, Math.max(0, share)) * this.seconds;
  }

  /** Metres across, seconds along. */
  grid() {
    const step = this.high - this.low > 8 ? 2 : 1;
    for (let metres = Math.ceil(this.low / step) * step; metres <= this.high; metres += step) {
      this.#add('line', { class: 'grid', x1: MARGIN.left, x2: this.width - MARGIN.right, y1: this.y(metres), y2: this.y(metres) });
      this.#add('text', { class: 'tick', x: MARGIN.left - 8, y: this.y(metres) + 4, 'text-anchor': 'end' }, `${metres} m`);
    }
    const most = Math.max(2, Math.floor(this.width / 70));
    const every = [0.25, 0.5, 1, 2, 5, 10, 30, 60].find((each) => this.seconds / each <= most) ?? 300;
    for (let seconds = 0; seconds <= this.seconds + 1e-6; seconds += every) {
      this.#add('line', { class: 'grid', x1: this.x(seconds), x2: this.x(seconds), y1: this.base, y2: this.base + 5 });
      const anchor = seconds + every > this.seconds && this.x(seconds) > this.width - 30 ? 'end' : 'middle';
      this.#add('text', { class: 'tick', x: this.x(seconds), y: this.base + 18, 'text-anchor': anchor }, `${seconds} s`);
    }
  }

  /** @param {[number, number][]} points seconds and metres */
  line(points, style) {
    const path = points.map(([seconds, metres], index) => `${index ? 'L' : 'M'}${this.x(seconds).toFixed(1)} ${this.y(metres).toFixed(1)}`);
    this.#add('path', { class: style, d: path.join('') });
  }

  label(seconds, metres, text, style) {
    this.#add('text', { class: `side ${style}`, x: this.x(seconds) + 6, y: this.y(metres) - 8 }, text);
  }

  lane(side, text) {
    const y = this.height - LANES[side === 'left' ? 'right' : 'left'];
    this.#add('rect', { class: 'lane', x: MARGIN.left, y, width: this.width - MARGIN.left - MARGIN.right, height: LANE_HEIGHT, rx: 3 });
    this.#add('text', { class: `tick ${side}`, x: MARGIN.left - 8, y: y + 11, 'text-anchor': 'end' }, text);
  }

  span(side, from, to, style, title) {
    const y = this.height - LANES[side === 'left' ? 'right' : 'left'];
    const width = Math.max(2, this.x(Math.min(to, this.seconds)) - this.x(from));
    this.#titled(this.#add('rect', { class: `span ${side} ${style}`, x: this.x(from), y, width, height: LANE_HEIGHT, rx: 3 }), title);
  }

  /** @param {'start'|'end'} [anchor] of the words, so that two marks side by side can both be read */
  mark(seconds, style, words, title, anchor = 'start') {
    const x = this.x(Math.min(seconds, this.seconds));
    const group = this.#add('g', { class: `mark ${style}` });
    this.#titled(group, title);
    this.#add('line', { x1: x, x2: x, y1: MARGIN.top - 8, y2: this.base }, '', group);
    const turned = anchor === 'start' && x > this.width - 50 ? 'end' : anchor;
    this.#add('text', { x, y: MARGIN.top - 14, 'text-anchor': turned }, words, group);
  }

  badge(seconds, metres, number, style, title) {
    const group = this.#add('g', { class: `badge ${style}`, transform: `translate(${this.x(seconds)} ${this.y(metres)})` });
    this.#titled(group, title);
    this.#add('circle', { r: 9 }, '', group);
    this.#add('text', { y: 4, 'text-anchor': 'middle' }, String(number), group);
  }

  addCursor(sides) {
    this.cursor = this.#add('g', { class: 'cursor' });
    this.#add('line', { x1: 0, x2: 0, y1: MARGIN.top - 8, y2: this.height - LANES.right + LANE_HEIGHT }, '', this.cursor);
    sides.forEach((side) => this.#add('circle', { class: side, r: 5, cx: 0 }, '', this.cursor));
  }

  /** For who does not see it. */
  describe(title, text) {
    this.svg.setAttribute('aria-label', title);
    this.svg.setAttribute('aria-description', text);
  }

  #titled(element, title) {
    const child = document.createElementNS(SVG, 'title');
    child.textContent = title;
    element.append(child);
  }

  #add(name, attributes, text = '', parent = this.svg) {
    const element = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.textContent = text;
    parent.append(element);
    return element;
  }
}

/**
 * @template T
 * @param {(T|null)[]} points
 * @returns {T[][]} cut at the gaps
 */
export function runs(points) {
  const found = [[]];
  for (const point of points) {
    point ? found.at(-1).push(point) : found.push([]);
  }
  return found.filter((run) => run.length > 0);
}
