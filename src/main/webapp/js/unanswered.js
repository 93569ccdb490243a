/**
 * The frames on their way: at most a few, each known by its timestamp and by when it was captured. A place is free
 * again when its frame is answered, when it failed, when nothing was heard of it for long, or with the connection.
 */
export class Unanswered {
  /** @type {Map<number, number>} timestamp to the moment of capture, oldest first */
  #captured = new Map();
  #lastTimestamp = 0;

  /**
   * @param {number} places
   * @param {number} patienceMillis after which a frame counts as lost
   */
  constructor(places, patienceMillis) {
    this.places = places;
    this.patienceMillis = patienceMillis;
  }

  /**
   * @param {number} now monotonic milliseconds
   * @returns {?number} the timestamp to send the frame with, or null when every place is taken
   */
  tryReserve(now) {
    for (const [timestamp, captured] of this.#captured) {
      if (now - captured > this.patienceMillis) {
        this.#captured.delete(timestamp);
      }
    }
    if (this.#captured.size >= this.places) {
      return null;
    }
    // Unix milliseconds as the protocol's clients send them, but never twice the same: they are the frame's name.
    this.#lastTimestamp = Math.max(Date.now(), this.#lastTimestamp + 1);
    this.#captured.set(this.#lastTimestamp, now);
    return this.#lastTimestamp;
  }

  /** @param {number} timestamp */
  holds(timestamp) {
    return this.#captured.has(timestamp);
  }

  /**
   * @param {number} timestamp
   * @returns {number|undefined} when the frame was captured; undefined for one no longer waited for
   */
  release(timestamp) {
    const captured = this.#captured.get(timestamp);
    this.#captured.delete(timestamp);
    return captured;
  }

  /** Frames are answered in order, so an error that does not name its frame means the oldest. */
  releaseOldest() {
    const oldest = this.#captured.keys().next();
    if (!oldest.done) {
      this.#captured.delete(oldest.value);
    }
  }

  clear() {
    this.#captured.clear();
  }
}
