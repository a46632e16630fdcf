/**
 * What waits to be written to one socket: bounded (S12), in order, ephemeral frames dropped first (S10). Frames of
 * one socket's own wait as strings and share one message when they are written; packets are shared between sockets.
 */
import type { Flushable, Flusher } from './flusher.ts';
import { encodeMessage, type Packet, type SpreadMessage, spreadMessage } from './packet.ts';

/** The part of a `net.Socket` that is needed: written to directly, because packets already carry their header. */
export interface Wire {
  readonly writableLength: number;
  readonly writable: boolean;
  write(bytes: Buffer): boolean;
  cork(): void;
  uncork(): void;
  on(event: 'drain', listener: () => void): unknown;
}

export interface OutboundOptions {
  readonly wire: Wire;
  readonly flusher: Flusher;
  /** Bytes that may wait, in this queue and in the socket's own, when more comes. */
  readonly maxBytes: number;
  /** Called when more than that waits; the queue has been emptied by then, and must be closed. */
  readonly onOverflow: () => void;
}

type State =
  /** Before the welcome: collects, writes nothing. */
  | 'held'
  | 'open'
  /** The kernel takes no more for now. */
  | 'stalled'
  | 'closed';

type Item = string | Packet | SpreadMessage;

/** Ephemeral frames may use this part of the bound. */
const EPHEMERAL_SHARE = 1 / 4;
/** As much may wait in the socket itself, where it can no longer be dropped, before this queue holds back. */
const STALL_BYTES = 64 * 1024;

/** Up to here, copying what goes out into one buffer costs less than handing several to the kernel. */
const COPY_BYTES = 8 * 1024;

export class Outbound implements Flushable {
  readonly #wire: Wire;
  readonly #flusher: Flusher;
  readonly #maxBytes: number;
  readonly #onOverflow: () => void;
  #state: State = 'held';
  #queue: Item[] = [];
  #queuedBytes = 0;

  constructor(options: OutboundOptions) {
    this.#wire = options.wire;
    this.#flusher = options.flusher;
    this.#maxBytes = options.maxBytes;
    this.#onOverflow = options.onOverflow;
    this.#wire.on('drain', () => {
      if (this.#state !== 'stalled') return;
      this.#state = 'open';
      if (this.#queue.length > 0) this.#flusher.scheduleSink(this);
    });
  }

  /** Bytes that wait for the reader. */
  get waitingBytes(): number {
    return this.#queuedBytes + this.#wire.writableLength;
  }

  /** Puts `first` before everything collected so far, and begins to write. */
  open(first: string): void {
    if (this.#state !== 'held') return;
    this.#state = 'open';
    this.#queue.unshift(first);
    this.#grow(Buffer.byteLength(first));
  }

  /** A frame of this socket's own. */
  push(frame: string): void {
    if (this.#state === 'closed') return;
    this.#queue.push(frame);
    this.#grow(Buffer.byteLength(frame));
  }

  /** The same, encoded already. */
  pushEncoded(frame: readonly Buffer[]): void {
    if (this.#state === 'closed') return;
    const message = spreadMessage(frame);
    this.#queue.push(message);
    this.#grow(message.byteLength);
  }

  /** Frames shared with other sockets. */
  pushPacket(packet: Packet): void {
    if (this.#state === 'closed') return;
    if (packet.ephemeral && this.waitingBytes > this.#maxBytes * EPHEMERAL_SHARE) return;
    this.#queue.push(packet);
    this.#grow(packet.bytes.length);
  }

  flush(): void {
    if (this.#state !== 'open' || this.#queue.length === 0) return;
    const queue = this.#queue;
    const messages = queue.length === 1 ? bytesOf(queue[0] as Item) : [...messagesOf(queue)];
    // Emptied, not replaced: it grew old while nothing was said here, and dropped full it would keep what it holds beyond the
    // young generation.
    queue.length = 0;
    this.#queuedBytes = 0;
    if (!this.#wire.writable) return;
    this.#writeAll(messages);
    if (this.#wire.writableLength > STALL_BYTES) this.#state = 'stalled';
  }

  /** Writes what waits and then `last`, whatever the reader's pace; nothing follows. */
  close(last: string): void {
    if (this.#state === 'closed') return;
    // Before the welcome nothing but the reason is theirs to see.
    if (this.#state === 'held') this.#queue = [];
    this.#state = 'open';
    this.#queue.push(last);
    this.flush();
    this.discard();
  }

  /** Forgets what waits; nothing follows. */
  discard(): void {
    this.#state = 'closed';
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  #writeAll(messages: readonly Buffer[]): void {
    if (messages.length === 1) {
      this.#wire.write(messages[0] as Buffer);
      return;
    }
    const bytes = messages.reduce((sum, message) => sum + message.length, 0);
    if (bytes <= COPY_BYTES) {
      this.#wire.write(Buffer.concat(messages, bytes));
      return;
    }
    this.#wire.cork();
    for (const message of messages) this.#wire.write(message);
    this.#wire.uncork();
  }

  #grow(bytes: number): void {
    const before = this.waitingBytes;
    this.#queuedBytes += bytes;
    const share = this.#maxBytes * EPHEMERAL_SHARE;
    if (before <= share && before + bytes > share) this.#dropEphemeral();
    // What waited before tells how fast the reader is; one long answer tells only what was asked.
    if (before > this.#maxBytes) {
      this.#queue = [];
      this.#queuedBytes = 0;
      this.#onOverflow();
    } else if (this.#state === 'open') {
      this.#flusher.scheduleSink(this);
    }
  }

  #dropEphemeral(): void {
    this.#queue = this.#queue.filter((item) => {
      if (typeof item === 'string' || 'parts' in item || !item.ephemeral) return true;
      this.#queuedBytes -= item.bytes.length;
      return false;
    });
  }
}

/** Own frames that follow each other become one message. */
function* messagesOf(queue: readonly Item[]): Generator<Buffer> {
  let own: string[] = [];
  for (const item of queue) {
    if (typeof item === 'string') {
      own.push(item);
      continue;
    }
    if (own.length > 0) yield encodeMessage(own);
    own = [];
    yield* bytesOf(item);
  }
  if (own.length > 0) yield encodeMessage(own);
}

const bytesOf = (item: Item): readonly Buffer[] => {
  if (typeof item === 'string') return [encodeMessage([item])];
  return 'parts' in item ? item.parts : [item.bytes];
};
