/** Light or dark: as the system asks, until the visitor presses the button; then as pressed last. */

const KEY = 'osprey.theme';
const root = document.documentElement;
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** @returns {?string} what the visitor chose; storage may be switched off */
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string} theme */
function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

function isDark() {
  return root.dataset.theme ? root.dataset.theme === 'dark' : systemIsDark.matches;
}

function announce() {
  document.getElementById('theme')?.setAttribute('aria-pressed', String(isDark()));
  root.dispatchEvent(new CustomEvent('themechange'));
}

// Runs before the first paint, so that a dark page does not begin with a white flash.
const chosen = remembered();
if (chosen === 'light' || chosen === 'dark') {
  root.dataset.theme = chosen;
}

systemIsDark.addEventListener('change', announce);

// Delegated, because this module runs before the button exists.
document.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('#theme')) {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    remember(root.dataset.theme);
    announce();
  }
});

if (document.readyState === 'loading') {
  document.addEventListener('DOMContentLoaded', announce);
} else {
  announce();
}
