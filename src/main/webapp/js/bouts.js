/** Bouts that are given to the server to be decided, as its jobs: submitting, following, listing, ending. */

/**
 * @typedef {object} Artifact
 * @property {string} name
 * @property {string} url
 *
 * @typedef {object} Bout a job; names are the server's
 * @property {string} id
 * @property {'queued'|'running'|'succeeded'|'failed'|'cancelled'|'expired'} state
 * @property {string} [stage] that it is in
 * @property {number} progress 0 to 1, of the whole analysis
 * @property {string} message
 * @property {string} submitted_at
 * @property {string} [reference] the session's name, or the signal file's
 * @property {{code: string, detail: string}} [failure]
 * @property {Artifact[]} artifacts
 * @property {object} [parameters]
 * @property {import('./decision.js').Result} [result]
 *
 * @typedef {object} BoutEvent
 * @property {'state'|'progress'|'artifact'} type
 * @property {Bout['state']} state
 * @property {string} stage
 * @property {number} progress 0 to 1, of the whole analysis
 * @property {string} message
 */

const jobs = new URL('api/jobs', document.baseURI);
const bouts = new URL('api/referee/bouts', document.baseURI);
const UNREACHABLE = 'No answer came from the server. Try again once it can be reached.';

/** After which the events of a job are asked for anew where the browser has given that up. */
const AGAIN_MILLIS = 2_000;

/** Something that the server did not do; the message is its own sentence where it gave one. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {string} [code] the server's; none where no answer came, or another one's than Osprey's
   */
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/** @param {Bout['state']} state */
export function isOver(state) {
  return state !== 'queued' && state !== 'running';
}

/**
 * @param {string} path below a job's or of the list
 * @param {RequestInit} [options]
 */
async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(`${jobs}${path}`, { cache: 'no-store', ...options });
  } catch {
    throw new Refusal(UNREACHABLE);
  }
  const text = await answer.text();
  if (!answer.ok) {
    throw refusal(answer.status, text);
  }
  return text ? JSON.parse(text) : null;
}

/**
 * @param {number} limit
 * @returns {Promise<Bout[]>} newest first, without results
 */
export const latest = async (limit) => (await ask(`?kind=referee&limit=${limit}`)).jobs;

/** @param {string} id @returns {Promise<Bout>} */
export const find = (id) => ask(`/${encodeURIComponent(id)}`);

/** @param {string} id */
export const cancel = (id) => ask(`/${encodeURIComponent(id)}/cancel`, { method: 'POST' });

/** @param {string} id */
export const remove = (id) => ask(`/${encodeURIComponent(id)}`, { method: 'DELETE' });

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

/**
 * Everything that has happened to a job and will, each event once. A browser asks again by itself when the connection breaks, but
 * not when a server that is starting refuses it.
 *
 * @param {string} id
 * @param {(event: BoutEvent) => void} onEvent the last one is of the type `state`; where nobody knows how it ended, it has nothing more
 * @param {(isConnected: boolean) => void} onConnection
 * @returns {() => void} stops it
 */
export function follow(id, onEvent, onConnection) {
  let last = 0;
  let timer = 0;
  /** @type {EventSource} */
  let source;

  function open() {
    source = new EventSource(`${jobs}/${encodeURIComponent(id)}/events?after=${last}`);
    for (const type of ['state', 'progress', 'artifact']) {
      source.addEventListener(type, ({ data }) => {
        const event = JSON.parse(data);
        last = event.sequence;
        onEvent(event);
        if (event.type === 'state' && isOver(event.state)) {
          source.close();
        }
      });
    }
    source.onopen = () => onConnection(true);
    source.onerror = () => {
      onConnection(false);
      if (source.readyState === EventSource.CLOSED) {
        timer = setTimeout(again, AGAIN_MILLIS);
      }
    };
  }

  async function again() {
    try {
      const { state } = await find(id);
      isOver(state) ? onEvent({ type: 'state', state }) : open();
    } catch ({ code }) {
      // Deleted meanwhile. A server that is starting knows no address at all.
      code === 'JOB_UNKNOWN' ? onEvent({ type: 'state', state: 'expired' }) : (timer = setTimeout(again, AGAIN_MILLIS));
    }
  }

  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/**
 * @param {number} status
 * @param {string} body problem details, by RFC 9457 or with the protocol's list of what is missing
 */
function refusal(status, body) {
  try {
    const { detail, title } = JSON.parse(body);
    const text = Array.isArray(detail) ? detail.map(({ loc, msg }) => `${loc?.at(-1)}: ${msg}`).join('; ') : detail;
    if (text) {
      return new Refusal(text.endsWith('.') ? text : `${text}.`, title);
    }
  } catch {
    // A proxy's page, for instance.
  }
  return new Refusal(`It answered with status ${status}.`);
}
