/** The timeline as a table: where both fencers were every quarter of a second, and what happened until the next. */

import { capitalised } from './decision.js';

const EVERY_SECONDS = 0.25;

/**
 * @param {HTMLTableElement} table whose body is filled
 * @param {import('./decision.js').Result} result with tracks
 */
export function fillTable(table, result) {
  const { tracks } = result;
  const happened = events(result);
  const rows = [];
  for (let at = 0; at < tracks.left.length / tracks.fps; at += EVERY_SECONDS) {
    const frame = Math.round(at * tracks.fps);
    const now = happened.filter(({ time }) => time >= at && time < at + EVERY_SECONDS);
    const words = now.sort((one, other) => one.time - other.time).map(({ time, what }) => `${time.toFixed(2)} s ${what}`);
    rows.push(row(`${at.toFixed(2)} s`, metres(tracks.left[frame]), metres(tracks.right[frame]), words.join('; ')));
  }
  table.tBodies[0].replaceChildren(...rows);
}

/** @param {import('./decision.js').Result} result */
function events(result) {
  const { phrase, decision, tracks } = result;
  const found = decision.moments.map(({ time, side, what }) => ({ time, what: `${capitalised(side)} ${what}` }));
  phrase.blade_contacts.forEach(({ time }) => found.push({ time, what: 'blade contact' }));
  for (const [time, what] of [[phrase.simultaneous_hit_time, 'lamps'], [phrase.lockout_start, 'lock-out begins']]) {
    if (typeof time === 'number') {
      found.push({ time, what });
    }
  }
  for (const side of ['left', 'right']) {
    for (const { start_frame: from, end_frame: to, is_retreat: isRetreat } of result[`${side}_pauses`]) {
      const until = ((to + 1) / tracks.fps).toFixed(2);
      found.push({ time: from / tracks.fps, what: `${capitalised(side)} ${isRetreat ? 'retreats' : 'pauses'} until ${until} s` });
    }
  }
  return found;
}

/** @param {number|null|undefined} place */
function metres(place) {
  return typeof place === 'number' ? `${place.toFixed(2)} m` : 'not seen';
}

/** @param {...string} cells of which the first names the row */
function row(...cells) {
  const element = document.createElement('tr');
  element.append(...cells.map((text, index) => {
    const cell = document.createElement(index ? 'td' : 'th');
    cell.textContent = text;
    if (!index) {
      cell.scope = 'row';
    }
    return cell;
  }));
  return element;
}
