/** The prompt and all that may be said with it; what is left empty is the model's own. */

import { SourceFault } from './sources.js';

/** Fields by the name that the protocol has for them. */
const NUMBERS = { seed: 'seed', steps: 'steps', guidance_scale: 'guidance' };
const byId = (id) => document.getElementById(id);

export class PromptForm {
  /**
   * @param {(wish: import('./studio-requests.js').PictureWish) => void} onWish
   * @param {(fault: SourceFault) => void} onFault
   */
  constructor(onWish, onFault) {
    const form = byId('prompt-row');
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const wish = this.wish();
      if (wish.prompt) {
        onWish(wish);
      } else {
        byId('prompt').focus();
        onFault(new SourceFault('The prompt is empty.', 'Write what is to be seen.'));
      }
    });
    // A wrong number in a closed part could not be told of by the browser.
    form.addEventListener('invalid', () => (form.querySelector('details').open = true), true);
  }

  /** @returns {import('./studio-requests.js').PictureWish} */
  wish() {
    const pixels = Number(byId('pixels').value);
    const wish = { prompt: byId('prompt').value.trim(), width: pixels, height: pixels };
    const negative = byId('negative').value.trim();
    if (negative) {
      wish.negative_prompt = negative;
    }
    for (const [name, id] of Object.entries(NUMBERS)) {
      if (byId(id).value !== '') {
        wish[name] = byId(id).valueAsNumber;
      }
    }
    return wish;
  }

  /** @param {import('./studio-requests.js').PictureWish} wish that was made before */
  fill({ prompt, negative_prompt: negative = '', ...rest }) {
    byId('prompt').value = prompt ?? '';
    byId('negative').value = negative;
    for (const [name, id] of Object.entries(NUMBERS)) {
      byId(id).value = rest[name] ?? '';
    }
  }
}
