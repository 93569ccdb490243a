/** How the server is now, and how it was in the last minutes. */

import { TimeChart } from './admin-chart.js';
import { amount, byId, duration, element, inWords, mebibytes, time } from './admin-parts.js';
import { admin } from './admin-requests.js';
import { figure, millis } from './numbers.js';

const MINUTE_MILLIS = 60_000;
const TONES = { ready: 'good', starting: 'wait', draining: 'wait', failed: 'bad' };
/** What an access setting means, in the words of who has not read the manual. */
const ACCESS = {
  local: 'This machine only',
  open: 'Everybody, without a key',
  keys: 'With a key',
  tokens: 'With a token',
  'keys-and-tokens': 'With a key or a token',
};

const CHARTS = [
  ['Frames a second', { least: 10, write: (value) => amount(value, value < 10 && value > 0 ? 1 : 0), series: [
    { name: 'Frames a second', of: (point) => point.frames_per_second }] }],
  ['Age of frames', { least: 50, write: (value) => `${amount(value)} ms`, series: [
    { name: 'p50', of: (point) => point.age_ms?.p50 },
    { name: 'p95', of: (point) => point.age_ms?.p95 },
    { name: 'p99', of: (point) => point.age_ms?.p99 }] }],
  ['Work', { least: 4, write: (value) => amount(value, Number.isInteger(value) ? 0 : 1), series: [
    { name: 'Queue', of: (point) => point.queue },
    { name: 'Connections', of: (point) => point.connections },
    { name: 'Jobs', of: (point) => point.jobs_running }] }],
  ['Memory', { least: 1_024, unit: 1_024, write: mebibytes, series: [
    { name: 'Resident', of: (point) => point.resident_mib },
    { name: 'Heap', of: (point) => point.heap_mib },
    { name: 'Models', of: (point) => point.models_mib },
    { name: 'GPU', of: (point) => point.gpu_mib }] }],
];

export class Overview {
  /** @type {import('./admin-chart.js').Point[]} */
  #points = [];
  #intervalMillis = 2_000;
  #minutes = 5;

  /** @param {import('./admin-feed.js').Feed} feed */
  constructor(feed) {
    this.charts = CHARTS.map(([title, options]) => new TimeChart(title, options));
    feed.addEventListener('overview', ({ detail }) => this.#write(detail));
    feed.addEventListener('point', ({ detail }) => this.#add(detail));
    document.querySelectorAll('input[name="minutes"]').forEach((radio) => {
      radio.checked = radio.defaultChecked;
      radio.addEventListener('change', () => this.#choose(Number(radio.value)));
    });
  }

  /** What the page has missed. */
  async load() {
    const minutes = this.#minutes;
    const [overview, { interval_seconds: interval, points }] = await Promise.all([admin('overview'), admin(`history?minutes=${minutes}`)]);
    this.#write(overview);
    if (minutes === this.#minutes) {
      this.#intervalMillis = interval * 1_000;
      this.#points = points;
      this.#show();
    }
  }

  async #choose(minutes) {
    this.#minutes = minutes;
    this.#show();
    await this.load();
  }

  #add(point) {
    const last = this.#points.at(-1);
    if (!last || Date.parse(point.time) > Date.parse(last.time)) {
      this.#points.push(point);
      this.#show();
    }
  }

  #show() {
    const last = this.#points.at(-1);
    const from = last ? Date.parse(last.time) - this.#minutes * MINUTE_MILLIS : 0;
    const shown = this.#points.filter((point) => Date.parse(point.time) >= from);
    this.charts.forEach((chart) => chart.show(shown, this.#minutes * MINUTE_MILLIS, this.#intervalMillis));
    figure(byId('frames-now'), last && amount(last.frames_per_second, 1), '');
    figure(byId('age-now'), millis(last?.age_ms?.p95 ?? null), 'ms');
    figure(byId('queue-now'), last && amount(last.queue), '');
  }

  #write({ version, started, uptime_seconds: uptime, state, reasons, provider, access, totals, memory, gpus }) {
    const words = [inWords(state), ...reasons].join('. ');
    // A live region reads out every write.
    if (byId('server-state').textContent !== words) {
      byId('server-state').textContent = words;
    }
    byId('server-state').dataset.tone = TONES[state] ?? 'wait';
    byId('version').textContent = version;
    byId('started').replaceChildren(duration(uptime), element('small', {}, 'since ', time(started)));
    byId('provider').textContent = provider;
    byId('access').textContent = ACCESS[access] ?? access;
    figure(byId('connections-now'), amount(totals.connections), '');
    figure(byId('jobs-now'), amount(totals.jobs_running), totals.jobs_queued ? `and ${amount(totals.jobs_queued)} waiting` : '');
    figure(byId('refusals-now'), amount(totals.refusals), '');
    byId('answered').textContent = amount(totals.frames_answered);
    byId('replaced').textContent = amount(totals.frames_replaced);
    byId('errors').textContent = amount(totals.errors);
    byId('meters').replaceChildren(
      meter('Heap', memory.heap_used_mib, memory.heap_max_mib),
      meter('Models', memory.models_mib, memory.models_budget_mib),
      ...gpus.flatMap((gpu) => [
        meter(gpu.name, gpu.memory_used_mib, gpu.memory_total_mib),
        meter(`${gpu.name} at work`, gpu.utilisation_percent, 100, (value) => `${amount(value)} %`),
      ]),
    );
    byId('resident').textContent = mebibytes(memory.resident_mib);
  }
}

/** @param {string} name @param {number} used @param {number} most @param {(value: number) => string} [write] */
function meter(name, used, most, write = mebibytes) {
  const bar = element('meter', { min: 0, max: most, value: used, high: 0.9 * most, ariaLabel: name });
  const text = write === mebibytes ? `${write(used)} of ${write(most)}` : write(used);
  return element('div', {}, element('dt', { textContent: name }), element('dd', {}, element('span', { textContent: text }), bar));
}
