/** Messages that wait to be read: they block nothing, and one key never stands there twice. */
export class Notices {
  /** @type {Map<string, HTMLElement>} */
  #standing = new Map();

  /** @param {HTMLElement} area announced by its role */
  constructor(area) {
    this.area = area;
  }

  /**
   * @param {string} key a newer notice of the same key takes the older one's place
   * @param {string} title
   * @param {string} text what to do about it
   * @param {{tone?: 'bad'|'wait', action?: string, onAction?: () => void}} [options]
   */
  show(key, title, text, { tone = 'bad', action, onAction } = {}) {
    const standing = this.#standing.get(key);
    const words = `${title} ${text}`;
    if (standing?.querySelector('p').textContent === words) {
      return;
    }
    const notice = document.createElement('div');
    notice.className = 'notice';
    notice.dataset.tone = tone;
    const paragraph = document.createElement('p');
    const strong = document.createElement('strong');
    strong.textContent = title;
    paragraph.append(strong, ` ${text}`);
    notice.append(paragraph);
    if (action) {
      notice.append(button(action, () => {
        this.clear(key);
        onAction();
      }));
    }
    notice.append(button('Dismiss', () => this.clear(key)));
    standing ? standing.replaceWith(notice) : this.area.append(notice);
    this.#standing.set(key, notice);
  }

  /** @param {...string} keys */
  clear(...keys) {
    for (const key of keys) {
      this.#standing.get(key)?.remove();
      this.#standing.delete(key);
    }
  }
}

/**
 * @param {string} name
 * @param {() => void} onclick
 */
function button(name, onclick) {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'button small';
  element.textContent = name;
  element.addEventListener('click', onclick);
  return element;
}
