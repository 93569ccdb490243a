/** Wires the referee's page: files, camera or sample to a session of the server, and the list of all of them. */

import { latest } from './bouts.js';
import { Camera } from './camera.js';
import { Choice } from './choice.js';
import { Notices } from './notices.js';
import { RefereeStream } from './referee-stream.js';
import { Ruling } from './ruling.js';
import { Screen } from './screen.js';
import { Sessions } from './sessions.js';
import { State } from './state.js';

/** Of the newest sessions, among which one that was just recorded is. */
const LOOKED_AT = 50;

const byId = (id) => document.getElementById(id);
const notices = new Notices(byId('notices'));
const stream = new RefereeStream(new URL('stream', document.baseURI));
const screen = new Screen();
const choice = new Choice();
const camera = new Camera(stream, notices);
const ruling = new Ruling(screen, notices);
const sessions = new Sessions();

/** @type {import('./words.js').Frames['otherwise']} */
let doing;

const state = new State({
  notices,
  picker: camera,
  connect: () => stream.connect(),
  sink: () => stream,
  frames: () => ({ working: 'Recording', otherwise: doing, ...camera.frames }),
});

/** @param {import('./words.js').Frames['otherwise']} [now] nothing where nothing goes on */
function does(now) {
  doing = now;
  state.show();
}

function isBusy() {
  return camera.isBusy || ruling.isUploading;
}

/** @param {string} id of the session to be looked at: the address names it, so that it can be kept and come back to */
function go(id) {
  if (location.hash === `#${id}`) {
    look();
  } else {
    location.hash = id;
  }
}

function look() {
  const id = location.hash.slice(1);
  if (id && isBusy()) {
    notices.show('busy', 'A bout is being recorded or sent.', 'Let it end, or discard it, before another one is opened.', { tone: 'wait' });
  } else if (id) {
    notices.clear('busy');
    camera.close();
    ruling.look(id);
  }
}

/** @param {string} reference of a recording that the server has whole */
async function goToRecorded(reference) {
  try {
    const bout = (await latest(LOOKED_AT)).find((each) => each.reference === reference);
    bout ? go(bout.id) : ruling.failed('The session was not found.', 'It is among the sessions as soon as they are listed again.');
  } catch (fault) {
    ruling.failed('The session was not found.', fault.message);
  }
}

choice.addEventListener('decide', async ({ detail: files }) => {
  const id = await ruling.upload(files);
  if (id) {
    go(id);
  }
});
choice.addEventListener('taken', () => notices.clear('source'));
choice.addEventListener('fault', ({ detail }) => notices.show('source', detail.message, detail.advice));
choice.addEventListener('source', ({ detail: kind }) => {
  notices.clear('source');
  if (kind !== 'camera') {
    camera.close();
  }
});

camera.addEventListener('state', ({ detail }) => {
  if (detail === 'running') {
    ruling.clear();
    does();
    screen.show('camera');
  } else if (detail === 'none' && screen.shows === 'camera' && !camera.isBusy) {
    screen.show('invitation');
  }
  if (!isBusy()) {
    notices.clear('busy');
  }
  choice.busy = isBusy();
});
camera.addEventListener('sending', ({ detail: left }) => does({ tone: 'wait', text: left ? `Sending the last ${left} frames` : 'Sending the signal' }));
camera.addEventListener('submitted', ({ detail }) => goToRecorded(detail));
camera.addEventListener('failed', ({ detail }) => {
  screen.show('invitation');
  ruling.failed('The recording was not taken.', detail);
});

ruling.addEventListener('doing', ({ detail }) => does(detail ?? undefined));
ruling.addEventListener('heard', () => stream.connection.state === 'lost' && stream.connect());
ruling.addEventListener('changed', () => {
  choice.busy = isBusy();
  sessions.mark(ruling.id);
  sessions.load();
});

sessions.addEventListener('open', ({ detail }) => go(detail));
sessions.addEventListener('refused', ({ detail }) => notices.show('refused', 'The server did not do that.', detail));
sessions.addEventListener('gone', ({ detail }) => {
  if (detail === ruling.id) {
    history.replaceState(null, '', location.pathname);
    ruling.clear();
    screen.forget();
    does();
  }
});

byId('play-sample').addEventListener('click', () => choice.playSample());
byId('open-camera').addEventListener('click', () => {
  choice.pick('camera');
  camera.open();
});
addEventListener('hashchange', look);
// A page kept for the Back button must not keep the camera.
addEventListener('pagehide', () => camera.close());

state.show();
state.watch(stream);
stream.connect();
sessions.load();
look();
