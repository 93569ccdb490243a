const MILLIS = 700;

/** Names that were seen a moment ago: a class at the edge of detection would flicker with every frame. */
export class Lately {
  /** @type {Map<string, number>} name to the moment it was last seen */
  #seen = new Map();

  /** @param {string[]} names seen now */
  see(names) {
    names.forEach((name) => this.#seen.set(name, performance.now()));
  }

  /** @param {string} name */
  has(name) {
    return performance.now() - (this.#seen.get(name) ?? -Infinity) < MILLIS;
  }

  clear() {
    this.#seen.clear();
  }
}
