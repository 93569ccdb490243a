/** Requests of the console: with the session's token on every change, and to the sign-in page once the session is over. */

import { ask } from './jobs.js';

const api = new URL('api/', document.baseURI);
const UNAUTHORIZED = 401;

/** @typedef {{name: string, role: string, csrf: string}} Session */

let token = '';

/**
 * @param {string} path below `api/`
 * @param {{method?: string, json?: object, body?: Blob}} [request] with `json` or a `body` whose type is said
 * @returns {Promise<any>}
 * @throws {import('./jobs.js').Refusal}
 */
export async function call(path, { method = 'GET', json, body } = {}) {
  const headers = method === 'GET' ? {} : { 'X-CSRF-Token': token };
  if (json ?? body) {
    headers['Content-Type'] = json ? 'application/json' : body.type;
  }
  try {
    return await ask(new URL(path, api), { method, headers, body: json ? JSON.stringify(json) : body });
  } catch (fault) {
    // About the session itself the answer is for who asked: a wrong password does not end it.
    if (fault.status === UNAUTHORIZED && !path.startsWith('session')) {
      signIn();
    }
    throw fault;
  }
}

/** @returns {Promise<Session>} */
export async function session() {
  const signedIn = await call('session');
  token = signedIn.csrf ?? '';
  return signedIn;
}

/** Leaves for the sign-in page, which comes back to the view that is open now. */
export function signIn() {
  const address = new URL('admin/sign-in.html', document.baseURI);
  address.searchParams.set('to', location.pathname);
  address.hash = location.hash;
  location.replace(address);
}

/** @param {string} path below `api/admin/` */
export const admin = (path, request) => call(`admin/${path}`, request);

/** @param {...string} parts of a path, whatever they hold */
export const path = (...parts) => parts.map(encodeURIComponent).join('/');
