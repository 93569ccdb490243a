/** Signing in, and back to the view that was asked for. */

import { byId, whileBusy } from './admin-parts.js';
import { call } from './admin-requests.js';

const form = byId('sign-in');
const view = new URLSearchParams(location.search).get('view') ?? '';

function enter() {
  // Only ever a view of the console, whatever the address says.
  location.replace(new URL(`admin/${/^[a-z]+$/.test(view) ? `#${view}` : ''}`, document.baseURI));
}

async function signIn() {
  byId('refused').textContent = '';
  const { name, password } = form.elements;
  try {
    await call('session', { method: 'POST', json: { name: name.value, password: password.value } });
    enter();
  } catch (fault) {
    byId('refused').textContent = fault.status === 401 ? 'Name and password do not belong together.' : fault.message;
    password.select();
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  whileBusy(byId('submit'), signIn);
});
