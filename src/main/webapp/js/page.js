/** Wires the page: source to capture to stream, answers to view, numbers and words. */

import { Capture } from './capture.js';
import { Comparison } from './compare.js';
import { MODE_ERRORS } from './modes.js';
import { Notices } from './notices.js';
import { NumbersPanel } from './numbers.js';
import { Picker } from './picker.js';
import { Settings } from './settings.js';
import { State } from './state.js';
import { Stats } from './stats.js';
import { Stream } from './stream.js';
import { WORLD } from './truth.js';
import { View } from './view.js';

const LONG_WAIT_MILLIS = 4_000;

const byId = (id) => document.getElementById(id);
const stage = byId('stage');
const notices = new Notices(byId('notices'));
const stats = new Stats();
const stream = new Stream(new URL('ws?features=binary,receipt', location.href));
const comparison = new Comparison(new URL('ws?features=binary,receipt,mask', location.href));
const view = new View(byId('result'));
const settings = new Settings(stream);
const picker = new Picker(notices);
const capture = new Capture(byId('input'), stream, () => stats.dropped());
new NumbersPanel(stats);

let answered = false;

function isComparing() {
  return capture.sink === comparison;
}

function connect() {
  stream.connect();
  if (isComparing()) {
    comparison.connect();
  }
}

const state = new State({
  notices,
  picker,
  connect,
  sink: () => capture.sink,
  frames: () => ({ answered, answering: (isComparing() ? comparison : stats).answeredWithin(performance.now(), LONG_WAIT_MILLIS) }),
});

/** @param {Stream} each whose connection and errors are put into words */
function watch(each) {
  state.watch(each);
  each.addEventListener('error', ({ detail: { code, message } }) => {
    if (MODE_ERRORS.has(code)) {
      notices.show(code, 'The mode stays as it was.', message);
    } else if (code === 'VIZ_UPDATE_FAILED') {
      notices.show(code, 'The server did not take this setting.', message);
    } else {
      notices.show(code, 'A frame failed.', message, { tone: 'wait' });
    }
  });
  each.addEventListener('mode_changed', () => notices.clear(...MODE_ERRORS));
}

/** A picture was shown, from now on in these words. */
function wasShown() {
  notices.clear('INFERENCE_FAILED', 'REPLY_UNREADABLE', 'picture');
  answered = true;
  stage.classList.remove('empty');
  state.show();
}

function wasUnreadable() {
  notices.show('picture', 'A picture from the server could not be read.', 'The stream goes on with the next one.', { tone: 'wait' });
}

[stream, ...comparison.streams].forEach(watch);

stream.addEventListener('segmentation', async ({ detail: { message, picture, captured } }) => {
  stats.dropped(message.metadata.frames_replaced ?? 0);
  // A picture that arrives after Stop, or in the comparison, has nobody waiting for it.
  if (!picture || !capture.isRunning || isComparing()) {
    return;
  }
  try {
    if (await view.show(picture, message)) {
      stats.shown(performance.now(), captured, message.metadata);
      settings.shown(message.metadata);
      wasShown();
    }
  } catch {
    wasUnreadable();
  }
});

stream.addEventListener('viz_updated', () => notices.clear('VIZ_UPDATE_FAILED'));
for (const type of ['connected', 'mode_changed']) {
  stream.addEventListener(type, ({ detail }) => (byId('world-note').hidden = detail.class_labels.join() !== WORLD.join()));
}
stream.addEventListener('bytes', ({ detail }) => stats.transferred(performance.now(), detail));

comparison.addEventListener('shown', wasShown);
comparison.addEventListener('unreadable', wasUnreadable);

function startNumbers() {
  answered = false;
  stats.start(performance.now());
  comparison.startNumbers(performance.now());
}

/** @param {string} name of the view */
function look(name) {
  stage.dataset.view = name;
  const sink = name === 'compare' ? comparison : stream;
  if (sink !== capture.sink) {
    capture.sink = sink;
    startNumbers();
    isComparing() ? comparison.connect() : comparison.disconnect();
    state.show();
  }
}

picker.addEventListener('source', ({ detail: source }) => {
  startNumbers();
  byId('invitation').hidden = true;
  comparison.start(source);
  capture.start(source);
  connect();
  state.show();
});
picker.addEventListener('stop', () => {
  capture.stop();
  comparison.stop();
  state.show();
});
document.querySelectorAll('input[name="view"]').forEach((radio) =>
  radio.addEventListener('change', () => look(radio.value)));
byId('play-sample').addEventListener('click', () => picker.play('sample'));
byId('compare-sample').addEventListener('click', () => {
  document.querySelector('input[name="view"][value="compare"]').click();
  picker.play('sample');
});
byId('fullscreen').hidden = !document.fullscreenEnabled;
byId('fullscreen').addEventListener('click', () => (document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen()));

// Browsers that restore a form after a reload would show a source nobody started and settings nobody sent.
document.querySelectorAll('input[type="radio"], input[type="range"], input[type="number"]').forEach((input) => {
  input.checked = input.defaultChecked;
  input.value = input.defaultValue;
});
stage.classList.add('empty');
document.addEventListener('visibilitychange', () => stats.resumed(performance.now()));
// A page kept for the Back button must not keep the camera.
addEventListener('pagehide', () => picker.stop());
state.show();
stream.connect();
