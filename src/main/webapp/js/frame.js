/** What every page has and is written once: the way to the others, state and theme, the tools of a source, the footer. */

/** Address and name of each page, as they stand in the masthead. */
const PAGES = [
  ['./', 'Segmentation'],
  ['coach.html', 'Fingerspelling'],
  ['signs.html', 'Sign words'],
  ['referee.html', 'Referee'],
  ['studio.html', 'Studio'],
];

const icon = (shape) => `<svg viewBox="0 0 24 24" aria-hidden="true">${shape}</svg>`;
const header = document.querySelector('.masthead');

// The console has no picture, and its own way around.
const isConsole = header.classList.contains('of-console');
if (!isConsole) {
  header.insertAdjacentHTML('beforebegin', '<a class="skip" href="#stage">Skip to the picture</a>');
}
header.insertAdjacentHTML('afterbegin', `
  <a class="brand" href="./" aria-label="Osprey">
    <svg viewBox="0 0 138 40" aria-hidden="true"><use href="logo.svg#logo"/></svg>
  </a>`);
header.insertAdjacentHTML('beforeend', `
  ${isConsole ? '' : `<nav class="pages" aria-label="Pages">${PAGES.map(link).join('')}</nav>`}
  <div class="masthead-end">
    <p class="state" id="state"><span id="status" role="status">Not connected</span><span id="countdown"></span></p>
    <button class="button small" id="connect" type="button" hidden>Connect</button>
    <button class="button icon" id="theme" type="button" aria-pressed="false" aria-label="Dark theme" title="Dark theme">
      <svg class="moon" viewBox="0 0 24 24" aria-hidden="true"><path d="M20 14.5A8.2 8.2 0 0 1 9.5 4a8.2 8.2 0 1 0 10.5 10.5z"/></svg>
      <svg class="sun" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4"/></svg>
    </button>
  </div>`);

const footer = document.querySelector('.footer');
footer.innerHTML = `
  <p>${footer.dataset.kept ?? 'Pictures are processed in memory on this server and not stored.'}</p>
  <nav aria-label="Operators">${isConsole ? '' : '<a href="admin/">Console</a>'}<a href="health">Health</a><a href="metrics">Metrics</a></nav>`;

// Where pictures come from one source at a time.
document.querySelector('.toolbar')?.insertAdjacentHTML('beforeend', `
  <button class="button primary" id="start" type="button">${icon('<path d="M8 5.5v13l10.5-6.5z"/>')}Start</button>
  <button class="button" id="stop" type="button" hidden>${icon('<rect x="6.5" y="6.5" width="11" height="11" rx="1.5"/>')}Stop</button>
  <p class="file-row" id="file-row" hidden>
    <button class="button small" id="choose" type="button">Choose a file</button>
    <input class="visually-hidden" id="file" type="file" accept="image/*,video/*" aria-label="File from this device" tabindex="-1">
    <span class="quiet" id="file-name">No file chosen. You can also drop one on the picture.</span>
  </p>
  <p class="file-row" id="camera-row" hidden>
    <label class="quiet" for="camera">Camera</label>
    <select class="button small" id="camera"></select>
  </p>`);

document.getElementById('invitation')?.insertAdjacentHTML('afterbegin', `
  <svg class="invitation-eye" viewBox="0 0 200 110" aria-hidden="true">
    <path class="lid" d="M6 66C34 28 84 10 194 8c-26 14-40 30-46 50-10 32-44 46-78 40C42 94 22 82 6 66z"/>
    <circle class="iris" cx="92" cy="57" r="31"/>
    <circle class="pupil" cx="92" cy="57" r="14"/>
    <circle class="glint" cx="99" cy="50" r="4.5"/>
  </svg>`);

/** @param {string[]} page */
function link([address, name]) {
  // Some pages have a protocol's address besides, without the ending.
  const plain = (path) => path.replace(/(index)?\.html$/, '');
  const isThis = plain(new URL(address, document.baseURI).pathname) === plain(location.pathname);
  return `<a href="${address}"${isThis ? ' aria-current="page"' : ''}>${name}</a>`;
}
