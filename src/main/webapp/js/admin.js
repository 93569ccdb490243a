/** The operator's console: signs in where nobody is, opens the view that the address names, keeps all of them up to date. */

import { Account } from './admin-account.js';
import { Feed } from './admin-feed.js';
import { JobList } from './admin-jobs.js';
import { Keys } from './admin-keys.js';
import { Models } from './admin-models.js';
import { Overview } from './admin-overview.js';
import { byId } from './admin-parts.js';
import { Audit, Problems } from './admin-problems.js';
import { session, signIn } from './admin-requests.js';
import { SettingsView } from './admin-settings.js';
import { Streams } from './admin-streams.js';
import { Try } from './admin-try.js';
import { Notices } from './notices.js';

const TOLD_MILLIS = 6_000;
const UNAUTHORIZED = 401;
const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });
const notices = new Notices(byId('notices'));

/** What became of what the operator asked for. */
export class Said {
  #timer = 0;

  /** @param {string} words stand for a few seconds */
  tell(words) {
    clearTimeout(this.#timer);
    byId('told').textContent = words;
    this.#timer = setTimeout(() => (byId('told').textContent = ''), TOLD_MILLIS);
  }

  /** @param {string} failure what is so where the step fails @param {() => Promise<void>} step */
  async attempt(failure, step) {
    try {
      await step();
      notices.clear(failure);
    } catch (fault) {
      notices.show(failure, failure, fault.message);
      byId('notices').scrollIntoView({ block: 'nearest' });
    }
  }

  /** @param {string} failure @param {() => Promise<string>} step returns what is to be told */
  done(failure, step) {
    return this.attempt(failure, async () => this.tell(await step()));
  }
}

const feed = new Feed();
const said = new Said();

/** Where the browser has not been told who it is there is nothing to show. */
async function begin() {
  try {
    const signedIn = await session();
    if (signedIn.role !== 'operator') {
      signIn();
      return;
    }
    new Account(signedIn, said);
  } catch ({ status, message }) {
    if (status === UNAUTHORIZED) {
      signIn();
    } else {
      say('bad', 'Not connected');
      notices.show('start', 'The console could not be opened.', message, { action: 'Try again', onAction: begin });
    }
    return;
  }
  const views = {
    overview: new Overview(feed),
    models: new Models(feed, said, new Try()),
    streams: new Streams(feed, said),
    jobs: new JobList(feed, said),
    keys: new Keys(said),
    settings: new SettingsView(said),
    problems: new Problems(feed),
    audit: new Audit(said),
  };
  document.querySelectorAll('dialog [data-close]').forEach((button) =>
    button.addEventListener('click', () => button.closest('dialog').close()));
  addEventListener('hashchange', () => open(views, true));
  feed.addEventListener('connection', ({ detail }) => (detail ? connected(views) : lost()));
  open(views, false);
  feed.open();
}

/** @param {Record<string, {load: () => Promise<void>}>} views @param {boolean} isAsked the operator came from another one */
function open(views, isAsked) {
  const wanted = location.hash.slice(1);
  // Whatever else the address may name, such as the content that keyboards skip to, is on the view that is open.
  if (isAsked && !(wanted in views)) {
    return;
  }
  const name = wanted in views ? wanted : 'overview';
  for (const each of Object.keys(views)) {
    byId(each).hidden = each !== name;
  }
  document.querySelectorAll('.sections a').forEach((link) =>
    (link.hash === `#${name}` ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current')));
  document.querySelector('.sections [aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' });
  const title = byId(name).querySelector('h2');
  document.title = `Osprey: ${title.textContent.toLowerCase()}`;
  if (isAsked) {
    title.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  load(name, views[name]);
}

function load(name, view) {
  return said.attempt(`${byId(name).querySelector('h2').textContent} could not be read.`, () => view.load());
}

function connected(views) {
  say('good', 'Live');
  // Most of it is told anew; the view that is looked at may have missed something else.
  if (document.body.classList.contains('stale')) {
    notices.clear('connection');
    document.body.classList.remove('stale');
    Object.entries(views).filter(([name]) => !byId(name).hidden).forEach(([name, view]) => load(name, view));
  }
}

function lost() {
  say('wait', 'Reconnecting…');
  document.body.classList.add('stale');
  notices.show('connection', 'No connection to the server.', `What is shown is from ${clock.format(new Date())}. The console comes back by itself.`, { tone: 'wait' });
}

function say(tone, words) {
  byId('state').dataset.tone = tone;
  byId('status').textContent = words;
}

begin();
