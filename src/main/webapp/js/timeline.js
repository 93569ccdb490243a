/** Where both fencers' front feet were, over time, with what happened to them; and where the video stands. */

import { capitalised } from './decision.js';
import { Plot, runs } from './plot.js';

const SIDES = ['left', 'right'];

/**
 * @typedef {import('./decision.js').Result} Result
 */

export class Timeline {
  /** @type {?Result} */
  #result = null;
  /** @type {?Plot} */
  #plot = null;

  /**
   * @param {SVGSVGElement} svg
   * @param {HTMLVideoElement} video
   */
  constructor(svg, video) {
    Object.assign(this, { svg, video });
    new ResizeObserver(() => this.#draw()).observe(svg);
    const seek = (event) => event.buttons & 1 && this.#seek(event);
    svg.addEventListener('pointerdown', (event) => {
      svg.setPointerCapture(event.pointerId);
      seek(event);
    });
    svg.addEventListener('pointermove', seek);
    this.#follow();
  }

  /** @param {Result} result with tracks */
  show(result) {
    this.#result = result;
    this.#draw();
  }

  clear() {
    this.#result = this.#plot = null;
    this.svg.replaceChildren();
  }

  #seek(event) {
    if (this.#plot) {
      const x = event.clientX - this.svg.getBoundingClientRect().left;
      this.video.pause();
      this.video.currentTime = this.#plot.secondsAt(x);
      this.#point();
    }
  }

  /** Every frame of the display: a video's own events are four a second. */
  #follow() {
    this.#point();
    requestAnimationFrame(() => this.#follow());
  }

  #point() {
    const plot = this.#plot;
    if (plot) {
      const { fps, ...tracks } = this.#result.tracks;
      const seconds = Math.min(this.video.currentTime, plot.seconds);
      const x = plot.x(seconds);
      plot.cursor.setAttribute('transform', `translate(${x} 0)`);
      SIDES.forEach((side, index) => {
        const place = tracks[side][Math.min(tracks[side].length - 1, Math.round(seconds * fps))];
        const dot = plot.cursor.children[index + 1];
        dot.setAttribute('visibility', typeof place === 'number' ? 'visible' : 'hidden');
        dot.setAttribute('cy', typeof place === 'number' ? plot.y(place) : 0);
      });
    }
  }

  #draw() {
    const { svg } = this;
    if (!this.#result || svg.clientWidth === 0) {
      return;
    }
    const { tracks, phrase, decision } = this.#result;
    const places = [...tracks.left, ...tracks.right].filter((place) => typeof place === 'number');
    const plot = new Plot(svg, tracks.left.length / tracks.fps, places);
    plot.grid();
    SIDES.forEach((side) => this.#lane(plot, side));
    this.#events(plot, phrase);
    SIDES.forEach((side) => {
      const points = tracks[side].map((place, frame) => (typeof place === 'number' ? [frame / tracks.fps, place] : null));
      runs(points).forEach((run) => plot.line(run, `way ${side}`));
      const first = points.find((point) => point);
      if (first) {
        plot.label(first[0], first[1], capitalised(side), side);
      }
    });
    decision.moments.forEach(({ time, side, what }, index) => {
      const place = nearest(tracks[side], time * tracks.fps);
      if (place !== null) {
        plot.badge(time, place, index + 1, side, `${capitalised(side)} ${what}, ${time.toFixed(2)} s`);
      }
    });
    plot.addCursor(SIDES);
    plot.describe('Movement of both fencers', summary(this.#result));
    this.#plot = plot;
    this.#point();
  }

  /** When a fencer paused or retreated, below the ways. */
  #lane(plot, side) {
    plot.lane(side, capitalised(side));
    const { fps } = this.#result.tracks;
    for (const { start_frame: from, end_frame: to, is_retreat: isRetreat } of this.#result[`${side}_pauses`]) {
      const title = `${capitalised(side)} ${isRetreat ? 'retreats' : 'pauses'}, ${(from / fps).toFixed(2)} to ${((to + 1) / fps).toFixed(2)} s`;
      plot.span(side, from / fps, (to + 1) / fps, isRetreat ? 'retreat' : 'pause', title);
    }
  }

  #events(plot, { blade_contacts: contacts, simultaneous_hit_time: hit, lockout_start: lockout }) {
    if (typeof lockout === 'number') {
      plot.mark(lockout, 'lockout', '', `Lock-out begins, ${lockout.toFixed(2)} s`);
    }
    contacts.forEach(({ time }) => plot.mark(time, 'contact', 'Blades', `Blade contact, ${time.toFixed(2)} s`, 'end'));
    if (typeof hit === 'number') {
      plot.mark(hit, 'hit', 'Hit', `Hit, ${hit.toFixed(2)} s`);
    }
  }
}

/** @param {(number|null)[]} track @param {number} at frame, which may lie between two */
function nearest(track, at) {
  const seen = track.map((place, frame) => [place, Math.abs(frame - at)]).filter(([place]) => typeof place === 'number');
  return seen.length ? seen.reduce((best, next) => (next[1] < best[1] ? next : best))[0] : null;
}

/** @param {Result} result in a sentence or two, for who does not see it */
function summary({ tracks, phrase, decision }) {
  const ways = SIDES.map((side) => {
    const seen = tracks[side].filter((place) => typeof place === 'number');
    return seen.length ? `${capitalised(side)} from ${seen[0].toFixed(1)} m to ${seen.at(-1).toFixed(1)} m along the piste.` : `${capitalised(side)} is not seen.`;
  });
  const hit = typeof phrase.simultaneous_hit_time === 'number' ? ` The lamps at ${phrase.simultaneous_hit_time.toFixed(2)} s.` : '';
  const moments = decision.moments.map(({ time, side, what }) => `${capitalised(side)} ${what} at ${time.toFixed(2)} s`).join('; ');
  return `${ways.join(' ')}${hit} ${moments}. All of it is in the table below.`;
}
