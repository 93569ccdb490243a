/** Wires the studio's page: what is to be worked on to the server's jobs, their results to the easel, and the gallery of all. */

import { Easel } from './easel.js';
import { Gallery } from './gallery.js';
import { find } from './jobs.js';
import { Material } from './material.js';
import { ModelView } from './model-view.js';
import { Notices } from './notices.js';
import { Prepare } from './prepare.js';
import { State } from './state.js';
import { StudioStream } from './studio-stream.js';
import { bytesOf, shown } from './studio-requests.js';
import { Workbench } from './workbench.js';
import { PICTURE } from './works.js';

const byId = (id) => document.getElementById(id);
const notices = new Notices(byId('notices'));
const stream = new StudioStream(new URL('socket.io/?EIO=4&transport=websocket', document.baseURI));
const easel = new Easel();
const view = new ModelView(easel);
const bench = new Workbench(stream, easel, view, notices);
const material = new Material();
const prepare = new Prepare();
const gallery = new Gallery();

/** @type {import('./words.js').Frames['otherwise']} */
let doing;

const state = new State({
  notices,
  // No frames are sent from this page.
  picker: Object.assign(new EventTarget(), { state: 'none' }),
  connect: () => stream.connect(),
  sink: () => stream,
  frames: () => ({ answering: false, answered: false, otherwise: doing }),
});

/** @param {?import('./words.js').Frames['otherwise']} now nothing where nothing goes on */
function does(now) {
  doing = now ?? undefined;
  state.show();
}

/** @param {import('./jobs.js').Job} job with its parameters */
async function open(job) {
  material.pick(job.kind === PICTURE ? 'prompt' : 'picture');
  history.replaceState(null, '', `#${job.id}`);
  gallery.mark(job.id);
  await bench.open(job);
}

/** Opens the work that the address names. */
async function look() {
  const id = location.hash.slice(1);
  if (id && !bench.isBusy) {
    try {
      await open(await find(id));
    } catch ({ message }) {
      notices.show('work', 'It could not be opened.', message);
    }
  }
}

/** @param {() => void} step that begins something new: the address names what was looked at before */
function begin(step) {
  if (!bench.isBusy) {
    history.replaceState(null, '', location.pathname);
    gallery.mark('');
    notices.clear('source', 'stl');
    step();
  } else {
    notices.show('busy', 'Something is being made.', 'Let it end, or cancel it, before something else is begun.', { tone: 'wait' });
  }
}

/** @param {Promise<ArrayBuffer>} file that was analysed or prepared */
async function draw(file) {
  try {
    await view.show(await file, 'stl', 'z');
    does({ tone: 'good', text: 'STL file ready' });
  } catch ({ message }) {
    notices.show('stl', 'The STL file cannot be drawn.', message);
    does({ tone: 'bad', text: 'Not done' });
  }
  prepare.busy = false;
}

material.addEventListener('picture', ({ detail }) => begin(() => bench.take(detail)));
material.addEventListener('prompt', ({ detail }) => begin(() => bench.imagine(detail)));
material.addEventListener('stl', ({ detail }) => begin(() => {
  bench.clear();
  prepare.analyse(detail);
}));
material.addEventListener('fault', ({ detail }) => notices.show('source', detail.message, detail.advice));
material.addEventListener('source', ({ detail: kind }) => {
  const isStl = kind === 'stl';
  if (byId('prepare').hidden === isStl && !bench.isBusy) {
    prepare.leave();
    bench.clear();
  }
  byId('prepare').hidden = !isStl;
  byId('model-form').hidden = isStl;
});

bench.addEventListener('doing', ({ detail }) => does(detail));
bench.addEventListener('busy', ({ detail }) => {
  material.busy = detail;
  notices.clear('busy');
});
bench.addEventListener('changed', () => gallery.load());

prepare.addEventListener('doing', ({ detail }) => {
  prepare.busy = true;
  notices.clear('stl');
  does({ tone: 'wait', text: detail });
});
prepare.addEventListener('analysed', ({ detail }) => draw(detail.arrayBuffer()));
prepare.addEventListener('prepared', ({ detail: { id, file } }) => draw(bytesOf(shown(id, file))));
prepare.addEventListener('fault', ({ detail: { title, text } }) => {
  prepare.busy = false;
  notices.show('stl', title, text);
  does({ tone: 'bad', text: 'Not done' });
});

gallery.addEventListener('open', ({ detail }) => begin(() => open(detail)));
gallery.addEventListener('retry', ({ detail: { kind, parameters } }) => begin(() => {
  if (kind === PICTURE) {
    material.pick('prompt');
    material.prompt.fill(parameters);
    bench.imagine(parameters);
  } else {
    material.pick('picture');
    bench.form.fill(parameters);
    bench.make(parameters, parameters.job_id);
  }
}));
gallery.addEventListener('refused', ({ detail }) => notices.show('refused', 'The server did not do that.', detail));
gallery.addEventListener('gone', ({ detail }) => {
  if (detail.jobs.some(({ id }) => id === gallery.opened)) {
    begin(() => bench.clear());
  }
});

byId('try-sample').addEventListener('click', () => material.trySample('cup'));
byId('write-prompt').addEventListener('click', () => {
  material.pick('prompt');
  byId('prompt').focus();
});
addEventListener('hashchange', look);
document.addEventListener('visibilitychange', () => document.hidden || gallery.load());

state.show();
state.watch(stream);
stream.connect();
gallery.load();
look();
