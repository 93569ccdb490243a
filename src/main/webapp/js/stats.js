/** What the last seconds were like: plain numbers, no document. */

const RATE_WINDOW_MILLIS = 2_000;
const MEDIAN_WINDOW_MILLIS = 3_000;

/** The steps of a receipt, in the order a frame goes through them. */
export const STEPS = ['queue', 'decode', 'resize', 'run', 'render', 'encode'];

/**
 * @typedef {object} Numbers null where nothing was measured lately
 * @property {?number} fps frames shown a second
 * @property {?number} latencyMillis from capture to shown, median
 * @property {?number} serverMillis median
 * @property {?Record<string, number>} steps milliseconds by step, median; null without receipts
 * @property {number} dropped frames since the start
 * @property {?number} upBytes a second
 * @property {?number} downBytes a second
 */

export class Stats {
  /** @type {{at: number, latency: ?number, server: ?number, receipt: ?import('./messages.js').Receipt}[]} */
  #shown = [];
  /** @type {{at: number, up: number, down: number}[]} */
  #bytes = [];
  #dropped = 0;
  #startedAt = 0;
  #answeredAt = -Infinity;

  /** @param {number} now monotonic milliseconds, as everywhere here */
  start(now) {
    this.#shown = [];
    this.#dropped = 0;
    this.#startedAt = now;
    this.#answeredAt = -Infinity;
  }

  /** @param {number} now capturing goes on after a pause, which was no wait for an answer */
  resumed(now) {
    if (this.#answeredAt !== -Infinity) {
      this.#answeredAt = now;
    }
  }

  /**
   * @param {number} now
   * @param {number|undefined} captured when the picture was captured
   * @param {import('./messages.js').Metadata} metadata
   */
  shown(now, captured, metadata) {
    const receipt = metadata.receipt ?? null;
    this.#answeredAt = now;
    this.#shown.push({
      at: now,
      latency: captured === undefined ? null : now - captured,
      server: receipt?.server_ms ?? metadata.total_time_ms ?? null,
      receipt,
    });
  }

  /** @param {number} [frames] captured and not sent, or answered with a newer frame's picture */
  dropped(frames = 1) {
    this.#dropped += frames;
  }

  /**
   * @param {number} now
   * @param {{up: number, down: number}} bytes
   */
  transferred(now, { up, down }) {
    this.#bytes.push({ at: now, up, down });
  }

  /** @param {number} now */
  answeredWithin(now, millis) {
    return now - this.#answeredAt < millis;
  }

  /**
   * @param {number} now
   * @returns {Numbers}
   */
  numbers(now) {
    this.#shown = this.#shown.filter(({ at }) => now - at < MEDIAN_WINDOW_MILLIS);
    this.#bytes = this.#bytes.filter(({ at }) => now - at < RATE_WINDOW_MILLIS);
    const rateMillis = Math.min(RATE_WINDOW_MILLIS, Math.max(500, now - this.#startedAt));
    const lately = this.#shown.filter(({ at }) => now - at < rateMillis).length;
    const perSecond = (total) => (total / rateMillis) * 1_000;
    const receipts = this.#shown.flatMap(({ receipt }) => receipt ?? []);
    return {
      fps: this.#shown.length ? perSecond(lately) : null,
      latencyMillis: median(this.#shown.map(({ latency }) => latency)),
      serverMillis: median(this.#shown.map(({ server }) => server)),
      steps: receipts.length
        ? Object.fromEntries(STEPS.map((step) => [step, median(receipts.map((receipt) => receipt[`${step}_ms`])) ?? 0]))
        : null,
      dropped: this.#dropped,
      upBytes: this.#bytes.length ? perSecond(sum(this.#bytes.map(({ up }) => up))) : null,
      downBytes: this.#bytes.length ? perSecond(sum(this.#bytes.map(({ down }) => down))) : null,
    };
  }
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * @param {(number|null|undefined)[]} values
 * @returns {?number} the upper one of two middle values; null when nothing was measured
 */
function median(values) {
  const sorted = values.filter(Number.isFinite).sort((one, other) => one - other);
  return sorted.length ? sorted[sorted.length >> 1] : null;
}
