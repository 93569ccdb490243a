/** The files of a model: those that there are, to be downloaded, and those that it can be made into besides. */

/** @type {import('./studio-requests.js').Format[]} */
const FORMATS = ['stl', 'obj', 'glb', 'ply'];
const byId = (id) => document.getElementById(id);

/** @param {number} bytes */
export function bytesInWords(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * @param {string} name
 * @param {string} address
 * @param {number} [bytes]
 */
export function download(name, address, bytes) {
  const link = Object.assign(document.createElement('a'), { href: address, download: '', textContent: name });
  const entry = document.createElement('li');
  entry.append(link);
  if (bytes) {
    entry.append(Object.assign(document.createElement('span'), { className: 'quiet', textContent: bytesInWords(bytes) }));
  }
  return entry;
}

export class Files {
  /** @type {Map<string, {address: string, bytes: number}>} by format */
  #files = new Map();
  #isBusy = false;
  /** @type {?(format: import('./studio-requests.js').Format) => void} */
  #onMake = null;

  /** @param {?(format: import('./studio-requests.js').Format) => void} onMake none where the model cannot be made again */
  begin(onMake) {
    this.#files.clear();
    this.#onMake = onMake;
    this.#show();
  }

  /**
   * @param {import('./studio-requests.js').Format} format
   * @param {string} address
   * @param {number} bytes
   */
  add(format, address, bytes) {
    this.#files.set(format, { address, bytes });
    this.#show();
  }

  /** @param {boolean} isBusy something is made meanwhile */
  set busy(isBusy) {
    this.#isBusy = isBusy;
    byId('files').querySelectorAll('button').forEach((button) => (button.disabled = isBusy));
  }

  #show() {
    byId('files-card').hidden = this.#files.size === 0;
    byId('files').replaceChildren(...FORMATS.filter((format) => this.#onMake || this.#files.has(format)).map((format) => {
      const file = this.#files.get(format);
      const name = format.toUpperCase();
      return file ? download(`Download ${name}`, file.address, file.bytes) : this.#offer(format, `Make ${name}`);
    }));
  }

  #offer(format, words) {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button small', textContent: words, disabled: this.#isBusy });
    button.addEventListener('click', () => this.#onMake(format));
    const entry = document.createElement('li');
    entry.append(button);
    return entry;
  }
}
