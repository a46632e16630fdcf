/** How far threads were read here: told to the server, the latest of what was meant, until it has answered. */
import type { ThreadMark } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { backoff } from './backoff.ts';
import type { Request } from './request.ts';
import type { CachedThreads } from './storage/storage.ts';
import type { Clock } from './types.ts';

export interface ThreadReadsDeps {
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  /** The server's mark after that. */
  told(mark: ThreadMark): void;
}

interface Reading {
  readonly conversationId: string;
  seq: number;
  busy: boolean;
}

export class ThreadReads {
  readonly #deps: ThreadReadsDeps;
  /** Not confirmed, by root. */
  readonly #reading = new Map<string, Reading>();
  #live = false;
  #epoch = 0;

  constructor(deps: ThreadReadsDeps) {
    this.#deps = deps;
  }

  /** For the cache. */
  all(): CachedThreads['reads'] {
    return [...this.#reading].map(([rootId, { conversationId, seq }]) => ({ conversationId, rootId, seq }));
  }

  has(rootId: string): boolean {
    return this.#reading.has(rootId);
  }

  /** Told with the next connection when there is none now. False: as far was meant already. */
  read(conversationId: string, rootId: string, seq: number): boolean {
    const reading = this.#reading.get(rootId) ?? { conversationId, seq: 0, busy: false };
    if (reading.seq >= seq) return false;
    reading.seq = seq;
    this.#reading.set(rootId, reading);
    void this.#tell(rootId);
    return true;
  }

  forget(rootId: string): void {
    this.#reading.delete(rootId);
  }

  handleSynced(): void {
    this.#live = true;
    this.#epoch++;
    for (const rootId of this.#reading.keys()) void this.#tell(rootId);
  }

  handleDown(): void {
    this.#live = false;
    this.#epoch++;
  }

  clear(): void {
    this.#reading.clear();
  }

  async #tell(rootId: string): Promise<void> {
    const reading = this.#reading.get(rootId);
    if (!reading || reading.busy || !this.#live) return;
    reading.busy = true;
    const { conversationId, seq } = reading;
    const epoch = this.#epoch;
    let wait: number | undefined;
    try {
      const { mark } = await this.#deps.request('markThreadRead', { conversationId, rootId, seq });
      if (reading.seq === seq) this.#reading.delete(rootId);
      this.#deps.told(mark);
    } catch (error) {
      if (error instanceof KithError && !error.retryable) this.#reading.delete(rootId);
      else
        wait = backoff(1, this.#deps.random(), error instanceof KithError ? error.retryAfterMs : undefined);
    }
    reading.busy = false;
    if (wait === undefined) return void this.#tell(rootId);
    // Without a connection, the next one begins again.
    this.#deps.clock.after(wait, () => {
      if (epoch === this.#epoch) void this.#tell(rootId);
    });
  }
}
