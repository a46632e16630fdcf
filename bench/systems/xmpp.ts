/** A client of an XMPP server over plain TCP: signs in, talks with one other or in one room, and reads stamps. */
import { connect, type Socket } from 'node:net';
import type { Ear } from '../peer.ts';
import { StanzaReader } from './stanzas.ts';
import { connectSome, localAddressOf, type Running, type Talker } from './system.ts';

export const domain = 'localhost';
export const roomDomain = 'conference.localhost';
export const userName = (index: number): string => `bench${index}`;
/** Everybody's: no figure depends on it. */
export const password = 'bench';

const RESOURCE = 'bench';
const ANSWER_MS = 30_000;
/** Of unread text while signing in; a server that says more is not understood. */
const MAX_TEXT = 1 << 20;

interface Awaited {
  readonly mark: string;
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

export class XmppClient implements Talker {
  readonly index: number;
  readonly #socket: Socket;
  readonly #ear: Ear;
  readonly #reader: StanzaReader;
  /** While something is awaited, what has come meanwhile. */
  #text = '';
  #awaited: Awaited | null = null;
  /** What stands around a message's text. */
  #head = '';
  #lastId = 0;

  private constructor(port: number, index: number, ear: Ear) {
    this.index = index;
    this.#ear = ear;
    this.#reader = new StanzaReader((due, sender) => ear.delivered(due, sender, index));
    this.#socket = connect({ port, host: '127.0.0.1', localAddress: localAddressOf(index), noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#awaited?.reject(error));
    this.#socket.on('close', () => this.#awaited?.reject(new Error('The stream ended.')));
  }

  /** Resolves when signed in and present. */
  static async connect(port: number, index: number, ear: Ear): Promise<XmppClient> {
    const client = new XmppClient(port, index, ear);
    const open =
      `<stream:stream to='${domain}' xmlns='jabber:client' ` +
      `xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`;
    try {
      await client.#ask(open, '</stream:features>');
      const secret = Buffer.from(`\0${userName(index)}\0${password}`).toString('base64');
      const auth = `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${secret}</auth>`;
      await client.#ask(auth, '<success');
      await client.#ask(open, '</stream:features>');
      const bind = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>${RESOURCE}</resource></bind>`;
      await client.#ask(`<iq type='set' id='bind'>${bind}</iq>`, '</jid>');
      client.#socket.write('<presence/>');
      return client;
    } catch (error) {
      client.terminate();
      throw error;
    }
  }

  /** Writes to one other from now on, to the device it is at: nobody must look for it. */
  talkWith(index: number): void {
    this.#head = ` to='${userName(index)}@${domain}/${RESOURCE}' type='chat'><body>`;
  }

  /** Enters a room and writes there from now on. The first to enter makes it. */
  async enter(room: string): Promise<void> {
    const address = `${room}@${roomDomain}`;
    const presence = `<presence to='${address}/n${this.index}'><x xmlns='http://jabber.org/protocol/muc'>`;
    // A room's subject ends what one is told on entering, also when there is none.
    await this.#ask(`${presence}<history maxstanzas='0'/></x></presence>`, '<subject');
    this.#head = ` to='${address}' type='groupchat'><body>`;
  }

  say(id: number, _messageId: string, text: string): void {
    this.#lastId = id;
    this.#socket.write(`<message id='m${id}'${this.#head}${text}</body></message>`);
  }

  /** Its like (XEP-0184) answers each message with a message: that would be other work than the others do. */
  markDelivered(): void {}

  /** Nobody ends a silent XMPP stream here. */
  ping(): void {}

  terminate(): void {
    this.#awaited = null;
    this.#socket.resetAndDestroy();
  }

  /** Sends, and waits for a mark in what the server says. */
  #ask(stanza: string, mark: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#awaited = { mark, resolve, reject };
    this.#text = '';
    const late = (): void => reject(new Error(`No ${mark} in time, but: ${this.#text.slice(0, 500)}`));
    const timer = setTimeout(late, ANSWER_MS);
    this.#socket.write(stanza);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#awaited = null;
      this.#text = '';
    });
  }

  #read(chunk: string): void {
    const found = this.#reader.read(chunk);
    if (this.#awaited) this.#await(this.#awaited, chunk);
    // Refusals come alone: looking for them in every chunk would be the generator's second work on it.
    else if (found === 0 && chunk.includes('<error')) this.#ear.failed(this.#lastId, chunk);
  }

  #await({ mark, resolve, reject }: Awaited, chunk: string): void {
    this.#text += chunk;
    if (this.#text.includes(mark)) resolve(this.#text);
    else if (/<failure|<stream:error|type=['"]error/.test(this.#text)) reject(new Error(this.#text));
    else if (this.#text.length > MAX_TEXT) reject(new Error(`No ${mark} in ${MAX_TEXT} characters.`));
  }
}

/** What both XMPP servers have in common once they run. */
export function xmppRunning(
  port: number,
  { serverPids, databasePid }: Pick<Running, 'serverPids' | 'databasePid'>,
  stop: () => Promise<void>,
): Running {
  const clients: XmppClient[] = [];
  return {
    serverPids,
    databasePid,
    connect: async (from, to, ear) => {
      const more = await connectSome(from, to, (index) => XmppClient.connect(port, index, ear));
      clients.push(...more);
      return more;
    },
    pairUp: async (count) => {
      for (const client of clients.slice(0, count)) client.talkWith(client.index ^ 1);
    },
    gather: async (size) => {
      const room = `room${size}`;
      await clients[0]?.enter(room);
      await connectSome(1, size, (index) => clients[index]!.enter(room));
    },
    stop,
  };
}
