/** One client: a socket that speaks the real protocol and looks at no more of it than must be. */
import { subprotocol } from '@kith/protocol';
import { WebSocket } from 'ws';
import { type FrameSink, readFrames } from './frames.ts';
import type { Person } from './people.ts';

/** What a peer tells of the messages it sends and gets. */
export interface Ear {
  acknowledged(id: number): void;
  failed(id: number, frame: string): void;
  delivered(dueMs: number, sender: number, receiver: number): void;
}

type Waiting = { readonly resolve: (output: unknown) => void; readonly reject: (error: Error) => void };

/** Ids of requests that are awaited one by one; messages have theirs below. */
const REQUESTS_FROM = 1e12;
const WELCOME_MS = 30_000;

export class Peer implements FrameSink {
  readonly index: number;
  readonly person: Person;
  /** Where it talks, once it has been told. */
  conversationId = '';
  /** The last message seen there, and how far the server knows of it. */
  #seq = 0;
  #marked = 0;
  readonly #ear: Ear;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #welcome = Promise.withResolvers<void>();
  #nextId = REQUESTS_FROM;

  private constructor(url: string, person: Person, index: number, ear: Ear) {
    this.index = index;
    this.person = person;
    this.#ear = ear;
    this.#socket = new WebSocket(url, subprotocol, {
      perMessageDeflate: false,
      // Checking what our own server wrote would only cost the generator time.
      skipUTF8Validation: true,
      // An address takes a bounded number of sockets; a machine has many loopback addresses.
      localAddress: `127.0.0.${2 + (index % 100)}`,
    });
    const hello = { t: 'hello', token: person.token, client: 'bench' };
    this.#socket.on('open', () => this.#socket.send(JSON.stringify(hello)));
    this.#socket.on('message', (data: Buffer) => readFrames(data.toString('latin1'), this));
    this.#socket.on('error', (error) => this.#end(error));
    this.#socket.on('close', (code, reason) => this.#end(new Error(`The socket closed: ${code} ${reason}`)));
  }

  /** Resolves when welcomed. */
  static async connect(url: string, person: Person, index: number, ear: Ear): Promise<Peer> {
    const peer = new Peer(url, person, index, ear);
    const timer = setTimeout(() => peer.#end(new Error('No welcome in time.')), WELCOME_MS);
    await peer.#welcome.promise.finally(() => clearTimeout(timer));
    return peer;
  }

  /** Sends a message under a request id below `REQUESTS_FROM`; how it goes, the ear hears. `text` needs no escaping. */
  say(id: number, messageId: string, text: string): void {
    this.#socket.send(
      `{"t":"request","id":${id},"command":"sendMessage","input":{"conversationId":"${this.conversationId}",` +
        `"messageId":"${messageId}","content":{"type":"plain","text":"${text}"}}}`,
    );
  }

  /** Runs any command. */
  request(command: string, input: unknown): Promise<unknown> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ t: 'request', id, command, input }));
    });
  }

  /** Says how far messages have come to this device, if that is news. */
  markDelivered(): void {
    if (this.#seq <= this.#marked) return;
    this.#marked = this.#seq;
    const marks = [{ conversationId: this.conversationId, seq: this.#seq }];
    this.request('markDelivered', { marks }).catch(() => undefined);
  }

  /** Keeps the connection: the server drops whoever is silent for long. */
  ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send('{"t":"ping"}');
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.close();
  }

  /** Drops the connection without a word. */
  terminate(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.terminate();
  }

  #end(error: Error): void {
    this.#welcome.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  // ---- FrameSink ----

  reply(id: number, frame: string): void {
    if (id < REQUESTS_FROM) return this.#ear.acknowledged(id);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.resolve((JSON.parse(frame) as { output: unknown }).output);
  }

  failed(id: number, frame: string): void {
    if (id < REQUESTS_FROM) return this.#ear.failed(id, frame);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.reject(new Error(frame));
  }

  message(dueMs: number, sender: number): void {
    this.#ear.delivered(dueMs, sender, this.index);
  }

  lastSeq(seq: number): void {
    this.#seq = seq;
  }

  other(frame: string): void {
    if (frame.startsWith('{"t":"welcome"')) this.#welcome.resolve();
    else if (frame.startsWith('{"t":"goodbye"')) this.#end(new Error(frame));
  }
}
