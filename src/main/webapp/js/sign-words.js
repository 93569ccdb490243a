/** Wires the page of signed words: source to capture to server, predictions to the word, the history and the figures. */

import { Capture } from './capture.js';
import { History } from './history.js';
import { LiveWord } from './live-word.js';
import { keep, recall } from './memory.js';
import { Notices } from './notices.js';
import { Picker } from './picker.js';
import { Pulse } from './pulse.js';
import { Signed, openSignedSample } from './signed.js';
import { CLIP_FRAMES, NO_SIGN, Signs } from './signs.js';
import { State } from './state.js';
import { Vocabulary } from './vocabulary.js';
import { whyWithoutSigns } from './words.js';

const LONG_WAIT_MILLIS = 4_000;
const MODEL_EVERY_MILLIS = 10_000;
const PACE_KEY = 'osprey.signs.pace';
/** As the protocol's clients send them, and a little smaller: the server looks at 224×224. */
const PICTURES = { gapMillis: 16, sentWidth: 320, quality: 0.8 };

const byId = (id) => document.getElementById(id);

const signs = new Signs(new URL('socket.io/?EIO=4&transport=websocket&features=topk,receipt', document.baseURI));
const notices = new Notices(byId('notices'));
const picker = new Picker(notices, openSignedSample);
const capture = new Capture(byId('input'), signs, () => {}, PICTURES);
const pulse = new Pulse();
const word = new LiveWord();
const history = new History();
const signed = new Signed();
const vocabulary = new Vocabulary();

let answeredAt = -Infinity;
let asking = 0;
/** Number of the running source's first frame: clips that begin before it show something else. */
let firstFrame = 1;
/** Where the frames of the newest clips stand in the sample, by number, in seconds. */
const positions = new Map();

const state = new State({
  notices,
  picker,
  connect: () => signs.connect(),
  sink: () => signs,
  frames: () => ({ answered: answeredAt > 0, answering: performance.now() - answeredAt < LONG_WAIT_MILLIS, working: 'Watching' }),
});

/** Nothing is known of the signer any more. */
function forget() {
  answeredAt = -Infinity;
  firstFrame = signs.sent + 1;
  positions.clear();
  history.interrupted();
  vocabulary.told(null);
  pulse.gathered(0);
  word.see({ started: capture.isRunning, watching: false, missing: CLIP_FRAMES, told: null });
  state.show();
}

/** @param {import('./signs.js').Prediction} prediction after a frame of the running source */
function predicted(prediction) {
  const now = answeredAt = performance.now();
  const { receipt } = prediction;
  const gathered = receipt ? Math.max(0, Math.min(receipt.clip_frames, receipt.frame - firstFrame + 1)) : Math.min(CLIP_FRAMES, signs.sent);
  const last = receipt?.recognition?.last_frame;
  // Without receipts nobody knows which frames it is about.
  const told = !receipt || last - CLIP_FRAMES + 1 >= firstFrame ? prediction : null;
  pulse.predicted(prediction);
  pulse.gathered(gathered);
  word.see({ watching: true, missing: CLIP_FRAMES - gathered, told });
  vocabulary.told(told?.label ?? null);
  if (told) {
    const [from, to] = [positions.get(last - CLIP_FRAMES + 1), positions.get(last)];
    // Of a clip across the end of the sample, what is after it counts.
    const really = signed.isKnown && to !== undefined && told.label !== NO_SIGN ? signed.told(told.label, from <= to ? from : 0, to) : undefined;
    history.see(told, now, really);
  }
  notices.clear('error');
  state.show();
}

/** Until it has one; its words may be others than before. */
async function askForTheModel() {
  clearTimeout(asking);
  const [reason] = await Promise.all([whyWithoutSigns(), vocabulary.load()]);
  if (reason) {
    notices.show('model', 'The server cannot recognise signs at the moment.', reason);
    asking = setTimeout(askForTheModel, MODEL_EVERY_MILLIS);
  } else {
    notices.clear('model');
  }
}

/** @param {number} framesASecond */
function setPace(framesASecond) {
  signs.framesASecond = framesASecond;
  byId('span').textContent = `${CLIP_FRAMES} frames span ${CLIP_FRAMES / framesASecond}\u00a0s`;
}

state.watch(signs);
signs.addEventListener('prediction', ({ detail }) => {
  // What arrives after Stop has nobody waiting for it.
  if (capture.isRunning) {
    predicted(detail);
  }
});
signs.addEventListener('sent', ({ detail: { frame, position } }) => {
  pulse.sent();
  positions.set(frame, position);
  positions.delete(frame - 10 * CLIP_FRAMES);
  signed.at(position);
});
signs.addEventListener('skipped', () => pulse.skipped());
signs.addEventListener('error', ({ detail }) => notices.show('error', 'The server could not look at a frame.', detail, { tone: 'wait' }));
signs.addEventListener('connection', () => {
  if (signs.isConnected) {
    askForTheModel();
  } else {
    pulse.begin();
    forget();
  }
  if (signs.connection.state === 'refused') {
    notices.clear('error');
  }
});

picker.addEventListener('source', ({ detail: source }) => {
  byId('invitation').hidden = true;
  byId('stage').classList.remove('empty');
  byId('mirror').toggleAttribute('data-mirrored', Boolean(source.facesVisitor));
  capture.start(source);
  signed.start(source.signs);
  signs.connect();
  forget();
});
picker.addEventListener('stop', () => {
  capture.stop();
  signed.start();
  pulse.begin();
  forget();
});
byId('pace').addEventListener('change', ({ target }) => {
  keep(PACE_KEY, target.value);
  setPace(Number(target.value));
});
byId('play-sample').addEventListener('click', () => picker.play('sample'));

// Browsers that restore a form after a reload would show a source nobody started.
document.querySelectorAll('input[name="source"]').forEach((input) => (input.checked = input.defaultChecked));
(byId('pace').querySelector(`[value="${Number(recall(PACE_KEY))}"]`) ?? byId('pace').querySelector('[value="10"]')).checked = true;
setPace(Number(byId('pace').querySelector(':checked').value));
byId('stage').classList.add('empty');
// A page kept for the Back button must not keep the camera.
addEventListener('pagehide', () => picker.stop());
vocabulary.load();
state.show();
signs.connect();
