/**
 * A client that was away, as the SDK comes back (packages/client/src/sync.ts): welcome, `watch` of what is on its screen,
 * `sync` from its cursor, then the changes of its conversations, the latest first, some in one answer, and word of what was
 * delivered. Whatever is refused is tried again after the SDK's own pauses.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { limits, type Output, subprotocol } from '@kith/protocol';
import { WebSocket } from 'ws';
import { backoff } from '../packages/client/src/backoff.ts';
import { within } from './deadline.ts';
import { type FrameSink, readFrames } from './frames.ts';
import type { Person } from './people.ts';

/** The SDK's bounds. */
const WELCOME_MS = limits.welcomeMs + 5_000;
const ANSWER_MS = limits.requestMs + 5_000;
const DELIVERED_DELAY_MS = 1_000;
const RETURN_SPREAD_MS = 4_000;
const TRIES = 30;
/** Conversations the SDK catches up with at once. */
const AT_ONCE = 20;

/** What went wrong, by its code. */
export type Troubles = Map<string, number>;

/** What a device holds of a conversation. */
interface Held {
  rev: number;
  seq: number;
}

type Head = Output<'sync'>['heads'][number];

type Waiting = { readonly resolve: (frame: string) => void; readonly reject: (error: Error) => void };

class Refused extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number;
  constructor(code: string, retryable: boolean, retryAfterMs = 0) {
    super(code);
    this.code = code;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

const refusalOf = (frame: string): Refused => {
  const { error } = JSON.parse(frame) as {
    error: { code: string; retryable: boolean; retryAfterMs?: number };
  };
  return new Refused(error.code, error.retryable, error.retryAfterMs);
};

export class Returner {
  readonly held = new Map<string, Held>();
  /** Of messages, payload only. */
  bytes = 0;
  /** Messages that came, and those that came twice or out of turn. */
  messages = 0;
  misplaced = 0;
  readonly #url: string;
  readonly #person: Person;
  readonly #index: number;
  readonly #troubles: Troubles;
  #cursor: string | undefined;
  /** Told of, by conversation, and not caught up with: a cursor that has moved on does not tell them again. */
  readonly #behind = new Map<string, Head>();
  /** Reached this device, and the server does not know. */
  readonly #untold = new Map<string, Head>();
  #line: Line | null = null;

  constructor(url: string, person: Person, index: number, troubles: Troubles) {
    this.#url = url;
    this.#person = person;
    this.#index = index;
    this.#troubles = troubles;
  }

  /** The first time: everything there is, by its heads. */
  async visit(): Promise<void> {
    await this.#insist(async (line) => {
      for (const head of await this.#sync(line)) {
        this.held.set(head.conversation.id, { rev: head.rev, seq: head.lastSeq });
      }
    });
  }

  leave(): void {
    this.#line?.terminate();
    this.#line = null;
  }

  ping(): void {
    this.#line?.ping();
  }

  /** Back again, until in step. The promise within settles when what was delivered is told too. */
  async comeBack(on: {
    welcomed(): void;
    synced(): void;
    inStep(): void;
  }): Promise<{ readonly told: Promise<void> }> {
    let told: Promise<void> = Promise.resolve();
    await this.#insist(async (line) => {
      on.welcomed();
      const [first] = this.held.keys();
      if (first !== undefined) {
        this.#again(line, 'watch', { conversationIds: [first], userIds: [] }).catch(() => undefined);
      }
      const heads = await this.#sync(line);
      on.synced();
      for (const head of heads) {
        this.#behind.set(head.conversation.id, head);
        if (head.unread > 0) this.#untold.set(head.conversation.id, head);
      }
      // Nobody is out of step for it: the next connection tells them.
      told = this.#tellDelivered(line).catch((error: unknown) => {
        this.#note(`markDelivered, given up: ${error instanceof Refused ? error.code : String(error)}`);
      });
      await this.#catchUp(line);
      on.inStep();
    });
    return { told };
  }

  /** Connects and works, anew for as long as the trouble is of the passing kind. */
  async #insist(work: (line: Line) => Promise<void>): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        this.#line ??= await Line.open(this.#url, this.#person, this.#index, (bytes) => {
          this.bytes += bytes;
        });
        return await work(this.#line);
      } catch (error) {
        this.leave();
        const refused = error instanceof Refused ? error : null;
        this.#note(`connection: ${refused?.code ?? String(error)}`);
        if (attempt >= TRIES || refused?.retryable === false) throw error;
        await sleep(backoff(attempt, Math.random(), refused?.retryAfterMs));
      }
    }
  }

  /** One request, again for as long as it is refused for now. */
  async #again(line: Line, command: string, input: unknown): Promise<string> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await line.request(command, input);
      } catch (error) {
        if (!(error instanceof Refused && error.retryable) || line.closed || attempt >= TRIES) throw error;
        this.#note(`${command}: ${error.code}`);
        await sleep(backoff(attempt, Math.random(), error.retryAfterMs));
      }
    }
  }

  async #sync(line: Line): Promise<Head[]> {
    const heads: Head[] = [];
    let next: string | null = null;
    let page: Output<'sync'>;
    do {
      const input = {
        ...(this.#cursor !== undefined && { cursor: this.#cursor }),
        ...(next !== null && { next }),
      };
      page = outputOf<'sync'>(await this.#again(line, 'sync', input));
      heads.push(...page.heads);
      next = page.next;
    } while (next !== null);
    this.#cursor = page.cursor;
    return heads;
  }

  /** The latest first, as many as one answer takes. */
  async #catchUp(line: Line): Promise<void> {
    const latest = [...this.#behind.values()].sort((a, b) => newest(b).localeCompare(newest(a)));
    let due = latest.map(({ conversation }) => conversation.id);
    while (due.length > 0) {
      const some = due.slice(0, AT_ONCE);
      const conversations = some.map((id) => ({ conversationId: id, since: this.#heldOf(id).rev }));
      const frame = await this.#again(line, 'catchUp', { conversations });
      for (const [id, changes] of answersIn(frame)) {
        this.#take(id, changes);
        if (this.#heldOf(id).rev >= (this.#behind.get(id)?.rev ?? 0)) this.#behind.delete(id);
      }
      due = due.filter((id) => this.#behind.has(id));
    }
  }

  #heldOf(conversationId: string): Held {
    const held = this.held.get(conversationId);
    if (!held) throw new Refused(`told of ${conversationId}, where it never was`, false);
    return held;
  }

  /** A full parse of all that comes would make the generator the thing that is measured. */
  #take(conversationId: string, changes: string): void {
    const held = this.#heldOf(conversationId);
    const end = /"rev":(\d+),"more":(true|false)\}/.exec(changes.slice(-120));
    if (!end) throw new Refused('catchUp: reset', false);
    for (let at = changes.indexOf(SEQ); at >= 0; at = changes.indexOf(SEQ, at + SEQ.length)) {
      const seq = Number.parseInt(changes.slice(at + SEQ.length, at + SEQ.length + 12), 10);
      if (seq !== held.seq + 1) this.misplaced += 1;
      held.seq = seq;
      this.messages += 1;
    }
    held.rev = Number(end[1]);
  }

  async #tellDelivered(line: Line): Promise<void> {
    await sleep(DELIVERED_DELAY_MS + Math.random() * RETURN_SPREAD_MS);
    const due = [...this.#untold.values()];
    for (let from = 0; from < due.length; from += limits.deliveredMarks) {
      const some = due.slice(from, from + limits.deliveredMarks);
      const marks = some.map((head) => ({ conversationId: head.conversation.id, seq: head.lastSeq }));
      await this.#again(line, 'markDelivered', { marks });
      for (const head of some) this.#untold.delete(head.conversation.id);
    }
  }

  #note(trouble: string): void {
    this.#troubles.set(trouble, (this.#troubles.get(trouble) ?? 0) + 1);
  }
}

const SEQ = ',"seq":';
const CHANGES = '","changes":';
const ID_LENGTH = 36;

/** The answers of `catchUp` by conversation, unparsed. */
function* answersIn(frame: string): Generator<readonly [conversationId: string, changes: string]> {
  for (let at = frame.indexOf(CHANGES); at >= 0; ) {
    const next = frame.indexOf(CHANGES, at + CHANGES.length);
    yield [frame.slice(at - ID_LENGTH, at), frame.slice(at, next < 0 ? frame.length : next)];
    at = next;
  }
}
const newest = (head: Head): string => head.preview?.createdAt ?? '';
const outputOf = <N extends 'sync'>(frame: string): Output<N> =>
  (JSON.parse(frame) as { output: Output<N> }).output;

/** One connection. */
class Line implements FrameSink {
  closed = false;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #welcome = Promise.withResolvers<void>();
  #nextId = 1;

  private constructor(url: string, person: Person, index: number, onBytes: (count: number) => void) {
    this.#socket = new WebSocket(url, subprotocol, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      // An address takes a bounded number of sockets; a machine has many loopback addresses.
      localAddress: `127.0.0.${2 + (index % 100)}`,
    });
    const hello = { t: 'hello', token: person.token, client: 'bench' };
    this.#socket.on('open', () => this.#socket.send(JSON.stringify(hello)));
    this.#socket.on('message', (data: Buffer) => {
      onBytes(data.length);
      readFrames(data.toString('latin1'), this);
    });
    this.#socket.on('error', (error) => this.#end(new Refused(error.message, true)));
    this.#socket.on('close', (code) => this.#end(new Refused(`closed ${code}`, true)));
  }

  static async open(
    url: string,
    person: Person,
    index: number,
    onBytes: (count: number) => void,
  ): Promise<Line> {
    const line = new Line(url, person, index, onBytes);
    const timer = setTimeout(() => line.#end(new Refused('no welcome', true)), WELCOME_MS);
    try {
      await line.#welcome.promise;
      return line;
    } catch (error) {
      line.terminate();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  request(command: string, input: unknown): Promise<string> {
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = new Promise<string>((resolve, reject) => {
      if (this.closed) return reject(new Refused('closed', true));
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ t: 'request', id, command, input }));
    });
    const late = () => {
      throw new Refused('no answer', true);
    };
    return within(ANSWER_MS, command, answer).catch((error) =>
      error instanceof Refused ? Promise.reject(error) : late(),
    );
  }

  ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send('{"t":"ping"}');
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #end(error: Error): void {
    this.closed = true;
    this.#welcome.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  // ---- FrameSink ----

  reply(id: number, frame: string): void {
    this.#waiting.get(id)?.resolve(frame);
    this.#waiting.delete(id);
  }

  failed(id: number, frame: string): void {
    this.#waiting.get(id)?.reject(refusalOf(frame));
    this.#waiting.delete(id);
  }

  message(): void {}

  lastSeq(): void {}

  other(frame: string): void {
    if (frame.startsWith('{"t":"welcome"')) this.#welcome.resolve();
    else if (frame.startsWith('{"t":"goodbye"')) this.#end(refusalOf(frame));
  }
}
