/** Jobs of the server, whatever they are for: listing, following, cancelling, deleting. */

/**
 * @typedef {object} Artifact
 * @property {string} name
 * @property {string} media_type
 * @property {number} bytes
 * @property {string} url
 *
 * @typedef {object} Job names are the server's
 * @property {string} id
 * @property {string} kind
 * @property {'queued'|'running'|'succeeded'|'failed'|'cancelled'|'expired'} state
 * @property {string} [stage] that it is in
 * @property {number} progress 0 to 1, of the whole job
 * @property {string} message
 * @property {string} submitted_at
 * @property {string} [reference] what the client called it
 * @property {{code: string, detail: string}} [failure]
 * @property {Artifact[]} artifacts
 * @property {object} [parameters] none in a list
 * @property {object} [result] none in a list
 *
 * @typedef {object} JobEvent
 * @property {'state'|'progress'|'artifact'} type
 * @property {Job['state']} state
 * @property {string} stage
 * @property {number} progress 0 to 1, of the whole job
 * @property {string} message
 * @property {object} [data] of an artifact: its name, media type and bytes
 */

const jobs = new URL('api/jobs', document.baseURI);
export const UNREACHABLE = 'No answer came from the server. Try again once it can be reached.';

/** After which the events of a job are asked for anew where the browser has given that up. */
const AGAIN_MILLIS = 2_000;

/** Something that the server did not do; the message is its own sentence where it gave one. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {string} [code] the server's; none where no answer came, or another one's than Osprey's
   * @param {number} [status] by HTTP; none where no answer came
   */
  constructor(message, code, status) {
    super(message);
    Object.assign(this, { code, status });
  }
}

/** @param {Job['state']} state */
export function isOver(state) {
  return state !== 'queued' && state !== 'running';
}

/**
 * @param {string|URL} address
 * @param {RequestInit} [options]
 * @returns {Promise<any>} the answer's JSON; null where it has none
 * @throws {Refusal}
 */
export async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, { cache: 'no-store', ...options });
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
 * @param {string} kind
 * @param {number} limit
 * @returns {Promise<Job[]>} newest first, without results
 */
export const listed = async (kind, limit) => (await ask(`${jobs}?kind=${kind}&limit=${limit}`)).jobs;

/** @param {string} id @returns {Promise<Job>} */
export const find = (id) => ask(`${jobs}/${encodeURIComponent(id)}`);

/** @param {string} id */
export const cancel = (id) => ask(`${jobs}/${encodeURIComponent(id)}/cancel`, { method: 'POST' });

/** @param {string} id */
export const remove = (id) => ask(`${jobs}/${encodeURIComponent(id)}`, { method: 'DELETE' });

/**
 * Everything that has happened to a job and will, each event once. A browser asks again by itself when the connection breaks, but
 * not when a server that is starting refuses it.
 *
 * @param {string} id
 * @param {(event: JobEvent) => void} onEvent the last one is of the type `state`; where nobody knows how it ended, it has nothing more
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
 * @param {string} body problem details, by RFC 9457 or with a protocol's list of what is missing or its own sentence
 */
export function refusal(status, body) {
  try {
    const { detail, details, error, message, title } = JSON.parse(body);
    const faults = [detail, details].find((each) => Array.isArray(each) && each.length);
    const text = faults?.map(({ loc, msg }) => `${loc?.at(-1)}: ${msg}`).join('; ') ?? detail ?? message ?? error;
    if (text) {
      return new Refusal(text.endsWith('.') ? text : `${text}.`, title, status);
    }
  } catch {
    // A proxy's page, for instance.
  }
  return new Refusal(`It answered with status ${status}.`, undefined, status);
}
