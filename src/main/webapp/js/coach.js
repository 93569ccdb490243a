/** Wires the coach's page: source to capture to server, hands to the skeleton, results to the lesson and the practice. */

import { MOVING } from './alphabet.js';
import { Capture } from './capture.js';
import { Fingerspelling } from './fingerspelling.js';
import { Lesson } from './lesson.js';
import { Notices } from './notices.js';
import { Picker } from './picker.js';
import { Skeleton } from './skeleton.js';
import { Spelling } from './spelling.js';
import { State } from './state.js';

const LONG_WAIT_MILLIS = 4_000;
/** A hand that is lost for a frame or two has not gone. */
const HAND_GONE_MILLIS = 400;

const byId = (id) => document.getElementById(id);
const address = (model) => new URL(`fingerspelling?features=hands,milestones&model=${model}`, location.href);

/** One frame is enough for a letter that holds still, which gives the quicker answer; J and Z take a clip of many. */
const still = new Fingerspelling(address('letter'));
const moving = new Fingerspelling(address('letters'));

const notices = new Notices(byId('notices'));
const picker = new Picker(notices);
const capture = new Capture(byId('input'), still, () => {});
const skeleton = new Skeleton(byId('skeleton'));
const lesson = new Lesson();
const spelling = new Spelling();

let answeredAt = -Infinity;
let handAt = -Infinity;

const state = new State({
  notices,
  picker,
  connect: () => capture.sink.connect(),
  sink: () => capture.sink,
  frames: () => ({ answered: answeredAt > 0, answering: performance.now() - answeredAt < LONG_WAIT_MILLIS, working: 'Watching' }),
});

/** Nothing is known of the hand any more. */
function forget() {
  answeredAt = handAt = -Infinity;
  skeleton.clear();
  spelling.interrupted();
  lesson.see({ started: capture.isRunning, watching: false, hand: false, gathered: 0, result: null });
  state.show();
}

/** @param {import('./fingerspelling.js').Hands} seen in the newest frame */
function watched({ hands, clip_frames: frames, clip_length: length, distributions, distributions_needed: needed }) {
  const now = performance.now();
  answeredAt = now;
  handAt = hands.length > 0 ? now : handAt;
  skeleton.show(hands, capture.canvas.width, capture.canvas.height);
  if (hands.length > 0) {
    spelling.watched(now);
  }
  lesson.see({ watching: true, hand: now - handAt < HAND_GONE_MILLIS, gathered: (frames + distributions) / (length + needed - 1) });
  notices.clear('error');
  state.show();
}

for (const each of [still, moving]) {
  state.watch(each);
  each.addEventListener('hands', ({ detail }) => {
    // What arrives after Stop, or from the model of the letter before, has nobody waiting for it.
    if (capture.isRunning && each === capture.sink) {
      watched(detail);
    }
  });
  each.addEventListener('result', ({ detail }) => {
    if (capture.isRunning && each === capture.sink) {
      lesson.see({ result: detail });
      spelling.see(detail, performance.now());
    }
  });
  each.addEventListener('error', ({ detail }) => notices.show('error', 'The server could not look at a frame.', detail, { tone: 'wait' }));
  each.addEventListener('connection', () => each === capture.sink && !each.isConnected && forget());
}

spelling.addEventListener('ask', ({ detail: letter }) => {
  capture.sink = MOVING.has(letter) ? moving : still;
  lesson.ask(letter);
  capture.sink.ask(letter);
  capture.sink.connect();
});
spelling.addEventListener('start', () => picker.state === 'none' && picker.start());

picker.addEventListener('source', ({ detail: source }) => {
  byId('invitation').hidden = true;
  byId('stage').classList.remove('empty');
  byId('mirror').toggleAttribute('data-mirrored', Boolean(source.facesVisitor));
  capture.start(source);
  // What was seen in another source says nothing about this one.
  capture.sink.ask(lesson.letter);
  capture.sink.connect();
  forget();
});
picker.addEventListener('stop', () => {
  capture.stop();
  forget();
});

// Browsers that restore a form after a reload would show a source nobody started and a word nobody spells.
document.querySelectorAll('input[name="source"], input[name="practice"], input[name="letter"]').forEach((input) => (input.checked = input.defaultChecked));
byId('stage').classList.add('empty');
// No frames are taken in a hidden tab.
document.addEventListener('visibilitychange', () => document.hidden && spelling.interrupted());
// A page kept for the Back button must not keep the camera.
addEventListener('pagehide', () => picker.stop());
spelling.start();
state.show();
