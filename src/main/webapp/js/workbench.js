/** The picture and the model that are worked on: one thing is made at a time, and can be given up. */

import { Files } from './files.js';
import { Refusal, cancel, find, follow, isOver, listed } from './jobs.js';
import { Making } from './making.js';
import { ModelForm } from './model-form.js';
import { bytesOf, makeModel, makePicture, shown, upload } from './studio-requests.js';
import { MODEL, PICTURE, PREVIEW, pictureOf } from './works.js';

/** What the viewer draws; the others are for other programs. */
const DRAWN = 'glb';
const LOOKED_AT = 50;

/**
 * Events: `doing` (detail: what goes on, in words and with a tone), `busy` (detail: whether something is made), `changed` when the
 * gallery is other than before.
 */
export class Workbench extends EventTarget {
  #stop = new AbortController();
  /** Whether the visitor gives up what is made now: that it failed is no news then. */
  #isGivenUp = false;
  isBusy = false;
  /** @type {?{id: string, width: number, height: number}} the protocol's job of it */
  #picture = null;

  /**
   * @param {import('./studio-stream.js').StudioStream} stream
   * @param {import('./easel.js').Easel} easel
   * @param {import('./model-view.js').ModelView} view
   * @param {import('./notices.js').Notices} notices
   */
  constructor(stream, easel, view, notices) {
    super();
    Object.assign(this, { easel, view, notices, making: new Making(stream), files: new Files() });
    this.form = new ModelForm((wish) => this.make(wish));
  }

