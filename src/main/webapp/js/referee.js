/** Wires the referee's page: files, camera or sample to a job of the server; its progress, result and the earlier ones. */

import { Refusal, cancel, find, follow, isOver, latest, submit } from './bouts.js';
import { Camera } from './camera.js';
import { Choice } from './choice.js';
import { Decision, capitalised } from './decision.js';
import { Notices } from './notices.js';
import { Progress } from './progress.js';
import { RefereeStream } from './referee-stream.js';
import { STATES, Sessions } from './sessions.js';
import { State } from './state.js';
import { fillTable } from './timeline-table.js';
import { Timeline } from './timeline.js';

/** Of the newest jobs, among which a recording's is. */
const LOOKED_AT = 50;
const ADVICE = {
  BOUT_UNREADABLE: 'Both fencers have to be seen from the side, with their feet.',
  SIGNAL_INVALID: 'A signal file begins with a line “0.000s | Phrase recording started” and ends with the scores.',
  VIDEO_UNREADABLE: 'MP4 with H.264 is read everywhere.',
};

const byId = (id) => document.getElementById(id);
const stage = byId('stage');
const video = byId('bout');
const stillness = matchMedia('(prefers-reduced-motion: reduce)');
const notices = new Notices(byId('notices'));
const stream = new RefereeStream(new URL('stream', document.baseURI));
const choice = new Choice();
const camera = new Camera(stream, notices);
const progress = new Progress();
const decision = new Decision(seek);
const timeline = new Timeline(byId('timeline'), video);
const sessions = new Sessions();

/** @type {import('./words.js').Frames['otherwise']} */
let doing;
/** What is awaited now, to be given up for something else. */
let waiting = new AbortController();
let giveUp = () => {};
/** Of a video of this device, shown until the drawn one is there; and the session that it became. */
let preview = '';
let previewed = '';

const state = new State({
  notices,
  picker: camera,
  connect: () => stream.connect(),
  sink: () => stream,
  frames: () => ({ working: 'Recording', otherwise: doing, ...camera.frames }),
});

/** @param {'good'|'wait'|'bad'|'idle'} [tone] @param {string} [text] none where nothing is going on */
function says(tone, text) {
  doing = text ? { tone, text } : undefined;
  state.show();
}

/**
 * @param {'invitation'|'camera'|'video'|'words'} what
 * @param {string} [words] where there is no picture
 */
function view(what, words = '') {
  stage.dataset.view = what;
  byId('invitation').hidden = what !== 'invitation';
  byId('stage-words').textContent = words;
  if (what !== 'video') {
    video.pause();
  }
}

/** @param {string} address of a video, which may be of a kind that the browser does not play */
function play(address) {
  URL.revokeObjectURL(preview);
  preview = address.startsWith('blob:') ? address : '';
  video.src = address;
  view('video');
  if (!stillness.matches) {
    video.play().catch(() => {});
  }
}

/** @param {number} seconds of the video */
function seek(seconds) {
  video.pause();
  video.currentTime = seconds;
  stage.scrollIntoView({ block: 'nearest' });
}

/** Nothing is shown of any bout. */
function clear() {
  waiting.abort();
  waiting = new AbortController();
  notices.clear('bout', 'follow');
  choice.busy = false;
  decision.hide();
  progress.hide();
  timeline.clear();
  byId('movement').hidden = true;
  sessions.mark('');
}

/** @param {string} title @param {string} text */
function failed(title, text) {
  progress.hide();
  says('bad', 'Not decided');
  notices.show('bout', title, text);
}

/** @param {{video: File, signal: File}} files */
async function decide(files) {
  clear();
  const { signal: stop } = waiting;
  play(URL.createObjectURL(files.video));
  progress.begin(true);
  choice.busy = true;
  says('wait', 'Uploading');
  giveUp = () => {
    clear();
    view('invitation');
    says();
  };
  try {
    previewed = await submit(files.video, files.signal, (share) => progress.uploaded(share), stop);
    go(previewed);
  } catch (fault) {
    if (!stop.aborted) {
      failed('The bout could not be uploaded.', fault.message);
    }
  } finally {
    choice.busy = false;
  }
}

/** @param {string} id of the job to be looked at: the address names it, so that it can be kept and come back to */
function go(id) {
  if (location.hash === `#${id}`) {
    look(id);
  } else {
    location.hash = id;
  }
}

/** @param {string} id */
async function look(id) {
  clear();
  const { signal: stop } = waiting;
  if (id !== previewed) {
    view('words', 'The session is being opened.');
  }
  try {
    const bout = await find(id);
    if (!stop.aborted) {
      sessions.mark(id);
      isOver(bout.state) ? show(bout) : watch(bout, stop);
    }
  } catch (fault) {
    if (!stop.aborted) {
      view('invitation');
      failed('The session could not be opened.', fault.message);
    }
  }
}

/**
 * @param {import('./bouts.js').Bout} bout that is under way
 * @param {AbortSignal} stop
 */
