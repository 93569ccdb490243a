/** What was pressed while a phrase was recorded, and the file that a scoring box would have written about it. */

/**
 * @typedef {'left'|'right'|'both'|'contact'} Pressed a lamp, both together, or blade on blade
 *
 * @typedef {object} Press
 * @property {number} seconds from the first frame
 * @property {Pressed} what
 */

/** @type {Record<Pressed, string>} */
export const PRESSED_WORDS = { left: 'Left lamp', right: 'Right lamp', both: 'Both lamps', contact: 'Blade contact' };

const LINES = {
  left: 'HIT: Left scores on Right!',
  right: 'HIT: Right scores on Left!',
  both: 'HIT: Simultaneous valid hits!',
  contact: 'Off-Target: Blade-to-blade contact.',
};

/**
 * @param {Press[]} presses
 * @returns {'none'|'left'|'right'|'both'} whose lamps are on
 */
export function lampsOn(presses) {
  const on = (side) => presses.some(({ what }) => what === side || what === 'both');
  if (on('left') && on('right')) {
    return 'both';
  }
  return on('left') ? 'left' : on('right') ? 'right' : 'none';
}

/**
 * In the grammar of the protocol, where fencer 1 is the right one. A hand on a button knows no lock-out, so none is claimed.
 *
 * @param {Press[]} presses in their order
 * @param {number} seconds how long was recorded
 * @returns {string}
 */
export function signalText(presses, seconds) {
  const lamps = lampsOn(presses);
  const lines = presses.map(({ seconds: at, what }) => timed(at, LINES[what]));
  if (lamps === 'both' && !presses.some(({ what }) => what === 'both')) {
    // The second hand is as late as the finger on it; the phrase was over with the first lamp.
    const first = presses.find(({ what }) => what !== 'contact');
    lines.push(timed(first.seconds, LINES.both));
  }
  const score = (side) => (lamps === side || lamps === 'both' ? 'HIT' : 'MISS');
  return [
    timed(0, 'Phrase recording started'),
    ...lines,
    timed(seconds, 'Phrase recording ended'),
    `Scores -> Fencer 1: ${score('right')}, Fencer 2: ${score('left')}`,
    '',
  ].join('\n');
}

/**
 * @param {number} seconds
 * @param {string} text
 */
function timed(seconds, text) {
  return `${seconds.toFixed(3).padStart(6)}s | ${text}`;
}
