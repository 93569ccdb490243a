/** Socket.IO protocol 5 over Engine.IO 4, by WebSocket alone and in the main namespace: as much of both as a page needs. */

import { LiveSocket } from './socket.js';

/** For the server's first packet, which tells how often it will be heard of from then on. */
const GREETING_MILLIS = 10_000;

/** Packets of Engine.IO by their first character. */
const OPEN = '0';
const CLOSE = '1';
const PING = '2';
const PONG = '3';
const MESSAGE = '4';

/** Packets of Socket.IO by the first character of a message. */
const CONNECT = '0';
const DISCONNECT = '1';
const EVENT = '2';
const CONNECT_ERROR = '4';
const BINARY_EVENT = '5';

/** The socket's close that a lost connection amounts to; a new one is tried. */
const BROKEN = 1006;

/** Stands in an event's argument where its attachment belongs. */
export const ATTACHMENT = { _placeholder: true, num: 0 };

/** Events of the server come to {@link heard}. An `error` just before it disconnects is its reason. */
export class SocketIo extends LiveSocket {
  /** @type {number|undefined} */
  #silence;
  #patienceMillis = GREETING_MILLIS;
  #complaint = '';

  /**
   * @param {string} event of the server
   * @param {any} argument
   */
  heard(event, argument) {}

  /**
   * @param {string} event
   * @param {object} argument with {@link ATTACHMENT} in it where there is an attachment
   * @param {Blob} [attachment]
   * @returns {boolean} whether there was an open socket for it
   */
  emit(event, argument, attachment) {
    if (!attachment) {
      return this.send(`${MESSAGE}${EVENT}${JSON.stringify([event, argument])}`);
    }
    return this.send(`${MESSAGE}${BINARY_EVENT}1-${JSON.stringify([event, argument])}`) && this.send(attachment);
  }

  opened() {
    this.#complaint = '';
    this.#patienceMillis = GREETING_MILLIS;
    this.#listen();
  }

  ended() {
    clearTimeout(this.#silence);
  }

  /** @param {string|ArrayBuffer} data an ArrayBuffer is an attachment, of which the server has none to send */
  received(data) {
    this.#listen();
    if (typeof data === 'string') {
      try {
        this.#packet(data);
      } catch (fault) {
        if (!(fault instanceof SyntaxError)) {
          throw fault;
        }
        this.heard('error', { message: 'What the server sent cannot be read.' });
      }
    }
  }

  /** @param {string} packet of Engine.IO */
  #packet(packet) {
    switch (packet[0]) {
      case OPEN: {
        const { pingInterval, pingTimeout } = JSON.parse(packet.slice(1));
        this.#patienceMillis = pingInterval + pingTimeout;
        this.#listen();
        this.send(MESSAGE + CONNECT);
        break;
      }
      case PING:
        this.send(PONG + packet.slice(1));
        break;
      case CLOSE:
        this.broken(BROKEN, 'the server closed it');
        break;
      case MESSAGE:
        this.#message(packet[1], packet.slice(2));
        break;
      default:
    }
  }

  /**
   * @param {string} type
   * @param {string} body begins with the namespace where it is not the main one
   */
  #message(type, body) {
    if (body.startsWith('/')) {
      return;
    }
    switch (type) {
      case CONNECT:
        this.accepted();
        break;
      case EVENT: {
        // An acknowledgement the server asks for would stand before the list; nothing here answers one.
        const [event, argument] = JSON.parse(body.slice(body.indexOf('[')));
        this.#complaint = event === 'error' ? String(argument?.message ?? argument) : '';
        this.heard(event, argument);
        break;
      }
      case DISCONNECT:
        this.refused(this.#complaint);
        break;
      case CONNECT_ERROR:
        this.refused(JSON.parse(body).message ?? '');
        break;
      default:
    }
  }

  /** Something was heard; nothing for longer than the server's pings allow means that it is gone. */
  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.broken(BROKEN, 'nothing was heard of the server for too long'), this.#patienceMillis);
  }
}
