/** The models of the repository: what is served, and loading, swapping, warming and unloading it. */

import { Rows, amount, button, byId, confirmed, element, mebibytes, tag } from './admin-parts.js';
import { admin, path } from './admin-requests.js';
import { millis } from './numbers.js';

const TONES = { ready: 'good', loading: 'wait', draining: 'wait', failed: 'bad' };
const WARM_RUNS = 3;

/**
 * @typedef {object} Model as the server tells it
 * @property {string} name
 * @property {string} kind
 * @property {string} description
 * @property {string} state
 * @property {?number} version that is served
 * @property {number[]} versions that there are
 * @property {number[]} [draining] versions that are on their way out
 * @property {?string} provider
 * @property {number} memory_mib
 * @property {number} leases
 * @property {number} queue
 * @property {boolean} takes_picture
 * @property {string} licence
 * @property {?string} reason
 */

export class Models {
  /** @type {Model[]} */
  #models = [];

  /**
   * @param {import('./admin-feed.js').Feed} feed
   * @param {import('./admin.js').Said} said
   * @param {import('./admin-try.js').Try} trial
   */
  constructor(feed, said, trial) {
    Object.assign(this, { said, trial });
    this.rows = new Rows(byId('models-table'), (model) => model.name, [
      { of: (model) => [model.name, model.kind, model.description, model.licence], show: ([name, kind, description, licence]) =>
        element('span', { className: 'two-lines', title: licence ? `Licence: ${licence}` : '' }, name, element('small', { textContent: description || kind })) },
      { of: (model) => [model.state, model.reason], show: ([state, reason]) =>
        [tag(state, TONES[state]), ...(reason ? [element('small', { className: 'reason', textContent: reason })] : [])] },
      { of: (model) => model.provider ?? '–' },
      { of: (model) => [model.version, model.versions, model.draining, isLoaded(model)], show: (_, model) => this.#versions(model) },
      { kind: 'number', of: (model) => (isLoaded(model) ? mebibytes(model.memory_mib) : '–') },
      { kind: 'number', of: (model) => [amount(model.leases), amount(model.queue)], show: ([leases, queue]) => `${leases} / ${queue}` },
      { kind: 'tools', of: (model) => model.state, show: (_, model) => this.#tools(model) },
    ]);
    feed.addEventListener('models', ({ detail }) => this.#show(detail));
    byId('find-model').addEventListener('input', () => this.#show(this.#models));
  }

  async load() {
    this.#show(await admin('models'));
  }

  /** @param {Model[]} models */
  #show(models) {
    this.#models = models;
    const wanted = byId('find-model').value.trim().toLowerCase();
    this.rows.show(models.filter(({ name, kind, description }) => `${name} ${kind} ${description}`.toLowerCase().includes(wanted)));
    const loaded = models.filter(isLoaded);
    byId('models-sum').textContent = `${loaded.length} of ${models.length} loaded, ${mebibytes(loaded.reduce((sum, model) => sum + model.memory_mib, 0))}`;
  }

  #versions(model) {
    const { name, version, versions, draining = [] } = model;
    const leaving = draining.length ? [element('small', { className: 'reason', textContent: `${draining.join(', ')} on its way out` })] : [];
    if (versions.length < 2 || !isLoaded(model)) {
      return [String(version ?? versions.join(', ')), ...leaving];
    }
    const choice = element('select', { className: 'field small', ariaLabel: `Version of ${name}` },
      ...versions.map((each) => element('option', { value: String(each), textContent: String(each), selected: each === version })));
    const swap = button('Swap', `Swap ${name} to the chosen version`, () => this.#swap(name, Number(choice.value)));
    swap.disabled = true;
    choice.addEventListener('change', () => (swap.disabled = Number(choice.value) === version));
    return [element('span', { className: 'pair' }, choice, swap), ...leaving];
  }

  #tools(model) {
    const { name } = model;
    if (!isLoaded(model)) {
      return model.state === 'loading' ? [] : [button('Load', `Load ${name}`, () => this.#change(name, { method: 'PUT', json: {} }, `${name} is loaded.`))];
    }
    return [
      ...(model.takes_picture ? [button('Try', `Try ${name}`, () => this.trial.open(name))] : []),
      button('Warm', `Warm ${name}`, () => this.#warm(name)),
      button('Unload', `Unload ${name}`, () => this.#unload(name)),
    ];
  }

  #swap(name, version) {
    return this.#change(name, { method: 'PUT', json: { version } }, `Version ${version} of ${name} is served.`);
  }

  async #unload(name) {
    const isSure = await confirmed({
      title: `Unload ${name}?`,
      text: 'What is running on it now is finished first. Whatever needs it is refused until it is loaded again.',
      action: 'Unload',
    });
    if (isSure) {
      await this.#change(name, { method: 'DELETE' }, `${name} is unloaded.`);
    }
  }

  #warm(name) {
    return this.said.done(`${name} could not be warmed.`, async () => {
      const { milliseconds } = await admin(`${path('models', name)}/warm`, { method: 'POST', json: { runs: WARM_RUNS } });
      return `${name} ran ${milliseconds.length} times: ${milliseconds.map(millis).join(', ')} ms.`;
    });
  }

  #change(name, request, words) {
    return this.said.done(`${name} stays as it was.`, async () => {
      const model = await admin(path('models', name), request);
      this.#show(this.#models.map((each) => (each.name === name ? model : each)));
      return model.state === 'loading' ? `${name} is being loaded.` : words;
    });
  }
}

/** @param {Model} model */
function isLoaded({ state }) {
  return state === 'ready' || state === 'draining';
}
