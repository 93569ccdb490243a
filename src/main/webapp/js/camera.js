/** The visitor's hand on the camera: open, record, stop or discard; and what the recording is like. */

import { Box } from './box.js';
import { keep, recall } from './memory.js';
import { Rate } from './rate.js';
import { Recording } from './recording.js';
import { SourceFault, cameras, openWebcam } from './sources.js';

/** Towards the piste, and as much of it as a network needs to tell feet. */
const WISHES = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, facingMode: 'environment' };
const PACE_KEY = 'osprey.referee.pace';
const LONG_WAIT_MILLIS = 4_000;
const NUMBERS_MILLIS = 500;
const byId = (id) => document.getElementById(id);

/**
 * Events: `state` (detail: SourceState), `sending` (detail: frames that are left), `submitted` (detail: the phrase's id), `failed`
 * (detail: a sentence).
 */
export class Camera extends EventTarget {
  /** @type {import('./words.js').SourceState} none, too, while what was recorded is being sent */
  state = 'none';
  #isSending = false;
  #opening = 0;
  #id = '';
  #answeredAt = -Infinity;
  #frames = new Rate();
  #bytes = 0;

  /**
   * @param {import('./referee-stream.js').RefereeStream} stream
   * @param {import('./notices.js').Notices} notices
   */
  constructor(stream, notices) {
    super();
    Object.assign(this, { stream, notices, recording: new Recording(byId('input'), stream) });
    new Box(this.recording);
    byId('open').addEventListener('click', () => this.open());
    byId('camera').addEventListener('change', () => this.state === 'running' && !this.#id && this.open());
    byId('record').addEventListener('click', () => this.#record());
    byId('finish').addEventListener('click', () => this.#finish());
    byId('discard').addEventListener('click', () => this.close());
    const pace = byId('pace').querySelector(`[value="${Number(recall(PACE_KEY))}"]`) ?? byId('pace').querySelector('[value="30"]');
    pace.checked = true;
    byId('pace').addEventListener('change', ({ target }) => keep(PACE_KEY, target.value));
    stream.addEventListener('acknowledged', ({ detail }) => this.#acknowledged(detail));
    stream.addEventListener('trouble', ({ detail }) => notices.show('trouble', 'A frame was not taken.', detail, { tone: 'wait' }));
    stream.addEventListener('submitted', ({ detail }) => this.#over('submitted', detail));
    stream.addEventListener('failed', ({ detail }) => this.#over('failed', detail));
    setInterval(() => this.#showNumbers(), NUMBERS_MILLIS);
    this.#show();
  }

  /** @returns {boolean} whether a phrase is being recorded or sent */
  get isBusy() {
    return this.#id !== '';
  }

  /** @returns {import('./words.js').Frames} */
  get frames() {
    const answering = !this.#id || performance.now() - this.#answeredAt < LONG_WAIT_MILLIS;
    return { answered: this.#answeredAt > 0, answering, ...(this.#id ? {} : { working: 'Camera open, not recording' }) };
  }

  async open() {
    const opening = ++this.#opening;
    this.notices.clear('source');
    this.#enter('opening');
    try {
      const source = await openWebcam(byId('camera').value, WISHES);
      if (opening !== this.#opening) {
        source.stop();
        return;
      }
      source.onfault = (fault) => this.#failed(fault);
      this.recording.show(source);
      this.#enter('running');
      const options = (await cameras()).map(({ label, deviceId }) => new Option(label, deviceId, false, deviceId === source.deviceId));
      byId('camera').replaceChildren(...options);
      byId('camera-choice').hidden = options.length < 2;
    } catch (fault) {
      if (opening === this.#opening) {
        this.#failed(fault);
      }
    }
  }

  /** Lets the camera go, and what was recorded unless it is being sent. */
  close() {
    this.#opening++;
    if (this.#id && !this.#isSending) {
      this.stream.abort();
      this.#id = '';
    }
    this.recording.close();
    this.#enter('none');
  }

  #record() {
    const stamp = new Date().toISOString().replace(/[-:]|\..*/g, '');
    this.#id = `camera-${stamp}-${Math.random().toString(36).slice(2, 6)}`;
    this.#answeredAt = -Infinity;
    this.notices.clear('lamps', 'trouble');
    this.recording.begin(Number(byId('pace').querySelector(':checked').value), this.#id);
    this.#enter('running');
    byId('finish').focus();
  }

  #finish() {
    if (this.recording.lamps === 'none') {
      this.notices.show('lamps', 'No lamp is on yet.', 'Press the lamp of who hit, or discard the recording.', { tone: 'wait' });
      return;
    }
    this.notices.clear('lamps');
    this.#isSending = true;
    this.recording.finish();
    this.#enter('none');
    if (this.#id) {
      this.#told('sending', 0);
    }
  }

  #acknowledged({ bytes, left }) {
    this.#answeredAt = performance.now();
    this.#frames.count(this.#answeredAt);
    this.#bytes += bytes;
    byId('waiting').textContent = left;
    if (this.#isSending) {
      this.#told('sending', left);
    }
  }

  /** @param {'submitted'|'failed'} how */
  #over(how, detail) {
    this.#id = '';
    this.#isSending = false;
    this.recording.close();
    this.#enter('none');
    this.#told(how, detail);
  }

  #failed(fault) {
    this.close();
    this.notices.show('source', fault.message, fault instanceof SourceFault ? fault.advice : 'Try again, or use another source.');
  }

  /** @param {import('./words.js').SourceState} state */
  #enter(state) {
    this.state = state;
    this.#show();
    this.#told('state', state);
  }

  #show() {
    const isOpen = this.state === 'running';
    byId('open').hidden = isOpen;
    byId('open').disabled = this.state === 'opening' || this.isBusy;
    byId('record').hidden = !isOpen || this.isBusy;
    byId('finish').hidden = byId('discard').hidden = !isOpen || !this.isBusy;
    byId('box').hidden = byId('numbers').hidden = !isOpen || !this.isBusy;
    byId('camera-settings').hidden = this.isBusy;
  }

  #showNumbers() {
    byId('recorded').textContent = `${this.recording.seconds.toFixed(1)} s`;
    byId('rate').textContent = this.#frames.perSecond(performance.now())?.toFixed(1) ?? '–';
    byId('megabits').textContent = ((this.#bytes * 8 * 1_000) / NUMBERS_MILLIS / 1e6).toFixed(1);
    byId('left-out').textContent = this.recording.skipped;
    this.#bytes = 0;
  }

  #told(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
