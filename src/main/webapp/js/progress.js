/** How far a bout is: the stages it goes through, and how much of the one it is in. */

/** In their order; the names are the server's, but for the upload. */
const STAGES = {
  upload: 'Upload',
  video_reconstruction: 'Video from the frames',
  fisheye: 'Lens corrected',
  yolo: 'Fencers and their joints',
  decision: 'Decision',
  overlay: 'Overlay video',
};
/** Which only some bouts go through: shown once it is reached. */
const RARE = new Set(['fisheye']);
const byId = (id) => document.getElementById(id);

export class Progress {
  #stage = '';

  /** @param {boolean} isUpload rather than a recording, whose frames are there already */
  begin(isUpload) {
    const skipped = isUpload ? 'video_reconstruction' : 'upload';
    this.#stage = '';
    byId('stages').replaceChildren(...Object.entries(STAGES).filter(([name]) => name !== skipped).map(([name, words]) => {
      const entry = document.createElement('li');
      Object.assign(entry.dataset, { stage: name, is: 'waiting' });
      entry.hidden = RARE.has(name);
      entry.append(part('b', words), part('span', ''));
      return entry;
    }));
    byId('progress').hidden = false;
    byId('cancel').hidden = false;
    byId('bar').value = 0;
    this.say('');
  }

  /** @param {string} words of what is waited for */
  say(words) {
    byId('progress-words').textContent = words;
  }

  /** @param {number} share of the video that has gone to the server, 0 to 1 */
  uploaded(share) {
    this.#enter('upload', share < 1 ? `${Math.round(100 * share)} %` : '');
    byId('bar').value = share;
    byId('bar').setAttribute('aria-valuetext', `Upload, ${Math.round(100 * share)} %`);
  }

  /** @param {import('./jobs.js').JobEvent|import('./jobs.js').Job} at stage, share of the whole and words */
  at({ state, stage, progress, message }) {
    if (state === 'queued') {
      this.say('It waits for its turn.');
      return;
    }
    this.say('');
    // The protocol's first implementation has one more, between two of these.
    this.#enter(stage in STAGES ? stage : this.#stage, message);
    byId('bar').value = progress;
    byId('bar').setAttribute('aria-valuetext', `${STAGES[this.#stage] ?? 'Analysis'}, ${Math.round(100 * progress)} % of the whole`);
  }

  hide() {
    byId('progress').hidden = true;
  }

  #enter(stage, words) {
    this.#stage = stage;
    const entries = [...byId('stages').children];
    const now = entries.findIndex((entry) => entry.dataset.stage === stage);
    entries.forEach((entry, index) => {
      const is = index < now ? 'done' : index === now ? 'running' : 'waiting';
      entry.dataset.is = is;
      entry.hidden = entry.hidden && is !== 'running';
      entry.lastChild.textContent = is === 'running' ? words : is === 'done' ? 'done' : '';
    });
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function part(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
