/** Who is signed in; a new password, and the way out. */

import { byId, whileBusy } from './admin-parts.js';
import { call, signIn } from './admin-requests.js';

export class Account {
  /**
   * @param {import('./admin-requests.js').Session} session
   * @param {import('./admin.js').Said} said
   */
  constructor({ name }, said) {
    const form = byId('password-form');
    byId('who').textContent = name;
    // For what keeps passwords.
    byId('username').value = name;
    byId('change-password').addEventListener('click', () => {
      form.reset();
      byId('password-refused').textContent = '';
      byId('password').showModal();
    });
    byId('sign-out').addEventListener('click', () => said.attempt('You are still signed in.', async () => {
      await call('session', { method: 'DELETE' });
      signIn();
    }));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      whileBusy(byId('password-submit'), () => change(form, said));
    });
  }
}

async function change({ elements: { current, chosen, again } }, said) {
  if (chosen.value !== again.value) {
    byId('password-refused').textContent = 'The new password is not the same both times.';
    return;
  }
  try {
    await call('session/password', { method: 'PUT', json: { current: current.value, new: chosen.value } });
    byId('password').close();
    said.tell('The password is changed.');
  } catch (fault) {
    byId('password-refused').textContent = fault.message;
  }
}
