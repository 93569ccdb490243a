/** The figures of the recognition, written twice a second, and the clip that fills. */

import { figure, millis } from './numbers.js';
import { Rate } from './rate.js';
import { CLIP_FRAMES } from './signs.js';

const EVERY_MILLIS = 500;
const SECOND_MILLIS = 1_000;
const byId = (id) => document.getElementById(id);

export class Pulse {
  #sent = new Rate();
  #predictions = new Rate();
  #skipped = 0;
  /** @type {?import('./signs.js').Receipt} newest */
  #receipt = null;
  /** When the newest recognition was first told of. */
  #recognisedAt = 0;
  #gathered = 0;

  constructor() {
    byId('clip-cells').append(...Array.from({ length: CLIP_FRAMES }, () => document.createElement('span')));
    setInterval(() => this.#write(), EVERY_MILLIS);
    this.#write();
    this.gathered(0);
  }

  /** A frame was sent. */
  sent() {
    this.#sent.count(performance.now());
  }

  /** A frame was due, but too many were unanswered. */
  skipped() {
    this.#skipped++;
  }

  /** @param {import('./signs.js').Prediction} prediction */
  predicted({ receipt }) {
    const now = performance.now();
    this.#predictions.count(now);
    if (receipt?.recognition?.number !== this.#receipt?.recognition?.number) {
      this.#recognisedAt = now;
    }
    this.#receipt = receipt ?? null;
  }

  /** Nothing that was counted on the last connection stands for this one. */
  begin() {
    this.#receipt = null;
    this.#skipped = 0;
    this.#write();
  }

  /** @param {number} frames of the clip that are there */
  gathered(frames) {
    if (frames === this.#gathered && byId('clip-count').textContent) {
      return;
    }
    this.#gathered = frames;
    const words = `${frames} of ${CLIP_FRAMES}`;
    byId('clip-count').textContent = words;
    byId('clip').ariaValueNow = String(frames);
    byId('clip').ariaValueText = `${words} frames`;
    [...byId('clip-cells').children].forEach((cell, at) => cell.toggleAttribute('data-full', at < frames));
  }

  #write() {
    const now = performance.now();
    const { recognition = null, frames_dropped: dropped = 0 } = this.#receipt ?? {};
    figure(byId('sent'), inTenths(this.#sent.perSecond(now)), '');
    figure(byId('predictions'), inTenths(this.#predictions.perSecond(now)), '');
    figure(byId('age'), ...age(recognition && now - this.#recognisedAt));
    figure(byId('delay'), millis(recognition?.age_ms), 'ms');
    figure(byId('inference'), millis(recognition?.inference_ms), recognition ? `ms on ${recognition.provider}` : '');
    figure(byId('dropped'), String(this.#skipped + dropped), '');
  }
}

/** @param {?number} value */
function inTenths(value) {
  return value?.toFixed(1);
}

/**
 * @param {?number} value in milliseconds
 * @returns {[string|undefined, string]}
 */
function age(value) {
  if (value === null) {
    return [undefined, ''];
  }
  return value < SECOND_MILLIS ? [value.toFixed(0), 'ms ago'] : [(value / SECOND_MILLIS).toFixed(1), 's ago'];
}
