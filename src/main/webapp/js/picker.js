/** The visitor's hand on the sources: choosing, starting, stopping, files dropped on the page. */

import { SourceFault, cameras, openFile, openSample, openWebcam } from './sources.js';

const byId = (id) => document.getElementById(id);

/**
 * Events: `state` (detail: SourceState), `source` (detail: the opened Source), `stop`.
 */
export class Picker extends EventTarget {
  /** @type {import('./words.js').SourceState} */
  state = 'none';
  /** @type {?File} */
  #file = null;
  #startWhenChosen = false;
  /** Counts openings, so that a camera allowed after Stop is let go again. */
  #opening = 0;

  /**
   * @param {import('./notices.js').Notices} notices
   * @param {() => Promise<import('./sources.js').Source>} [sample] opens the page's own clip
   */
  constructor(notices, sample = openSample) {
    super();
    Object.assign(this, { notices, sample });
    byId('start').addEventListener('click', () => this.start());
    byId('stop').addEventListener('click', () => this.stop());
    byId('source').addEventListener('change', () => this.#picked());
    byId('choose').addEventListener('click', () => this.#askForFile(false));
    byId('file').addEventListener('change', () => this.#chosen(byId('file').files[0]));
    byId('camera').addEventListener('change', () => this.start());
    this.#takeDrops(byId('stage'), byId('drop-hint'));
  }

  get kind() {
    return byId('source').querySelector('input:checked').value;
  }

  async start() {
    if (this.kind === 'file' && !this.#file) {
      this.#askForFile(true);
      return;
    }
    const opening = ++this.#opening;
    this.notices.clear('source');
    this.#enter('opening');
    try {
      const source = await this.#open();
      if (opening !== this.#opening) {
        source.stop();
        return;
      }
      source.onfault = (fault) => this.#failed(fault);
      this.#enter('running');
      this.dispatchEvent(new CustomEvent('source', { detail: source }));
      this.#offerCameras(source);
    } catch (fault) {
      if (opening === this.#opening) {
        this.#failed(fault);
      }
    }
  }

  /** @param {string} kind of source to choose and start */
  play(kind) {
    byId('source').querySelector(`[value="${kind}"]`).checked = true;
    this.#picked();
    if (this.state === 'none') {
      this.start();
    }
  }

  stop() {
    this.#opening++;
    this.#enter('none');
    this.dispatchEvent(new Event('stop'));
  }

  #open() {
    switch (this.kind) {
      case 'webcam':
        return openWebcam(byId('camera').value);
      case 'file':
        return openFile(this.#file);
      default:
        return this.sample();
    }
  }

  #failed(fault) {
    this.stop();
    this.notices.show('source', fault.message, fault instanceof SourceFault ? fault.advice : 'Try again, or use another source.');
  }

  /** @param {import('./words.js').SourceState} state */
  #enter(state) {
    this.state = state;
    const [shown, hidden] = state === 'none' ? ['start', 'stop'] : ['stop', 'start'];
    const hadFocus = byId(hidden) === document.activeElement;
    byId(shown).hidden = false;
    byId(hidden).hidden = true;
    if (hadFocus) {
      byId(shown).focus();
    }
    this.dispatchEvent(new CustomEvent('state', { detail: state }));
  }

  /** Another source while one runs: the change is immediate, except that a file has to be chosen first. */
  #picked() {
    byId('file-row').hidden = this.kind !== 'file';
    byId('camera-row').hidden = this.kind !== 'webcam' || byId('camera').options.length < 2;
    this.notices.clear('source');
    if (this.state !== 'none' && (this.kind !== 'file' || this.#file)) {
      this.start();
    }
  }

  #askForFile(start) {
    this.#startWhenChosen = start;
    byId('file').click();
  }

  /** @param {File|undefined} file undefined when the visitor backed out */
  #chosen(file) {
    if (file) {
      this.#file = file;
      byId('file-name').textContent = file.name;
      if (this.#startWhenChosen || this.state !== 'none') {
        this.start();
      }
    }
  }

  /** @param {import('./sources.js').Source} source */
  async #offerCameras(source) {
    if (source.deviceId) {
      const options = (await cameras()).map(({ label, deviceId }) => new Option(label, deviceId, false, deviceId === source.deviceId));
      byId('camera').replaceChildren(...options);
      byId('camera-row').hidden = this.kind !== 'webcam' || options.length < 2;
    }
  }

  #takeDrops(stage, hint) {
    const carriesFile = (event) => event.dataTransfer?.types.includes('Files');
    document.addEventListener('dragover', (event) => {
      if (carriesFile(event)) {
        event.preventDefault();
        hint.hidden = false;
      }
    });
    document.addEventListener('dragleave', (event) => {
      // Without a related target the pointer has left the window, not just an element.
      if (!event.relatedTarget) {
        hint.hidden = true;
      }
    });
    document.addEventListener('drop', (event) => {
      hint.hidden = true;
      const file = event.dataTransfer?.files[0];
      if (file) {
        event.preventDefault();
        this.#file = file;
        byId('file-name').textContent = file.name;
        this.play('file');
        stage.scrollIntoView({ block: 'nearest' });
      }
    });
  }
}
