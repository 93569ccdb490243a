/** The large picture: an invitation, the camera, a bout or words. */

const byId = (id) => document.getElementById(id);
const stillness = matchMedia('(prefers-reduced-motion: reduce)');

export class Screen {
  /** Of a video of this device. */
  #preview = '';

  constructor() {
    this.stage = byId('stage');
    this.video = byId('bout');
    this.show('invitation');
  }

  get shows() {
    return this.stage.dataset.view;
  }

  /**
   * @param {'invitation'|'camera'|'video'|'words'} what
   * @param {string} [words] where there is no picture
   */
  show(what, words = '') {
    this.stage.dataset.view = what;
    byId('invitation').hidden = what !== 'invitation';
    byId('stage-words').textContent = words;
    if (what !== 'video') {
      this.video.pause();
    }
  }

  /** @param {File} file shown until the server has drawn in it; of a kind, perhaps, that the browser does not play */
  preview(file) {
    const address = URL.createObjectURL(file);
    this.play(address);
    this.#preview = address;
  }

  /** @param {string} address */
  play(address) {
    URL.revokeObjectURL(this.#preview);
    this.#preview = '';
    this.video.src = address;
    this.show('video');
    if (!stillness.matches) {
      this.video.play().catch(() => {});
    }
  }

  /** @param {number} seconds of the video */
  seek(seconds) {
    this.video.pause();
    this.video.currentTime = seconds;
    this.stage.scrollIntoView({ block: 'nearest' });
  }

  /** Nothing is left of what was played. */
  forget() {
    this.video.removeAttribute('src');
    this.show('invitation');
  }
}
