/** Bouts that are given to the server to be decided, as its jobs of the kind `referee`. */

import { Refusal, UNREACHABLE, listed, refusal } from './jobs.js';

/**
 * @typedef {import('./jobs.js').Job & {result?: import('./decision.js').Result}} Bout its reference is the session's name, or the
 *     signal file's
 */

const bouts = new URL('api/referee/bouts', document.baseURI);

/**
 * @param {number} limit
 * @returns {Promise<Bout[]>} newest first, without results
 */
export const latest = (limit) => listed('referee', limit);

/**
 * Sends a video and its signal. By XMLHttpRequest, because fetch does not tell how much of a body has gone.
 *
 * @param {File} video
 * @param {File} signal
 * @param {(share: number) => void} onProgress 0 to 1
 * @param {AbortSignal} stop
 * @returns {Promise<string>} the job's id
 */
export function submit(video, signal, onProgress, stop) {
  const body = new FormData();
  body.append('video', video, video.name);
  body.append('signal', signal, signal.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', bouts);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () => (request.status === 202
      ? resolve(JSON.parse(request.responseText).job_id)
      : reject(refusal(request.status, request.responseText)));
    request.onerror = () => reject(new Refusal(UNREACHABLE));
    request.onabort = () => reject(stop.reason);
    stop.addEventListener('abort', () => request.abort());
    request.send(body);
  });
}
