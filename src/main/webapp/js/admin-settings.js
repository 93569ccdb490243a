/** The configuration in force: where each value came from, changing those that can be changed while the server runs. */

import { Rows, button, byId, element, tag } from './admin-parts.js';
import { admin, path } from './admin-requests.js';

/**
 * @typedef {object} Setting as the server tells it
 * @property {string} key
 * @property {string} value
 * @property {?string} default
 * @property {string} source
 * @property {boolean} live it can be changed while the server runs
 * @property {boolean} secret its value is not told
 * @property {string} description
 * @property {?string} [problem] why a newer value does not count
 * @property {?string} pending the value that counts after a restart
 */

export class SettingsView {
  /** @type {Setting[]} */
  #settings = [];

  /** @param {import('./admin.js').Said} said */
  constructor(said) {
    this.said = said;
    this.rows = new Rows(byId('settings-table'), (setting) => setting.key, [
      { of: (setting) => [setting.key, setting.description], show: ([key, description]) =>
        element('span', { className: 'two-lines' }, element('code', { textContent: key }), element('small', { textContent: description })) },
      { kind: 'wide', of: (setting) => [setting.value, setting.pending, setting.live, setting.source, setting.problem], show: (_, setting) => this.#value(setting) },
      { of: (setting) => setting.source, show: (source) => tag(source, source === 'console' ? 'wait' : 'plain') },
      { of: (setting) => setting.default ?? '', show: (value) => element('code', { textContent: value || '–' }) },
    ]);
    for (const id of ['find-setting', 'only-changed', 'only-live']) {
      byId(id).addEventListener('input', () => this.#show());
    }
  }

  async load() {
    this.#settings = await admin('settings');
    this.#show();
  }

  #show() {
    const wanted = byId('find-setting').value.trim().toLowerCase();
    const shown = this.#settings.filter((setting) =>
      `${setting.key} ${setting.description} ${setting.value}`.toLowerCase().includes(wanted)
      && (!byId('only-changed').checked || setting.source !== 'default')
      && (!byId('only-live').checked || setting.live));
    this.rows.show(shown);
    const pending = this.#settings.filter((setting) => setting.pending !== null).length;
    byId('settings-sum').textContent = `${shown.length} of ${this.#settings.length} settings${pending ? `, ${pending} waiting for a restart` : ''}`;
  }

  /** @param {Setting} setting */
  #value(setting) {
    const { key, value, pending, problem, live, source } = setting;
    const words = pending === null ? [] : [element('small', { className: 'reason' }, tag('after a restart', 'wait'), ' ', element('code', { textContent: pending }))];
    if (problem) {
      words.push(element('small', { className: 'reason' }, tag('not in force', 'bad'), ` ${problem}`));
    }
    if (!live) {
      return [element('code', { textContent: value || '–' }), ...words];
    }
    const field = value === 'true' || value === 'false'
      ? element('select', { className: 'field small' }, ...['true', 'false'].map((each) => element('option', { textContent: each, selected: each === value })))
      : element('input', { className: 'field small', type: 'text', value, autocomplete: 'off', spellcheck: false });
    field.ariaLabel = `Value of ${key}`;
    const save = element('button', { type: 'submit', className: 'button small', textContent: 'Save', ariaLabel: `Save ${key}`, hidden: true });
    const reset = button('Reset', `Forget what the console has set for ${key}`, () => this.#change(key, { method: 'DELETE' }, `${key} is what it was before the console changed it.`));
    reset.hidden = source !== 'console';
    const form = element('form', { className: 'pair' }, field, save, reset);
    field.addEventListener('input', () => (save.hidden = field.value === value));
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        field.value = value;
        save.hidden = true;
      }
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (field.value !== value) {
        this.#change(key, { method: 'PUT', json: { value: field.value } }, `${key} is ${field.value} from now on.`);
      }
    });
    return [form, ...words];
  }

  #change(key, request, words) {
    return this.said.done(`${key} stays as it was.`, async () => {
      const changed = await admin(path('settings', key), request);
      if (changed) {
        this.#settings = this.#settings.map((setting) => (setting.key === key ? changed : setting));
        this.#show();
      } else {
        await this.load();
      }
      return words;
    });
  }
}
