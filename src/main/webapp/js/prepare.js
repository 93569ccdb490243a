/** An STL file of the visitor's own: what it holds, whether it can be printed, and what this server makes of it. */

import { download } from './files.js';
import { prepare } from './studio-requests.js';

const counted = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const byId = (id) => document.getElementById(id);
const isOrNot = (is) => (is ? 'yes' : 'no');

/** @type {[string, (analysis: import('./studio-requests.js').MeshAnalysis) => string][]} */
const FIGURES = [
  ['Size', ({ bounding_box: { size } }) => `${size.map((length) => counted.format(length)).join(' × ')} mm`],
  ['Volume', ({ volume, is_watertight: isClosed }) => (isClosed ? `${counted.format(volume)} mm³` : 'none, because it is open')],
  ['Surface', ({ surface_area: area }) => `${counted.format(area)} mm²`],
  ['Triangles', ({ face_count: count }) => counted.format(count)],
  ['Vertices', ({ vertex_count: count }) => counted.format(count)],
  ['Closed', ({ is_watertight: isClosed, holes_count: holes }) => isOrNot(isClosed) + (holes ? `, ${counted.format(holes)} ${holes === 1 ? 'hole' : 'holes'}` : '')],
  ['Oriented alike', ({ is_manifold: isManifold }) => isOrNot(isManifold)],
  ['Empty triangles', ({ degenerate_faces: count }) => counted.format(count)],
  ['Quality', ({ quality_score: score }) => `${counted.format(score)} of 100`],
  ['Printable', ({ printability_score: score }) => `${counted.format(score)} of 100`],
];

/** What each operation did, in words. */
const REPORTS = {
  repair: ({ repair_report: { initial_quality: before, final_quality: after } }) => `Quality ${counted.format(before)} before, ${counted.format(after)} now.`,
  optimize: ({ optimization_report: { stages: { print_optimization: { printer, final_size_mm: size, estimated_print_time_hours: hours, estimated_resin_ml: resin, supports_needed: supports } } } }) =>
    `For a ${printer}: ${size.map((length) => counted.format(length)).join(' × ')} mm, about ${counted.format(hours)} h and ${counted.format(resin)} ml of resin, ${supports ? 'with' : 'without'} supports.`,
  simplify: ({ simplification_report: { initial_faces: before, final_faces: after, quality_preserved: kept } }) =>
    `${counted.format(before)} triangles before, ${counted.format(after)} now${kept === undefined || kept === null ? '' : `; ${counted.format(kept)} % of the volume kept`}.`,
};

/**
 * Events: `doing` (detail: words), `analysed` (detail: File), `prepared` (detail: {id, file}, what a model can be shown from), `fault` (detail: {title,
 * text}).
 */
export class Prepare extends EventTarget {
  /** @type {?File} */
  #file = null;
  /** @type {?File} what is analysed now, or was last */
  #asked = null;
  /** @type {?HTMLElement} had the focus when what goes on began */
  #from = null;

  constructor() {
    super();
    byId('repair').addEventListener('click', () => this.#make('repair', 'Repairing'));
    byId('optimize').addEventListener('click', () => this.#make('optimize', 'Fitting the printer'));
    byId('simplify').addEventListener('click', () => {
      const kept = byId('kept');
      if (kept.reportValidity()) {
        this.#make('simplify', 'Simplifying', { target_reduction: 1 - kept.valueAsNumber / 100 });
      }
    });
    byId('kept').value = byId('kept').defaultValue;
  }

  /** @param {File} file */
  async analyse(file) {
    this.#file = null;
    byId('stl-name').textContent = file.name;
    byId('analysed').hidden = true;
    byId('prepared').replaceChildren();
    byId('prepare-note').textContent = `${file.name} is being looked at.`;
    this.#asked = file;
    const answer = await this.#ask('analyze', file, 'Analysing');
    if (this.#asked !== file) {
      // Another one was chosen meanwhile.
    } else if (answer) {
      this.#file = file;
      this.#show(answer.analysis, file.name);
      this.#told('analysed', file);
    } else {
      byId('prepare-note').textContent = `${file.name} could not be read.`;
    }
  }

  /** @param {boolean} isBusy something is made meanwhile */
  set busy(isBusy) {
    this.#from = isBusy ? document.activeElement : this.#from;
    ['repair', 'optimize', 'simplify'].forEach((id) => (byId(id).disabled = isBusy));
    // A button that is disabled loses the focus.
    if (!isBusy && document.activeElement === document.body) {
      this.#from?.focus({ preventScroll: true });
    }
  }

  /** Nothing that is still to come of a file is of interest. */
  leave() {
    this.#asked = null;
  }

  async #make(operation, words, fields) {
    const of = this.#asked;
    const answer = await this.#ask(operation, this.#file, words, fields);
    if (answer && this.#asked === of) {
      const { job_id: id, output_file: file, download_url: address } = answer;
      const entry = download(`Download ${file}`, address);
      entry.append(Object.assign(document.createElement('span'), { className: 'quiet', textContent: REPORTS[operation](answer) }));
      byId('prepared').prepend(entry);
      this.#told('prepared', { id, file });
    }
  }

  async #ask(operation, file, words, fields) {
    this.#told('doing', words);
    try {
      return await prepare(operation, file, fields);
    } catch ({ message }) {
      this.#told('fault', { title: 'The STL file was not taken.', text: message });
      return null;
    }
  }

  /** @param {import('./studio-requests.js').MeshAnalysis} analysis @param {string} name */
  #show(analysis, name) {
    byId('prepare-note').textContent = name;
    byId('analysis').replaceChildren(...FIGURES.map(([term, words]) => {
      const row = document.createElement('tr');
      row.append(Object.assign(cell('th', term), { scope: 'row' }), cell('td', words(analysis)));
      return row;
    }));
    byId('advice').hidden = analysis.recommended_actions.length === 0;
    byId('advice-list').replaceChildren(...analysis.recommended_actions.map((action) => cell('li', action)));
    byId('analysed').hidden = false;
  }

  #told(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** @param {string} name @param {string} text */
function cell(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