  /** @param {File} file */
  take(file) {
    return this.#work('Picture', 'Uploading', 'The picture was not taken.', async (stop) => {
      this.#forget();
      this.easel.preview(file);
      const { job_id: id, preview_url: address, image_info: info } = await upload(file, (share) => this.making.at(share, `${Math.round(100 * share)} %`), stop);
      this.easel.picture(address, file.name).catch(() => {});
      this.#has({ id, width: info.width, height: info.height });
    }, () => this.#stop.abort());
  }

  /** @param {import('./studio-requests.js').PictureWish} wish */
  imagine(wish) {
    let id = '';
    return this.#work('Picture', 'Making the picture', 'The picture was not made.', async (stop) => {
      this.#forget();
      this.easel.show('words', 'The picture appears here while it is made.');
      ({ job_id: id } = await makePicture(wish));
      await this.#begun(PICTURE, id, stop);
      stop.addEventListener('abort', this.#preview(id, wish.prompt));
      const { preview_url: address } = await this.making.follow(id, () => true, stop, (status) => this.#unknown(status));
      this.#has({ id, ...await this.easel.picture(address, wish.prompt) });
    }, () => this.#cancel(PICTURE, id));
  }

  /**
   * @param {import('./studio-requests.js').ModelWish} wish
   * @param {string} [id] of the picture that it is made of, where that is another one than is looked at
   */
  make(wish, id = this.#picture.id) {
    return this.#work('Model', 'Making the model', 'The model was not made.', async (stop) => {
      this.files.begin((format) => this.#makeFile({ ...wish, format }, id));
      await this.#file({ ...wish, format: DRAWN }, id, stop);
      if (wish.format !== DRAWN) {
        await this.#file(wish, id, stop);
      }
    }, () => this.#cancel(MODEL, id));
  }

  #makeFile(wish, id) {
    return this.#work('File', `Making the ${wish.format.toUpperCase()} file`, 'The file was not made.', async (stop) => {
      await this.#file(wish, id, stop);
      return this.files.link(wish.format);
    }, () => this.#cancel(MODEL, id));
  }

  async #file(wish, id, stop) {
    await makeModel(id, wish);
    await this.#begun(MODEL, id, stop);
    const { output_file: name, result_id: job } = await this.making.follow(id, ({ format }) => format === wish.format, stop);
    if (wish.format === DRAWN) {
      await this.view.show(await bytesOf(shown(id, name)), DRAWN, 'y');
    }
    this.files.add((await find(job)).artifacts);
  }

  /** @param {import('./jobs.js').Job} job that succeeded, with its parameters */
  open(job) {
    return this.#work('Work', 'Opening it', 'It could not be opened.', async () => {
      this.#forget();
      const { id, kind, state, artifacts, parameters } = job;
      if (state !== 'succeeded') {
        throw new Refusal('It has nothing to be shown, or not yet.');
      }
      if (kind === PICTURE) {
        this.#has({ id, ...await this.easel.picture(pictureOf(artifacts).url, parameters.prompt) });
        return;
      }
      const source = await find(parameters.job_id).catch(() => null);
      const picture = source && pictureOf(source.artifacts);
      if (picture) {
        this.#has({ id: source.id, ...await this.easel.picture(picture.url, 'What it was made of') });
      }
      this.form.fill(parameters);
      this.files.begin((format) => this.#makeFile({ ...parameters, format }, parameters.job_id));
      this.files.add(artifacts);
      const format = [DRAWN, 'stl'].find((each) => artifacts.some(({ name }) => name.endsWith(`.${each}`)));
      if (format) {
        await this.view.show(await bytesOf(artifacts.find(({ name }) => name.endsWith(`.${format}`)).url), format, 'y');
      } else {
        this.easel.show('words', 'This kind of file is not drawn here, but it can be downloaded.');
      }
    });
  }

  /** Nothing is left of what was worked on. */
  clear() {
    this.#forget();
    this.#told('doing', null);
  }

  #forget() {
    this.#picture = null;
    this.form.picture = null;
    this.files.begin(null);
    this.easel.forget();
    this.notices.clear('work', 'words', 'source', 'cancel');
  }

  #has(picture) {
    this.#picture = picture;
    this.form.picture = picture;
  }

  /** Shows each preview of a picture as it is published. @returns {() => void} stops it */
  #preview(id, prompt) {
    return follow(id, ({ type, data, sequence }) => {
      if (type === 'artifact' && data?.name === PREVIEW) {
        this.easel.picture(`api/jobs/${id}/artifacts/${PREVIEW}?of=${sequence}`, `Preview: ${prompt}`).catch(() => {});
      }
    }, () => {});
  }

  /** @param {import('./studio-requests.js').JobStatus} status */
  #unknown({ unknown_words: words }) {
    if (words?.length) {
      this.notices.show('words', `The model does not know ${words.map((word) => `“${word}”`).join(', ')}.`, 'It was trained on a small world; what it does not know it leaves out.', { tone: 'wait' });
    }
  }

  /** The server has taken a job on. Who gave it up meanwhile meant this one. */
  async #begun(kind, id, stop) {
    this.#told('changed');
    if (this.#isGivenUp) {
      await this.#cancel(kind, id);
    }
    stop.throwIfAborted();
  }

  /** Ends a job on the server, and then the waiting for it; a job that the server has not taken on yet once it has. */
  async #cancel(kind, id) {
    const { signal } = this.#stop;
    this.#isGivenUp = true;
    if (!id) {
      return;
    }
    try {
      const under = kind === PICTURE ? [{ id }] : (await listed(kind, LOOKED_AT)).filter(({ state, reference }) => reference === id && !isOver(state));
      await Promise.all(under.map((job) => cancel(job.id)));
      if (this.#stop.signal === signal) {
        this.#stop.abort();
      }
    } catch ({ message }) {
      this.#isGivenUp = false;
      this.notices.show('cancel', 'It could not be cancelled.', message);
    }
  }

  /**
   * @param {string} title
   * @param {string} words of what goes on
   * @param {string} otherwise what is said where it fails
   * @param {(stop: AbortSignal) => Promise<?HTMLElement>} steps where to go on afterwards, if not at the picture
   * @param {() => void} [giveUp]
   */
  async #work(title, words, otherwise, steps, giveUp) {
    if (this.isBusy) {
      return;
    }
    this.#stop = new AbortController();
    this.#isGivenUp = false;
    const { signal } = this.#stop;
    this.notices.clear('work', 'cancel');
    this.making.begin(title, giveUp);
    this.#setBusy(true);
    this.#told('doing', { tone: 'wait', text: words });
    let next = null;
    try {
      next = await steps(signal) ?? this.easel.stage;
      this.#told('doing', { tone: 'good', text: `${title} ready` });
    } catch (fault) {
      // What cannot be made a model of is no picture to go on with.
      if (!this.#picture) {
        this.easel.forget('picture');
      }
      const isCancelled = signal.aborted || this.#isGivenUp;
      this.#told('doing', isCancelled ? { tone: 'idle', text: 'Cancelled' } : { tone: 'bad', text: 'Not done' });
      if (!isCancelled) {
        this.notices.show('work', otherwise, fault instanceof Refusal ? fault.message : `It cannot be shown: ${fault.message}`);
      }
    } finally {
      this.#stop.abort();
      this.#setBusy(false);
      this.making.end(next);
      this.#told('changed');
    }
  }

  #setBusy(isBusy) {
    this.isBusy = isBusy;
    this.form.busy = isBusy;
    this.files.busy = isBusy;
    this.#told('busy', isBusy);
  }

  #told(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
