/** Where pictures come from: a webcam, a file, the sample. Each paints its current picture when asked. */

/**
 * @typedef {object} Source
 * @property {number} width
 * @property {number} height
 * @property {(context: CanvasRenderingContext2D, width: number, height: number, now: number) => void} paint
 * @property {() => void} stop
 * @property {(fault: SourceFault) => void} [onfault] set by the user of the source
 * @property {string} [deviceId] of a webcam
 */

/** A source that could not be had, in words for the visitor. */
export class SourceFault extends Error {
  /**
   * @param {string} message what happened
   * @param {string} advice what to do about it
   */
  constructor(message, advice) {
    super(message);
    this.advice = advice;
  }
}

const CAMERA_FAULTS = {
  NotAllowedError: ['The camera was refused.', 'Allow the camera for this page in the browser’s address bar and press Start again, or use a picture, a clip or the sample.'],
  NotFoundError: ['No camera was found.', 'Connect one and press Start again, or use a picture, a clip or the sample.'],
  OverconstrainedError: ['The chosen camera is gone.', 'Choose another camera and press Start again.'],
  NotReadableError: ['The camera is in use.', 'Close the other program or tab that uses it and press Start again.'],
};

/**
 * @param {string} [deviceId] a particular camera
 * @returns {Promise<Source>}
 */
export async function openWebcam(deviceId) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new SourceFault('The browser keeps cameras from this page.', 'Cameras need https or localhost. Open the page there, or use a picture, a clip or the sample.');
  }
  const wanted = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: 'user' };
  let media;
  try {
    media = await navigator.mediaDevices.getUserMedia({ audio: false, video: { width: { ideal: 640 }, height: { ideal: 480 }, ...wanted } });
  } catch (fault) {
    const [message, advice] = CAMERA_FAULTS[fault.name] ?? ['The camera did not start.', `The browser says: ${fault.message || fault.name}`];
    throw new SourceFault(message, advice);
  }
  const [track] = media.getVideoTracks();
  const release = () => media.getTracks().forEach((each) => each.stop());
  const video = await playing((element) => (element.srcObject = media)).catch((fault) => {
    release();
    throw new SourceFault('The camera shows no picture.', `The browser says: ${fault.message || fault.name}`);
  });
  const source = videoSource(video, release);
  source.deviceId = track.getSettings().deviceId;
  track.onended = () => source.onfault?.(new SourceFault('The camera stopped.', 'It was unplugged or taken by another program. Press Start to try again.'));
  return source;
}

/** @returns {Promise<MediaDeviceInfo[]>} named only after a camera was allowed */
export async function cameras() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter((device) => device.kind === 'videoinput');
}

/**
 * @param {File} file a picture or a clip
 * @returns {Promise<Source>}
 */
export async function openFile(file) {
  try {
    return file.type.startsWith('video/') ? await openClip(file) : stillSource(await createImageBitmap(file));
  } catch {
    throw new SourceFault(`This browser cannot read “${file.name}”.`, 'JPEG, PNG and WebP pictures work everywhere, and so do MP4 (H.264) and WebM clips in most browsers.');
  }
}

/** @param {File} file */
async function openClip(file) {
  const address = URL.createObjectURL(file);
  try {
    const video = await playing((element) => {
      element.src = address;
      element.loop = true;
    });
    return videoSource(video, () => URL.revokeObjectURL(address));
  } catch (fault) {
    URL.revokeObjectURL(address);
    throw fault;
  }
}

/**
 * The built-in picture under a camera that drifts and zooms slowly, so that the stream is live video.
 *
 * @returns {Promise<Source>}
 */
export async function openSample() {
  const answer = await fetch(new URL('../samples/grace-hopper.jpg', import.meta.url)).catch(() => null);
  if (!answer?.ok) {
    throw new SourceFault('The sample could not be loaded.', 'The server did not deliver it. Try again, or use another source.');
  }
  const picture = await createImageBitmap(await answer.blob());
  const pace = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0.25 : 1;
  return {
    width: 640,
    height: 480,
    paint(context, width, height, now) {
      const turn = (now / 12_000) * 2 * Math.PI * pace;
      const zoom = 1.16 - 0.14 * Math.cos(turn);
      const cutWidth = picture.width / zoom;
      const cutHeight = (cutWidth * height) / width;
      const x = (picture.width - cutWidth) * (0.5 + 0.4 * Math.sin(turn * 0.7));
      const y = (picture.height - cutHeight) * (0.22 + 0.2 * Math.sin(turn * 0.5));
      context.drawImage(picture, x, y, cutWidth, cutHeight, 0, 0, width, height);
    },
    stop: () => picture.close(),
  };
}

/** @param {ImageBitmap} picture */
function stillSource(picture) {
  return {
    width: picture.width,
    height: picture.height,
    paint: (context, width, height) => context.drawImage(picture, 0, 0, width, height),
    stop: () => picture.close(),
  };
}

/**
 * @param {HTMLVideoElement} video
 * @param {() => void} release
 * @returns {Source}
 */
function videoSource(video, release) {
  return {
    // A phone that turns changes these while it streams.
    get width() { return video.videoWidth; },
    get height() { return video.videoHeight; },
    paint: (context, width, height) => context.drawImage(video, 0, 0, width, height),
    stop() {
      video.pause();
      video.srcObject = null;
      video.removeAttribute('src');
      release();
    },
  };
}

/**
 * @param {(video: HTMLVideoElement) => void} load
 * @returns {Promise<HTMLVideoElement>} once it has a picture
 */
function playing(load) {
  return new Promise((resolve, reject) => {
    const video = document.createElement('video');
    video.muted = true;
    video.playsInline = true;
    video.onloadeddata = () => video.play().then(() => resolve(video), reject);
    video.onerror = () => reject(video.error);
    load(video);
  });
}
