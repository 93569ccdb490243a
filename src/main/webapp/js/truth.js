/** What is really to be seen in the built-in clip: the class of every pixel of every frame. */

import { paletteColor } from './messages.js';
import { pixels } from './mask.js';

/** The classes of the clip's world, and of the models trained on it, by id. */
export const WORLD = ['background', 'table', 'ball', 'cube', 'cylinder', 'cone', 'ring', 'book', 'cup'];

/** The sheets are drawn in these. */
export const WORLD_COLORS = WORLD.map((_, id) => paletteColor(id));

const FRAMES_A_SECOND = 25;
const SECONDS = 10;
export const FRAMES = FRAMES_A_SECOND * SECONDS;
const COLUMNS = 5;
/** A time is a multiple of the frame's length but for rounding. */
const GRACE = 0.1;

/**
 * @typedef {object} Known of one frame
 * @property {number} number from 0
 * @property {Uint8Array} ids classes of its 640×480 pixels
 */

/** Sheets of 5×5 frames in the colours of the classes, one for each second, held for this second and the next. */
export class Truth {
  /** @type {Map<number, Promise<ImageBitmap>>} by second */
  #sheets = new Map();

  /**
   * @param {number} position in the clip, in seconds
   * @returns {Promise<Known>}
   * @throws {Error} when the second's sheet cannot be had
   */
  async at(position) {
    const number = Math.floor(position * FRAMES_A_SECOND + GRACE) % FRAMES;
    const second = Math.floor(number / FRAMES_A_SECOND);
    const kept = [second, (second + 1) % SECONDS];
    const [sheet] = kept.map((each) => this.#sheet(each));
    [...this.#sheets.keys()].filter((each) => !kept.includes(each)).forEach((each) => this.#drop(each));
    return { number, ids: classesOf(await sheet, number % FRAMES_A_SECOND) };
  }

  close() {
    [...this.#sheets.keys()].forEach((second) => this.#drop(second));
  }

  #sheet(second) {
    if (!this.#sheets.has(second)) {
      const sheet = load(second);
      sheet.catch(() => {}); // It is told to whoever asks for a frame of this second.
      this.#sheets.set(second, sheet);
    }
    return this.#sheets.get(second);
  }

  #drop(second) {
    this.#sheets.get(second).then((sheet) => sheet.close(), () => {});
    this.#sheets.delete(second);
  }
}

/**
 * @param {ImageBitmap} sheet
 * @param {number} place of the frame, in reading order
 */
function classesOf(sheet, place) {
  const [width, height] = [sheet.width / COLUMNS, sheet.height / COLUMNS];
  const [x, y] = [(place % COLUMNS) * width, Math.floor(place / COLUMNS) * height];
  const data = pixels(width, height, (context) => context.drawImage(sheet, x, y, width, height, 0, 0, width, height));
  const ids = new Uint8Array(width * height);
  for (let at = 0; at < ids.length; at++) {
    // The highest bits of the palette's colours are those of the id.
    const red = data[4 * at];
    const green = data[4 * at + 1];
    const blue = data[4 * at + 2];
    ids[at] = (red >> 7) | ((green >> 7) << 1) | ((blue >> 7) << 2) | (((red >> 6) & 1) << 3);
  }
  return ids;
}

/** @param {number} second */
async function load(second) {
  const answer = await fetch(new URL(`../samples/world-truth-${second}.png`, import.meta.url));
  if (!answer.ok) {
    throw new Error(`${answer.url}: ${answer.status}`);
  }
  return createImageBitmap(await answer.blob(), { colorSpaceConversion: 'none' });
}
