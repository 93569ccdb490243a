/** The American manual alphabet in words. */

/** How a letter is shown, for whoever wants more than the drawing, or cannot see it. */
export const SHAPES = {
  A: 'A fist, the thumb upright beside it.',
  B: 'Four fingers straight up side by side, the thumb across the palm.',
  C: 'Fingers and thumb bent to a C, seen from the side.',
  D: 'The index finger up; the others meet the thumb in a ring.',
  E: 'All fingertips bent down onto the thumb, which lies across the palm.',
  F: 'Thumb and index finger make a ring; the other three stand up, spread.',
  G: 'Index finger and thumb point sideways, one above the other, the back of the hand ahead.',
  H: 'Index and middle finger point sideways side by side, the back of the hand ahead.',
  I: 'A fist, the little finger up.',
  J: 'The little finger up: it draws a J, down and round, as the hand turns.',
  K: 'The index finger up, the middle finger leaning ahead, the thumb between the two.',
  L: 'Index finger up, thumb out: an L.',
  M: 'A fist, the thumb under three fingers.',
  N: 'A fist, the thumb under two fingers.',
  O: 'All fingertips meet the thumb: an O, seen from the side.',
  P: 'As K, but pointing down.',
  Q: 'As G, but pointing down.',
  R: 'Index and middle finger up and crossed.',
  S: 'A fist, the thumb across the front of it.',
  T: 'A fist, the thumb between index and middle finger.',
  U: 'Index and middle finger up, side by side.',
  V: 'Index and middle finger up, apart.',
  W: 'Index, middle and ring finger up, apart; the thumb holds the little finger.',
  X: 'A fist, the index finger up and bent to a hook.',
  Y: 'Thumb and little finger out, the other three folded.',
  Z: 'The index finger draws a Z in the air.',
};

export const LETTERS = Object.keys(SHAPES);

/** Letters that are movements: one frame does not show them. */
export const MOVING = new Set(['J', 'Z']);

/** @param {string} letter as one says it: “an F”, “a U” */
export function withArticle(letter) {
  return `${'AEFHILMNORSX'.includes(letter) ? 'an' : 'a'} ${letter}`;
}

/**
 * @param {string} text
 * @returns {string} its letters A to Z, in capitals and without their accents; the rest cannot be asked for
 */
export function lettersOf(text) {
  return text.normalize('NFD').toUpperCase().replace(/[^A-Z]/g, '');
}
