/** The files of a model: those that there are, to be downloaded, and those that it can be made into besides. */

/**
 * What the files of each format end in, the model itself first: an OBJ names the others, which have to lie beside it.
 *
 * @type {Record<import('./studio-requests.js').Format, string[]>}
 */
const ENDINGS = { stl: ['stl'], obj: ['obj', 'mtl', 'jpg'], glb: ['glb'], ply: ['ply'] };
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
  /** @type {Map<string, import('./jobs.js').Artifact>} by what they end in */
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

  /** @param {import('./jobs.js').Artifact[]} artifacts of a job that made a model */
  add(artifacts) {
    artifacts.forEach((artifact) => this.#files.set(artifact.name.split('.').at(-1), artifact));
    this.#show();
  }

  /** @param {import('./studio-requests.js').Format} format that there is @returns {HTMLElement} to download it by */
  link(format) {
    return byId('files').querySelector(`[data-format="${format}"] a`);
  }

  /** @param {boolean} isBusy something is made meanwhile */
  set busy(isBusy) {
    this.#isBusy = isBusy;
    byId('files').querySelectorAll('button').forEach((button) => (button.disabled = isBusy));
  }

  #show() {
    byId('files-card').hidden = this.#files.size === 0;
    byId('files').replaceChildren(...Object.keys(ENDINGS).flatMap((format) => (this.#files.has(format) ? this.#downloads(format) : this.#offers(format))));
  }

  #downloads(format) {
    const entries = ENDINGS[format].flatMap((ending) => this.#files.get(ending) ?? []).map(({ name, url, bytes }, index) =>
      download(`Download ${index ? name : format.toUpperCase()}`, `${url}?download`, bytes));
    entries[0].dataset.format = format;
    return entries;
  }

  #offers(format) {
    if (!this.#onMake) {
      return [];
    }
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button small', textContent: `Make ${format.toUpperCase()}`, disabled: this.#isBusy });
    button.addEventListener('click', () => this.#onMake(format));
    const entry = document.createElement('li');
    entry.append(button);
    return [entry];
  }
}
