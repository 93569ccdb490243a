/** What was decided and why. */

/**
 * @typedef {object} Moment
 * @property {number} time in seconds of the video
 * @property {'left'|'right'} side
 * @property {string} what
 *
 * @typedef {object} Pause
 * @property {number} start_frame
 * @property {number} end_frame
 * @property {boolean} is_retreat
 *
 * @typedef {object} Result names are the protocol's
 * @property {'success'|'skipped'} status
 * @property {string} reason
 * @property {{winner: 'left'|'right', reason: string, rule: string, action: string, confidence: number, moments: Moment[]}} [decision]
 * @property {{simultaneous_hit_time: ?number, blade_contacts: {time: number}[], lockout_start: ?number, declared_winner: string}} phrase
 * @property {{fps: number, left: (number|null)[], right: (number|null)[]}} [tracks] front feet along the piste in metres, per frame
 * @property {Pause[]} [left_pauses]
 * @property {Pause[]} [right_pauses]
 * @property {number} processing_time in seconds
 * @property {number} [frames_processed]
 */

const RULES = {
  priority: 'priority: who came forward, and who stopped',
  classic: 'classic: whose first pause began later',
};
const byId = (id) => document.getElementById(id);

/** @param {string} word */
export const capitalised = (word) => word.charAt(0).toUpperCase() + word.slice(1);

export class Decision {
  /** @param {(seconds: number) => void} seek shows that moment in the video */
  constructor(seek) {
    byId('moments').addEventListener('click', ({ target }) => {
      const moment = target.closest('[data-seconds]');
      if (moment) {
        seek(Number(moment.dataset.seconds));
      }
    });
  }

  /** @param {import('./bouts.js').Bout} bout with a result */
  show(bout) {
    const { result } = bout;
    const { decision } = result;
    byId('decision').hidden = false;
    byId('decision').dataset.winner = decision?.winner ?? 'none';
    byId('winner').textContent = decision ? capitalised(decision.winner) : 'No decision';
    byId('action').textContent = decision ? capitalised(decision.action) : '';
    byId('reason').textContent = decision?.reason ?? result.reason;
    byId('why').replaceChildren(...facts(result).flatMap(([term, text]) => [element('dt', term), element('dd', text)]));
    byId('moments').replaceChildren(...(decision?.moments ?? []).map(moment));
    byId('moments-card').hidden = !decision?.moments.length;
    const files = bout.artifacts.map(({ name, url }) => Object.assign(element('a', fileWords(name)), { href: `${url}?download`, download: '' }));
    byId('files').replaceChildren(...files);
  }

  hide() {
    byId('decision').hidden = true;
    byId('moments-card').hidden = true;
  }
}

/**
 * @param {Result} result
 * @returns {[string, string][]} term and text
 */
function facts({ decision, phrase, processing_time: seconds, frames_processed: frames, frames_skipped: skipped }) {
  const facts = [];
  if (decision) {
    // Half is what a coin is worth, and what a rule says that does not say.
    facts.push(['Confidence', decision.confidence > 0.5 ? `${Math.round(100 * decision.confidence)} %` : 'not told']);
    facts.push(['Rule', RULES[decision.rule] ?? decision.rule]);
  }
  if (phrase.declared_winner !== 'unknown') {
    const agrees = decision ? (decision.winner === phrase.declared_winner ? ', as decided here' : ', other than decided here') : '';
    facts.push(['In the signal file', `${capitalised(phrase.declared_winner)}${agrees}`]);
  }
  if (frames) {
    facts.push(['Looked at', `${frames} frames in ${seconds.toFixed(1)} s${skipped ? `; ${skipped} could not be read` : ''}`]);
  }
  return facts;
}

/**
 * @param {Moment} told
 * @param {number} index
 */
function moment({ time, side, what }, index) {
  const entry = document.createElement('li');
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'moment' });
  Object.assign(button.dataset, { seconds: time, side });
  button.append(element('i', String(index + 1)), element('span', `${time.toFixed(2)} s`), element('b', `${capitalised(side)} ${what}`));
  entry.append(button);
  return entry;
}

function fileWords(name) {
  return { 'overlay.mp4': 'Overlay video', 'streamed_video.mp4': 'Recorded video', 'signal.txt': 'Signal', 'analysis_result.json': 'Result as JSON' }[name] ?? name;
}

/**
 * @param {string} name
 * @param {string} text
 */
function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
