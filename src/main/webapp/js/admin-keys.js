/** Keys of callers: creating one, which is shown once, and revoking it. */

import { Rows, amount, button, byId, confirmed, tag, time, twoLines, whileBusy } from './admin-parts.js';
import { admin, path } from './admin-requests.js';

/**
 * @typedef {object} Key as the server tells it
 * @property {string} id
 * @property {string} name
 * @property {string} prefix
 * @property {'user'|'operator'} role
 * @property {string[]} scopes
 * @property {number} requests_per_minute 0 is without a limit, as it is for the next two
 * @property {number} max_connections
 * @property {number} requests_per_day
 * @property {string} created
 * @property {?string} expires
 * @property {?string} revoked
 * @property {?string} last_used
 */

export class Keys {
  /** @param {import('./admin.js').Said} said */
  constructor(said) {
    this.said = said;
    this.rows = new Rows(byId('keys-table'), (key) => key.id, [
      { of: (key) => [key.name, `${key.prefix}…`], show: ([name, prefix]) => twoLines(name, prefix) },
      { of: (key) => state(key), show: (words) => tag(words, words === 'active' ? 'good' : 'plain') },
      { of: (key) => key.role },
      { of: (key) => (key.role === 'operator' ? 'everything' : key.scopes.join(', ')) || '–' },
      { of: limits, show: (all) => all.join(', ') || 'none' },
      { of: (key) => key.last_used, show: (used) => time(used, 'never') },
      { of: (key) => key.expires, show: (expires) => time(expires, 'never') },
      { kind: 'tools', of: (key) => state(key), show: (words, key) =>
        (words === 'revoked' ? [] : button('Revoke', `Revoke ${key.name}`, () => this.#revoke(key))) },
    ]);
    const form = byId('key-form');
    byId('new-key').addEventListener('click', () => {
      form.reset();
      this.#showScopes();
      byId('key-refused').textContent = '';
      byId('create-key').showModal();
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      whileBusy(byId('key-submit'), () => this.#create(new FormData(form)));
    });
    form.elements.role.forEach((radio) => radio.addEventListener('change', () => this.#showScopes()));
    byId('copy-key').addEventListener('click', () => copy(byId('key-itself'), byId('key-copied')));
    byId('created-key').addEventListener('close', () => {
      byId('key-itself').value = '';
      byId('key-copied').textContent = '';
    });
  }

  async load() {
    this.rows.show(await admin('keys'));
  }

  /** An operator may everything: scopes would say nothing. */
  #showScopes() {
    byId('key-scopes').hidden = byId('key-form').elements.role.value === 'operator';
  }

  /** @param {FormData} form */
  async #create(form) {
    const expires = form.get('expires');
    try {
      const { key, name } = await admin('keys', { method: 'POST', json: {
        name: form.get('name'),
        role: form.get('role'),
        scopes: form.getAll('scopes'),
        requests_per_minute: Number(form.get('requests_per_minute')),
        max_connections: Number(form.get('max_connections')),
        requests_per_day: Number(form.get('requests_per_day')),
        // The whole of the last day, where the operator is.
        expires: expires ? new Date(`${expires}T23:59:59`).toISOString() : null,
      } });
      byId('create-key').close();
      byId('created-title').textContent = `Key “${name}” is created`;
      byId('key-itself').value = key;
      byId('created-key').showModal();
      byId('key-itself').select();
      await this.load();
    } catch (fault) {
      byId('key-refused').textContent = fault.message;
    }
  }

  async #revoke({ id, name }) {
    const isSure = await confirmed({
      title: `Revoke “${name}”?`,
      text: 'Whoever uses it is refused from now on, and what they have open is closed. A revoked key cannot be brought back.',
      action: 'Revoke',
    });
    if (isSure) {
      await this.said.done('The key was not revoked.', async () => {
        await admin(path('keys', id), { method: 'DELETE' });
        await this.load();
        return `“${name}” is revoked.`;
      });
    }
  }
}

/** @param {Key} key */
function state({ revoked, expires }) {
  return revoked ? 'revoked' : expires && Date.parse(expires) < Date.now() ? 'expired' : 'active';
}

/** @param {Key} key */
function limits(key) {
  return [[key.requests_per_minute, 'a minute'], [key.requests_per_day, 'a day'], [key.max_connections, key.max_connections === 1 ? 'connection' : 'connections']]
    .filter(([limit]) => limit > 0)
    .map(([limit, unit]) => `${amount(limit)} ${unit}`);
}

/** Only pages that came over TLS, or from this machine, have a clipboard. */
async function copy(field, told) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    told.textContent = 'Copied.';
  } catch {
    told.textContent = 'Press Ctrl+C to copy what is selected.';
  }
}
