/** The session that is looked at: uploaded, followed while it is analysed, shown when it is decided. */

import { submit } from './bouts.js';
import { Decision, capitalised } from './decision.js';
import { cancel, find, follow, isOver } from './jobs.js';
import { Progress } from './progress.js';
import { STATES } from './sessions.js';
import { fillTable } from './timeline-table.js';
import { Timeline } from './timeline.js';

const ADVICE = {
  BOUT_UNREADABLE: 'Both fencers have to be seen from the side, with their feet.',
  SIGNAL_INVALID: 'A signal file begins with a line “0.000s | Phrase recording started” and ends with the scores.',
  VIDEO_UNREADABLE: 'MP4 with H.264 is read everywhere.',
};
const byId = (id) => document.getElementById(id);

/**
 * Events: `doing` (detail: what goes on, in words and with a tone; null for nothing), `changed` when sessions are other than before,
 * `heard` when the server tells of an analysis, for the first time or again.
 */
export class Ruling extends EventTarget {
  /** What is awaited now is given up for something else. */
  #waiting = new AbortController();
  #giveUp = () => {};
  /** The session whose video is on the screen before the server has drawn in it. */
  #previewed = '';
  isUploading = false;
  /** The session that is looked at. */
  id = '';

  /**
   * @param {import('./screen.js').Screen} screen
   * @param {import('./notices.js').Notices} notices
   */
  constructor(screen, notices) {
    super();
    Object.assign(this, { screen, notices, progress: new Progress() });
    this.decision = new Decision((seconds) => screen.seek(seconds));
    this.timeline = new Timeline(byId('timeline'), screen.video);
    byId('cancel').addEventListener('click', () => this.#giveUp());
  }

  /** Nothing is shown of any bout. */
  clear() {
    this.#waiting.abort();
    this.#waiting = new AbortController();
    this.id = '';
    this.notices.clear('bout', 'follow', 'refused');
    this.decision.hide();
    this.progress.hide();
    this.timeline.clear();
    byId('movement').hidden = true;
    this.#told('changed');
  }

  /**
   * @param {{video: File, signal: File}} files
   * @returns {Promise<?string>} the id of the session that they became
   */
  async upload({ video, signal }) {
    this.isUploading = true;
    this.clear();
    const { signal: stop } = this.#waiting;
    this.screen.preview(video);
    this.progress.begin(true);
    this.#says('wait', 'Uploading');
    this.#giveUp = () => {
      this.clear();
      this.screen.forget();
      this.#told('doing', null);
    };
    try {
      return (this.#previewed = await submit(video, signal, (share) => this.progress.uploaded(share), stop));
    } catch (fault) {
      if (!stop.aborted) {
        this.failed('The bout could not be uploaded.', fault.message);
      }
      return null;
    } finally {
      this.isUploading = false;
      this.#told('changed');
    }
  }

  /** @param {string} id */
  async look(id) {
    this.clear();
    const { signal: stop } = this.#waiting;
    if (id !== this.#previewed) {
      this.screen.show('words', 'The session is being opened.');
    }
    const bout = await this.#find(id, stop, 'The session could not be opened.');
    if (bout) {
      this.id = id;
      this.#told('changed');
      isOver(bout.state) ? this.#show(bout) : this.#watch(bout, stop);
    }
  }

  /** @param {string} title @param {string} text */
  failed(title, text) {
    this.progress.hide();
    this.#says('bad', 'Not decided');
    this.notices.show('bout', title, text);
  }

  /**
   * @param {AbortSignal} stop
   * @param {string} otherwise what is said where it cannot be had
   */
  async #find(id, stop, otherwise) {
    try {
      const bout = await find(id);
      return stop.aborted ? null : bout;
    } catch (fault) {
      if (!stop.aborted) {
        this.screen.show('invitation');
        this.failed(otherwise, fault.message);
      }
      return null;
    }
  }

  /**
   * @param {import('./bouts.js').Bout} bout that is under way
   * @param {AbortSignal} stop
   */
  #watch(bout, stop) {
    const { id, parameters } = bout;
    const isUpload = parameters.session_id === undefined;
    this.progress.begin(isUpload);
    if (isUpload) {
      this.progress.uploaded(1);
    }
    this.#at(bout);
    if (id !== this.#previewed) {
      this.screen.show('words', 'The fencers are being looked for. The video appears here when they are drawn in.');
    }
    this.#giveUp = () => cancel(id).catch(({ message }) => this.notices.show('refused', 'It could not be cancelled.', message));
    stop.addEventListener('abort', follow(id, (event) => this.#happened(id, event, stop), (isHeard) => this.#heard(isHeard)));
  }

  #heard(isHeard) {
    if (isHeard) {
      this.notices.clear('follow');
      this.#told('heard');
    } else {
      this.notices.show('follow', 'The server is not heard of.', 'The analysis goes on there as soon as it can; the page asks again by itself.', { tone: 'wait' });
    }
  }

  /** @param {import('./jobs.js').JobEvent} event */
  async #happened(id, event, stop) {
    if (!isOver(event.state)) {
      this.#at(event);
    } else if (event.type === 'state') {
      const bout = await this.#find(id, stop, 'The result could not be read.');
      if (bout) {
        this.#show(bout);
        this.#told('changed');
      }
    }
  }

  #at(told) {
    this.progress.at(told);
    this.#says('wait', told.state === 'queued' ? 'Waiting for its turn' : 'Analysing');
  }

  /** @param {import('./bouts.js').Bout} bout that is over */
  #show(bout) {
    const { id, result, artifacts } = bout;
    this.progress.hide();
    this.notices.clear('follow');
    if (!result) {
      this.screen.show('invitation');
      this.failed('The bout was not decided.', whyNot(bout));
      return;
    }
    this.decision.show(bout);
    const drawn = ['overlay.mp4', 'streamed_video.mp4'].map((each) => artifacts.find(({ name }) => name === each)).find(Boolean);
    if (drawn) {
      this.screen.play(drawn.url);
    } else if (id !== this.#previewed) {
      this.screen.show('words', 'No video was drawn, because there was nothing to decide.');
    }
    if (result.tracks) {
      byId('movement').hidden = false;
      this.timeline.show(result);
      fillTable(byId('table'), result);
    }
    this.#says('good', result.decision ? `Decided: ${capitalised(result.decision.winner)}` : 'Nothing to decide');
  }

  #says(tone, text) {
    this.#told('doing', { tone, text });
  }

  #told(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** @param {import('./bouts.js').Bout} bout without a result */
function whyNot({ state, failure }) {
  if (!failure) {
    return state === 'expired' ? 'Its files are no longer kept.' : `It was ${STATES[state]}.`;
  }
  const detail = capitalised(failure.detail.endsWith('.') ? failure.detail : `${failure.detail}.`);
  return `${detail} ${ADVICE[failure.code] ?? ''}`.trim();
}
