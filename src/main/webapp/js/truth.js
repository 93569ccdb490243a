/** What is really to be seen in the built-in clip: the class of every pixel of every frame. */

/** The classes of the clip's world, and of the models trained on it, by id. */
export const WORLD = ['background', 'table', 'ball', 'cube', 'cylinder', 'cone', 'ring', 'book', 'cup'];

const FRAMES_A_SECOND = 25;
const SECONDS = 10;
const COLUMNS = 5;
/** A time is a multiple of the frame's length but for rounding. */
const GRACE = 0.1;

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
    const number = Math.floor(position * FRAMES_A_SECOND + GRACE) % (FRAMES_A_SECOND * SECONDS);
    const second = Math.floor(number / FRAMES_A_SECOND);
    const kept = [second, (second + 1) % SECONDS];
    const [sheet] = kept.map((each) => this.#sheet(each));
    [...this.#sheets.keys()].filter((each) => !kept.includes(each)).forEach((each) => this.#drop(each));
    return new Known(await sheet, number);
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

/** The classes of one frame. */
class Known {
  /**
   * @param {ImageBitmap} sheet
   * @param {number} number of the frame, from 0
   */
  constructor(sheet, number) {
    this.sheet = sheet;
    this.number = number;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  paint(context, width, height) {
    const place = this.number % FRAMES_A_SECOND;
    const [tileWidth, tileHeight] = [this.sheet.width / COLUMNS, this.sheet.height / COLUMNS];
    const [x, y] = [place % COLUMNS, Math.floor(place / COLUMNS)];
    context.imageSmoothingEnabled = false;
    context.drawImage(this.sheet, x * tileWidth, y * tileHeight, tileWidth, tileHeight, 0, 0, width, height);
  }
}

/** @param {number} second */
async function load(second) {
  const answer = await fetch(new URL(`../samples/world-truth-${second}.png`, import.meta.url));
  if (!answer.ok) {
    throw new Error(`${answer.url}: ${answer.status}`);
  }
  return createImageBitmap(await answer.blob(), { colorSpaceConversion: 'none' });
}
