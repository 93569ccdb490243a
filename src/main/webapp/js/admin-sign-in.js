/** Signing in, as an operator or with a key, and back to the page that was asked for. */

import { byId, whileBusy } from './admin-parts.js';
import { call } from './admin-requests.js';

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const form = byId('sign-in');
const { by, name, password, key } = form.elements;

/** The page that has sent the visitor here, only ever one of this server's; else the console. */
function asked() {
  const here = new URL('admin/', document.baseURI);
  const wanted = new URL(new URLSearchParams(location.search).get('to') ?? here, here);
  // A browser takes the view that an address names along when it is sent elsewhere.
  wanted.hash = location.hash;
  // The whole address: a path alone may begin with two slashes, which would name another server.
  return wanted.origin === here.origin ? wanted : here;
}

function choose() {
  for (const way of ['password', 'key']) {
    byId(`by-${way}`).disabled = byId(`by-${way}`).hidden = by.value !== way;
  }
  byId('refused').textContent = '';
  byId('hint').hidden = by.value !== 'password';
}

async function signIn() {
  byId('refused').textContent = '';
  const byKey = by.value === 'key';
  try {
    await call('session', { method: 'POST', json: byKey ? { key: key.value } : { name: name.value, password: password.value } });
    location.replace(asked());
  } catch ({ status, message }) {
    byId('refused').textContent = status === UNAUTHORIZED || status === FORBIDDEN
      ? byKey ? 'This key is not accepted: it is unknown, revoked or expired.' : 'Name and password do not belong together.'
      : message;
    (byKey ? key : password).select();
  }
}

by.forEach((radio) => radio.addEventListener('change', choose));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  whileBusy(byId('submit'), signIn);
});
