/** Where pictures come from: a webcam, a file, the sample. Each paints its current picture when asked. */

import { Truth } from './truth.js';

/**
 * @typedef {object} Source
 * @property {number} width
 * @property {number} height
 * @property {(context: CanvasRenderingContext2D, width: number, height: number) => number|undefined} paint returns where
 *     in a clip the painted picture stands, in seconds
 * @property {() => void} stop
 * @property {(fault: SourceFault) => void} [onfault] set by the user of the source
 * @property {string} [deviceId] of a webcam
 * @property {boolean} [facesVisitor] of a webcam, which may also look ahead
 * @property {Truth} [truth] of the table's clip
 * @property {import('./signed.js').Sign[]} [signs] of the signer's clip, in their order
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
  NotAllowedError: ['The camera was refused.', 'Allow the camera for this page in the browser’s address bar and press Start again, or use another source.'],
  NotFoundError: ['No camera was found.', 'Connect one and press Start again, or use another source.'],
  OverconstrainedError: ['The chosen camera is gone.', 'Choose another camera and press Start again.'],
  NotReadableError: ['The camera is in use.', 'Close the other program or tab that uses it and press Start again.'],
};

/**
 * @param {string} [deviceId] a particular camera
 * @param {MediaTrackConstraints} [wishes] that it need not fulfil
 * @returns {Promise<Source>}
 */
export async function openWebcam(deviceId, wishes = { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' }) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new SourceFault('The browser keeps cameras from this page.', 'Cameras need https or localhost. Open the page there, or use another source.');
  }
  const wanted = deviceId ? { ...wishes, facingMode: undefined, deviceId: { exact: deviceId } } : wishes;
  let media;
  try {
    media = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted });
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
  const { deviceId: opened, facingMode } = track.getSettings();
  Object.assign(source, { deviceId: opened, facesVisitor: facingMode !== 'environment' });
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

/**
 * @param {Blob} clip
 * @param {(video: HTMLVideoElement, context: CanvasRenderingContext2D, width: number, height: number) => number|void} [paint]
 */
async function openClip(clip, paint) {
  const address = URL.createObjectURL(clip);
  try {
    const video = await playing((element) => {
      element.src = address;
      element.loop = true;
    });
    return videoSource(video, () => URL.revokeObjectURL(address), paint);
  } catch (fault) {
    URL.revokeObjectURL(address);
    throw fault;
  }
}

/**
 * @param {string} name of a clip among the samples
 * @returns {Promise<Source>}
 */
export async function openBuiltIn(name) {
  let clip;
  try {
    const answer = await fetch(new URL(`../samples/${name}`, import.meta.url));
    clip = answer.ok ? await answer.blob() : null;
  } catch {
    clip = null;
  }
  if (!clip) {
    throw new SourceFault('The sample could not be loaded.', 'The server did not deliver it. Try again, or use another source.');
  }
  return openClip(clip, paintTimed).catch(() => {
    throw new SourceFault('This browser cannot play the sample.', 'It lacks H.264. Use another browser, or another source.');
  });
}

/** @returns {Promise<Source>} the clip of the table with things on it */
export async function openSample() {
  const source = await openBuiltIn('world.mp4');
  const truth = new Truth();
  const { stop } = source;
  return Object.assign(source, {
    truth,
    stop() {
      stop();
      truth.close();
    },
  });
}

/** @param {ImageBitmap} picture */
function stillSource(picture) {
  return {
    width: picture.width,
    height: picture.height,
    paint: (context, width, height) => void context.drawImage(picture, 0, 0, width, height),
    stop: () => picture.close(),
  };
}

/**
 * @param {HTMLVideoElement} video
 * @param {() => void} release
 * @param {(video: HTMLVideoElement, context: CanvasRenderingContext2D, width: number, height: number) => number|void} paint
 * @returns {Source}
 */
function videoSource(video, release, paint = (element, context, width, height) => context.drawImage(element, 0, 0, width, height)) {
  return {
    // A phone that turns changes these while it streams.
    get width() { return video.videoWidth; },
    get height() { return video.videoHeight; },
    paint: (context, width, height) => paint(video, context, width, height),
    stop() {
      video.pause();
      video.srcObject = null;
      video.removeAttribute('src');
      release();
    },
  };
}

/**
 * Paints the current frame and tells its time. A VideoFrame carries its own; without it the clock has to do, which may be
 * a frame ahead of the picture.
 *
 * @param {HTMLVideoElement} video
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @returns {number} seconds from the beginning
 */
function paintTimed(video, context, width, height) {
  let frame;
  try {
    frame = new VideoFrame(video);
  } catch {
    // Unknown to this browser, or the clip has just begun anew.
    context.drawImage(video, 0, 0, width, height);
    return video.currentTime;
  }
  const { timestamp } = frame;
  context.drawImage(frame, 0, 0, width, height);
  frame.close();
  return timestamp / 1e6;
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
