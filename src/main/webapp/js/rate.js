const WINDOW_MILLIS = 2_000;

/** How often something happens, by the last two seconds. */
export class Rate {
  /** @type {number[]} moments in monotonic milliseconds */
  #moments = [];

  /** @param {number} now it has happened once more */
  count(now) {
    this.#moments.push(now);
  }

  /**
   * @param {number} now
   * @returns {?number} times a second; null where it has not happened lately
   */
  perSecond(now) {
    this.#moments = this.#moments.filter((moment) => now - moment < WINDOW_MILLIS);
    return this.#moments.length ? (this.#moments.length * 1_000) / WINDOW_MILLIS : null;
  }
}
