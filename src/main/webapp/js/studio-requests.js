/** What the studio is asked for: a picture stored or made, a model made of it, an STL file analysed or prepared. */

import { Refusal, UNREACHABLE, ask, refusal } from './jobs.js';

/**
 * @typedef {object} Picture names are the protocol's
 * @property {string} job_id
 * @property {string} preview_url
 * @property {string} [original_filename] of an upload
 * @property {{width: number, height: number}} [image_info] of an upload
 *
 * @typedef {object} PictureWish what a picture is to be made from; what is left out is the model's own
 * @property {string} prompt
 * @property {string} [negative_prompt]
 * @property {number} [seed]
 * @property {number} [steps] 1 to 150
 * @property {number} [guidance_scale] 1 to 20
 * @property {number} [width] pixels
 * @property {number} [height] pixels
 *
 * @typedef {'stl'|'obj'|'glb'|'ply'} Format
 *
 * @typedef {object} ModelWish
 * @property {Format} format
 * @property {{width: number, height: number, depth: number}} dimensions millimetres
 * @property {number} quality 1 to 10
 * @property {'relief'|'cutout'} mode a plate with everything on it, or what is in the foreground alone
 * @property {number} [hollow_mm] of the walls; solid without
 *
 * @typedef {object} JobStatus
 * @property {string} job_id
 * @property {'pending'|'initializing'|'processing'|'generating_3d'|'completed'|'failed'|'cancelled'} status
 * @property {number} progress 0 to 100
 * @property {string} message
 * @property {string} [error]
 * @property {string} [preview_url] of a finished picture
 * @property {number} [width] of it, pixels
 * @property {number} [height] of it, pixels
 * @property {string[]} [unknown_words] which the model has never seen
 * @property {Format} [format] of a finished model
 * @property {string} [output_file]
 * @property {string} [result_id] its own job, of a model
 *
 * @typedef {object} MeshAnalysis
 * @property {number} vertex_count
 * @property {number} face_count
 * @property {boolean} is_watertight
 * @property {boolean} is_manifold
 * @property {number} holes_count
 * @property {number} degenerate_faces
 * @property {number} self_intersections −1 where they were not counted
 * @property {number} volume mm³
 * @property {number} surface_area mm²
 * @property {{min: number[], max: number[], size: number[]}} bounding_box mm
 * @property {number} quality_score 0 to 100
 * @property {number} printability_score 0 to 100
 * @property {string[]} recommended_actions
 */

const api = (path) => new URL(`api/${path}`, document.baseURI);
const sent = (value) => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });

/** @param {PictureWish} wish @returns {Promise<{job_id: string}>} */
export const makePicture = (wish) => ask(api('text-to-image'), sent(wish));

/** @param {string} id of a picture's job @param {ModelWish} wish */
export const makeModel = (id, wish) => ask(api('generate-3d'), sent({ job_id: id, ...wish }));

/** @param {string} id @returns {Promise<JobStatus>} */
export const statusOf = (id) => ask(api(`job-status/${encodeURIComponent(id)}`));

/** @param {string} id @param {string} file @returns {URL} of the bytes as they are, where a download has them saved */
export const shown = (id, file) => api(`preview-output/${encodeURIComponent(id)}/${encodeURIComponent(file)}`);

/**
 * @param {'analyze'|'repair'|'optimize'|'simplify'} operation
 * @param {File} file STL
 * @param {Record<string, string|number>} [fields]
 */
export function prepare(operation, file, fields = {}) {
  const body = new FormData();
  body.append('file', file, file.name);
  Object.entries(fields).forEach(([name, value]) => body.append(name, String(value)));
  return ask(api(`stl/${operation}`), { method: 'POST', body });
}

/**
 * By XMLHttpRequest, because fetch does not tell how much of a body has gone.
 *
 * @param {File} file
 * @param {(share: number) => void} onProgress 0 to 1
 * @param {AbortSignal} stop
 * @returns {Promise<Picture>}
 */
export function upload(file, onProgress, stop) {
  const body = new FormData();
  body.append('image', file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', api('upload-image'));
    request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    request.onload = () => (request.status === 200
      ? resolve(JSON.parse(request.responseText))
      : reject(refusal(request.status, request.responseText)));
    request.onerror = () => reject(new Refusal(UNREACHABLE));
    request.onabort = () => reject(stop.reason);
    stop.addEventListener('abort', () => request.abort());
    request.send(body);
  });
}

/**
 * @param {URL|string} address
 * @returns {Promise<ArrayBuffer>}
 */
export async function bytesOf(address) {
  let answer;
  try {
    answer = await fetch(address);
  } catch {
    throw new Refusal(UNREACHABLE);
  }
  if (!answer.ok) {
    throw refusal(answer.status, await answer.text());
  }
  return answer.arrayBuffer();
}
