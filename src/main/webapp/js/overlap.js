/** Mean intersection over union of masks with what is known to be there, over all frames taken together. */
export class Overlap {
  #both = new Float64Array(256);
  #either = new Float64Array(256);

  /**
   * @param {Uint8Array} found class ids
   * @param {Uint8Array} known class ids of the same pixels
   */
  add(found, known) {
    for (let at = 0; at < known.length; at++) {
      if (found[at] === known[at]) {
        this.#both[known[at]]++;
      } else {
        this.#either[found[at]]++;
      }
      this.#either[known[at]]++;
    }
  }

  /** @returns {?number} mean over the classes that were found or known anywhere; null before the first frame */
  get mean() {
    const shares = [...this.#either].flatMap((either, id) => (either ? this.#both[id] / either : []));
    return shares.length ? shares.reduce((sum, share) => sum + share) / shares.length : null;
  }
}