function watch(bout, stop) {
  const { id, parameters } = bout;
  const isUpload = parameters.session_id === undefined;
  const at = (told) => {
    progress.at(told);
    says('wait', told.state === 'queued' ? 'Waiting for its turn' : 'Analysing');
  };
  progress.begin(isUpload);
  if (isUpload) {
    progress.uploaded(1);
  }
  at(bout);
  if (id !== previewed) {
    view('words', 'The fencers are being looked for. The video appears here when they are drawn in.');
  }
  sessions.load();
  giveUp = () => cancel(id).catch(refused);
  const end = follow(id, (event) => {
    if (!isOver(event.state)) {
      at(event);
    } else if (event.type === 'state') {
      finish(id, stop);
    }
  }, (isConnected) => {
    isConnected ? notices.clear('follow') : notices.show('follow', 'The server is not heard of.', 'The analysis goes on there; the page asks again by itself.', { tone: 'wait' });
  });
  stop.addEventListener('abort', end);
}

/**
 * @param {string} id
 * @param {AbortSignal} stop
 */
async function finish(id, stop) {
  try {
    const bout = await find(id);
    if (!stop.aborted) {
      show(bout);
      sessions.load();
    }
  } catch (fault) {
    failed('The result could not be read.', fault.message);
  }
}

/** @param {import('./bouts.js').Bout} bout that is over */
function show(bout) {
  progress.hide();
  notices.clear('follow');
  const { result, artifacts } = bout;
  if (!result) {
    view('invitation');
    failed('The bout was not decided.', whyNot(bout));
    return;
  }
  decision.show(bout);
  const drawn = artifacts.find(({ name }) => name === 'overlay.mp4') ?? artifacts.find(({ name }) => name === 'streamed_video.mp4');
  if (drawn) {
    play(drawn.url);
  } else if (bout.id !== previewed) {
    view('words', 'No video was drawn, because there was nothing to decide.');
  }
  if (result.tracks) {
    byId('movement').hidden = false;
    timeline.show(result);
    fillTable(byId('table'), result);
  }
  says('good', result.decision ? `Decided: ${capitalised(result.decision.winner)}` : 'Nothing to decide');
}

/** @param {import('./bouts.js').Bout} bout without a result */
function whyNot({ state, failure }) {
  if (!failure) {
    return state === 'expired' ? 'Its files are no longer kept.' : `It was ${STATES[state]}.`;
  }
  const detail = capitalised(failure.detail.endsWith('.') ? failure.detail : `${failure.detail}.`);
  return `${detail} ${ADVICE[failure.code] ?? ''}`.trim();
}

function refused(fault) {
  notices.show('refused', 'The server did not do that.', fault instanceof Refusal ? fault.message : String(fault));
}

choice.addEventListener('decide', ({ detail }) => decide(detail));
choice.addEventListener('taken', () => notices.clear('source'));
choice.addEventListener('fault', ({ detail }) => notices.show('source', detail.message, detail.advice));
choice.addEventListener('source', ({ detail: kind }) => {
  notices.clear('source');
  if (kind !== 'camera') {
    camera.close();
  }
});

camera.addEventListener('state', ({ detail }) => {
  choice.busy = camera.isBusy;
  if (detail === 'running') {
    clear();
    choice.busy = camera.isBusy;
    says();
    view('camera');
  } else if (detail === 'none' && stage.dataset.view === 'camera' && !camera.isBusy) {
    view('invitation');
  }
});
camera.addEventListener('sending', ({ detail: left }) => says('wait', left ? `Sending the last ${left} frames` : 'Sending the signal'));
camera.addEventListener('submitted', async ({ detail: id }) => {
  try {
    const bout = (await latest(LOOKED_AT)).find(({ reference }) => reference === id);
    bout ? go(bout.id) : failed('The session was not found.', 'It is among the earlier sessions as soon as the list is read again.');
  } catch (fault) {
    failed('The session was not found.', fault.message);
  }
});
camera.addEventListener('failed', ({ detail }) => {
  view('invitation');
  failed('The recording was not taken.', detail);
});

sessions.addEventListener('open', ({ detail }) => go(detail));
sessions.addEventListener('gone', ({ detail }) => {
  if (detail === location.hash.slice(1)) {
    history.replaceState(null, '', location.pathname);
    clear();
    video.removeAttribute('src');
    view('invitation');
    says();
  }
});
sessions.addEventListener('refused', ({ detail }) => refused(new Refusal(detail)));

byId('cancel').addEventListener('click', () => giveUp());
byId('play-sample').addEventListener('click', () => choice.playSample());
byId('open-camera').addEventListener('click', () => {
  choice.pick('camera');
  camera.open();
});
addEventListener('hashchange', () => location.hash.length > 1 && look(location.hash.slice(1)));
// A page kept for the Back button must not keep the camera.
addEventListener('pagehide', () => camera.close());

view('invitation');
state.show();
state.watch(stream);
stream.connect();
sessions.load();
if (location.hash.length > 1) {
  look(location.hash.slice(1));
}
