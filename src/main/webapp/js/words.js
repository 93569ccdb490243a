/** The state of the page in words, and why a connection ended. */

/**
 * @typedef {'none'|'opening'|'running'} SourceState
 * @typedef {'unknown'|'ready'|'not-ready'|'unreachable'} Health
 *
 * @typedef {object} Frames what became of those that were sent
 * @property {boolean} answering lately
 * @property {boolean} answered ever since the source runs
 * @property {string} [working] what the page is called while they are answered
 * @property {{text: string, tone: 'good'|'wait'|'bad'|'idle'}} [otherwise] what the page does while no source runs
 */

/**
 * @param {import('./socket.js').Connection} connection
 * @param {SourceState} source
 * @param {Frames} frames
 * @param {Health} health
 * @returns {{text: string, tone: 'good'|'wait'|'bad'|'idle', countdown?: string}} the countdown apart, because the text
 *     is read out whenever it changes
 */
export function describe(connection, source, frames, health) {
  const { attempt, attempts, inSeconds, code, reason } = connection;
  switch (connection.state) {
    case 'connecting':
    case 'reconnecting': {
      const reasons = { 'not-ready': 'Server not ready, reconnecting', unreachable: 'No server answers, reconnecting' };
      return attempt
        ? { tone: 'wait', text: `${reasons[health] ?? 'Reconnecting'} (attempt ${attempt} of ${attempts})`, countdown: inSeconds ? `in ${inSeconds} s` : 'now' }
        : { tone: 'wait', text: 'Connecting…' };
    }
    case 'connected':
      if (source === 'none') {
        return frames.otherwise ?? { tone: 'idle', text: 'Connected, waiting for a source' };
      }
      if (source === 'opening') {
        return { tone: 'wait', text: 'Connected, opening the source…' };
      }
      if (frames.answering) {
        return { tone: 'good', text: frames.working ?? 'Streaming' };
      }
      return { tone: 'wait', text: frames.answered ? 'Connected, the server is taking long' : 'Connected, waiting for the first answer' };
    case 'refused':
      // What the server says itself, up to the first comma: "Server at capacity".
      return { tone: 'bad', text: code ? `Refused by the server (${code})` : reason?.split(',')[0] || 'Disconnected by the server' };
    case 'lost':
      return { tone: 'bad', text: `Not connected, gave up after ${attempts} attempts` };
    default:
      return { tone: 'idle', text: 'Not connected' };
  }
}

const CLOSE_CODES = {
  1000: 'The server ended the connection.',
  1001: 'The server is stopping.',
  1002: 'The server found a fault in the protocol.',
  1003: 'The server does not take this kind of message.',
  1006: 'The connection broke or was never accepted.',
  1007: 'The server could not read a message.',
  1008: 'The server’s rules do not allow this connection.',
  1009: 'A message was larger than the server allows.',
  1011: 'The server met a fault or is not ready yet.',
  1012: 'The server is restarting.',
  1013: 'The server is full at the moment.',
  1015: 'The encrypted connection could not be made.',
};

const HEALTHS = {
  ready: 'The server itself is up, so it may be full or keep this page’s origin out.',
  'not-ready': 'The server runs but is not ready yet.',
  unreachable: 'Nothing answers at this address; the server may be down or the network gone.',
};

/**
 * @param {import('./socket.js').Connection} connection that ended
 * @param {Health} health asked afterwards
 * @returns {string}
 */
export function whyClosed({ code, reason }, health) {
  if (!code) {
    return reason ? `It says: ${reason}.` : 'It gave no reason.';
  }
  const said = reason ? ` It says: ${reason}.` : '';
  // A browser reports 1006 for whatever kept a WebSocket from opening; only then does the server's health add anything.
  const guess = code === 1006 ? (HEALTHS[health] ?? '') : '';
  return `${CLOSE_CODES[code] ?? 'The connection was closed.'} (Close code ${code}.)${said} ${guess}`.trim();
}

/** @returns {Promise<Health>} by the server's own account, for a browser does not say why a WebSocket failed */
export async function askHealth() {
  try {
    const answer = await fetch(new URL('health', document.baseURI), { cache: 'no-store', signal: AbortSignal.timeout(1_500) });
    return answer.ok ? 'ready' : 'not-ready';
  } catch {
    return 'unreachable';
  }
}

/** @returns {Promise<?string>} null where it recognises signs, or where nobody answers, which the connection tells of */
export async function whyWithoutSigns() {
  try {
    const answer = await fetch(new URL('healthz', document.baseURI), { cache: 'no-store' });
    const { reason } = answer.ok ? {} : await answer.json();
    return answer.ok ? null : (reason ?? `It answers with status ${answer.status}.`);
  } catch {
    return null;
  }
}
