/** Who is connected now, how well they are served; closing one. */

import { Rows, amount, button, byId, confirmed, duration, element, inWords, tag, twoLines } from './admin-parts.js';
import { admin, path } from './admin-requests.js';
import { millis } from './numbers.js';

export class Streams {
  /**
   * @param {import('./admin-feed.js').Feed} feed
   * @param {import('./admin.js').Said} said
   */
  constructor(feed, said) {
    this.said = said;
    this.rows = new Rows(byId('streams-table'), (stream) => stream.id, [
      { of: (stream) => stream.capability, show: inWords },
      { of: (stream) => stream.mode, show: (mode) => (mode ? tag(mode) : '–') },
      { of: (stream) => [stream.client, stream.caller], show: ([client, caller]) => (caller ? twoLines(caller, client) : client) },
      { of: (stream) => [stream.since, lasted(stream)], show: ([since, words]) => element('time', { dateTime: since, title: since, textContent: words }) },
      { kind: 'number', of: (stream) => amount(stream.frames_per_second, 1) },
      { kind: 'number', of: (stream) => stream.age_ms, show: (age) => (age === null ? '–' : `${millis(age)} ms`) },
      { kind: 'number', of: (stream) => amount(stream.answered) },
      { kind: 'number', of: (stream) => amount(stream.replaced) },
      { kind: 'number', of: (stream) => amount(stream.waiting) },
      { kind: 'tools', of: (stream) => stream.id, show: (_, stream) => button('Close', `Close the ${stream.capability} stream of ${stream.client}`, () => this.#close(stream)) },
    ]);
    feed.addEventListener('streams', ({ detail }) => this.#show(detail));
  }

  async load() {
    this.#show(await admin('streams'));
  }

  #show(streams) {
    this.rows.show(streams);
    byId('streams-badge').textContent = streams.length || '';
    byId('streams-sum').textContent = streams.length
      ? `${streams.length} connected, ${amount(streams.reduce((sum, each) => sum + each.frames_per_second, 0), 1)} frames a second`
      : '';
  }

  async #close(stream) {
    const { id, capability, client } = stream;
    const isSure = await confirmed({
      title: `Close this ${capability} stream?`,
      text: `${client} has been connected for ${lasted(stream)}. It is told that the operator has closed the connection, and may connect again.`,
      action: 'Close it',
    });
    if (isSure) {
      await this.said.done('The stream was not closed.', async () => {
        await admin(path('streams', id), { method: 'DELETE' });
        await this.load();
        return `The stream of ${client} is closed.`;
      });
    }
  }
}

function lasted({ since }) {
  return duration((Date.now() - Date.parse(since)) / 1_000);
}
