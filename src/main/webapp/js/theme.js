/** Light or dark: as the system asks, until the visitor presses the button; then as pressed last. */

import { keep, recall } from './memory.js';

const KEY = 'osprey.theme';
const root = document.documentElement;
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

function isDark() {
  return root.dataset.theme ? root.dataset.theme === 'dark' : systemIsDark.matches;
}

function announce() {
  document.getElementById('theme')?.setAttribute('aria-pressed', String(isDark()));
  root.dispatchEvent(new CustomEvent('themechange'));
}

// Runs before the first paint, so that a dark page does not begin with a white flash.
const chosen = recall(KEY);
if (chosen === 'light' || chosen === 'dark') {
  root.dataset.theme = chosen;
}

systemIsDark.addEventListener('change', announce);

// Delegated, because this module runs before the button exists.
document.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('#theme')) {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    keep(KEY, root.dataset.theme);
    announce();
  }
});

if (document.readyState === 'loading') {
  document.addEventListener('DOMContentLoaded', announce);
} else {
  announce();
}
