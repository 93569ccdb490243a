/** Wires the page: source to capture to stream, answers to view, numbers and words. */

import { Capture } from './capture.js';
import { Notices } from './notices.js';
import { NumbersPanel } from './numbers.js';
import { Picker } from './picker.js';
import { Settings } from './settings.js';
import { Stats } from './stats.js';
import { Stream } from './stream.js';
import { View } from './view.js';
import { askHealth, describe, whyClosed } from './words.js';

const LONG_WAIT_MILLIS = 4_000;
/** Errors that leave the server in the mode it was in. */
const MODE_ERRORS = new Set(['INVALID_MODE', 'MODE_CHANGE_FAILED']);

const byId = (id) => document.getElementById(id);
const stage = byId('stage');
const notices = new Notices(byId('notices'));
const stats = new Stats();
const stream = new Stream(new URL('ws?features=binary,receipt', location.href));
const view = new View(byId('result'));
const settings = new Settings(stream);
const picker = new Picker(notices);
const capture = new Capture(byId('input'), stream, () => stats.dropped());
new NumbersPanel(stats);

let answered = false;
/** @type {import('./words.js').Health} */
let health = 'unknown';

function showState() {
  // No frames are captured in a hidden tab; nobody is to be told that the server is slow.
  if (document.hidden) {
    return;
  }
  const frames = { answered, answering: stats.answeredWithin(performance.now(), LONG_WAIT_MILLIS) };
  const { text, tone, countdown = '' } = describe(stream.connection, picker.state, frames, health);
  const status = byId('status');
  // Written only when it differs: a live region reads out every write.
  if (status.textContent !== text) {
    status.textContent = text;
  }
  byId('countdown').textContent = countdown;
  byId('state').dataset.tone = tone;
  stage.classList.toggle('paused', picker.state !== 'running' || !stream.isConnected);
  byId('connect').hidden = !['idle', 'refused', 'lost'].includes(stream.connection.state);
}

stream.addEventListener('connection', async ({ detail: connection }) => {
  showState();
  if (connection.state === 'connected') {
    health = 'unknown';
    notices.clear('connection');
  } else if (connection.state === 'reconnecting' && health === 'unknown' && connection.code !== 1001) {
    health = await askHealth();
    showState();
  } else if (connection.state === 'refused' || connection.state === 'lost') {
    health = await askHealth();
    if (stream.connection === connection) {
      const title = connection.state === 'refused' ? 'The server refused the connection.' : 'No connection to the server.';
      notices.show('connection', title, whyClosed(connection, health), { action: 'Connect again', onAction: () => stream.connect() });
    }
  }
});

stream.addEventListener('segmentation', async ({ detail: { message, picture, captured } }) => {
  stats.dropped(message.metadata.frames_replaced ?? 0);
  // A picture that arrives after Stop has nobody waiting for it.
  if (!picture || !capture.isRunning) {
    return;
  }
  try {
    if (await view.show(picture, message)) {
      const now = performance.now();
      stats.shown(now, captured, message.metadata);
      settings.shown(message.metadata);
      notices.clear('INFERENCE_FAILED', 'REPLY_UNREADABLE', 'picture');
      answered = true;
      stage.classList.remove('empty');
      showState();
    }
  } catch {
    notices.show('picture', 'A picture from the server could not be read.', 'The stream goes on with the next one.', { tone: 'wait' });
  }
});

stream.addEventListener('error', ({ detail: { code, message } }) => {
  if (MODE_ERRORS.has(code)) {
    settings.modeRefused();
    notices.show(code, 'The mode stays as it was.', message);
  } else if (code === 'VIZ_UPDATE_FAILED') {
    notices.show(code, 'The server did not take this setting.', message);
  } else {
    notices.show(code, 'A frame failed.', message, { tone: 'wait' });
  }
});
stream.addEventListener('mode_changed', () => notices.clear(...MODE_ERRORS));
stream.addEventListener('viz_updated', () => notices.clear('VIZ_UPDATE_FAILED'));
stream.addEventListener('bytes', ({ detail }) => stats.transferred(performance.now(), detail));

picker.addEventListener('source', ({ detail: source }) => {
  answered = false;
  stats.start(performance.now());
  byId('invitation').hidden = true;
  capture.start(source);
  stream.connect();
  showState();
});
picker.addEventListener('stop', () => {
  capture.stop();
  showState();
});
picker.addEventListener('state', showState);

byId('connect').addEventListener('click', () => stream.connect());
document.querySelectorAll('input[name="view"]').forEach((radio) =>
  radio.addEventListener('change', () => (stage.dataset.view = radio.value)));
byId('fullscreen').hidden = !document.fullscreenEnabled;
byId('fullscreen').addEventListener('click', () => (document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen()));

// Browsers that restore a form after a reload would show a source nobody started and settings nobody sent.
document.querySelectorAll('input[type="radio"], input[type="range"]').forEach((input) => {
  input.checked = input.defaultChecked;
  input.value = input.defaultValue;
});
stage.classList.add('empty');
document.addEventListener('visibilitychange', () => stats.resumed(performance.now()));
// A page kept for the Back button must not keep the camera.
addEventListener('pagehide', () => picker.stop());
setInterval(showState, 1_000);
showState();
stream.connect();
