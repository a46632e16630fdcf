/**
 * Every message of others, once and in order: for a program that must act on each. It begins at one's read mark and goes on
 * whatever happens to the connection; what events did not bring is read.
 */
import type { ConversationChange, Head, MessageRecord, User } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { backoff } from './backoff.ts';
import type { Request } from './request.ts';
import type { Store } from './store/store.ts';
import type { Clock } from './types.ts';

export interface FeedDeps {
  readonly store: Store;
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  handleUsers(users: readonly User[]): void;
}

/** Conversations that are read at a time. */
const PARALLEL = 4;

export class Feed {
  readonly #deps: FeedDeps;
  readonly #tell: (message: MessageRecord) => void;
  readonly #stops: (() => void)[];
  /** Told up to this seq, by conversation. */
  readonly #told = new Map<string, number>();
  readonly #due = new Set<string>();
  #running = 0;
  #open = true;

  constructor(deps: FeedDeps, tell: (message: MessageRecord) => void) {
    this.#deps = deps;
    this.#tell = tell;
    const { events } = deps.store;
    this.#stops = [
      events.on('head', (id, head) => this.#handleHead(id, head)),
      events.on('records', (id, records) => this.#handleRecords(id, records)),
    ];
    for (const [id, head] of deps.store.heads()) this.#handleHead(id, head);
  }

  stop(): void {
    this.#open = false;
    for (const stop of this.#stops) stop();
  }

  #handleHead(id: string, head: Head | undefined): void {
    if (!head) {
      this.#told.delete(id);
      return;
    }
    if (!this.#told.has(id)) this.#told.set(id, head.readSeq);
    if (!this.#isBehind(id)) return;
    this.#due.add(id);
    // A live message follows its head at once, and need not be read.
    this.#deps.clock.after(0, () => void this.#work());
  }

  #isBehind(id: string): boolean {
    return (this.#deps.store.head(id)?.lastSeq ?? 0) > (this.#told.get(id) ?? Number.POSITIVE_INFINITY);
  }

  /** Of events, changes and pages: what comes next in order is told, the rest is left to be read. */
  #handleRecords(id: string, records: readonly ConversationChange[]): void {
    const messages = records.filter((record) => record.type === 'message');
    for (const message of messages.sort((a, b) => a.seq - b.seq)) {
      const told = this.#told.get(id);
      if (told === undefined || message.seq > told + 1) return;
      if (message.seq === told + 1) this.#advance(id, message);
    }
  }

  #advance(id: string, message: MessageRecord): void {
    this.#told.set(id, message.seq);
    if (message.authorId !== this.#deps.store.me) this.#tell(message);
  }

  async #work(): Promise<void> {
    if (this.#running >= PARALLEL) return;
    this.#running += 1;
    for (const id of this.#due) {
      this.#due.delete(id);
      await this.#read(id);
    }
    this.#running -= 1;
  }

  /** Up to the head, as long as there is one. */
  async #read(id: string): Promise<void> {
    const { request, clock, random, handleUsers } = this.#deps;
    for (let failures = 0; this.#open && this.#isBehind(id); ) {
      const after = this.#told.get(id) ?? 0;
      try {
        const page = await request('getHistory', { conversationId: id, after, limit: limits.pageMax });
        failures = 0;
        if (!this.#open) return;
        handleUsers(page.users);
        this.#handleRecords(id, page.messages);
        // Left and let in again, or nothing to be seen there: the next head says where to go on.
        if (this.#told.get(id) === after) return;
      } catch (error) {
        // No longer in it, most likely: then the head goes.
        if (error instanceof KithError && !error.retryable) return;
        const atLeast = error instanceof KithError ? error.retryAfterMs : undefined;
        await new Promise<void>((resolve) => clock.after(backoff(failures, random(), atLeast), resolve));
        failures += 1;
      }
    }
  }
}
