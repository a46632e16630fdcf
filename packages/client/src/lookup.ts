/** Single messages by id, for quotes: whatever is known, else fetched, all of one turn and conversation together. */
import type { ConversationChange, MessageRecord, User } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { asKithError } from './asKithError.ts';
import { backoff } from './backoff.ts';
import type { Overlays } from './overlays.ts';
import { Cell, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { Store } from './store/store.ts';
import type { Clock, Readable } from './types.ts';

export interface LookupDeps {
  readonly store: Store;
  readonly overlays: Overlays;
  readonly scheduler: Scheduler;
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  handleUsers(users: readonly User[]): void;
}

/** Messages kept although no window holds them and nobody looks at them. */
const LOOSE_MAX = 2_000;

export class MessageLookup {
  readonly #deps: LookupDeps;
  readonly #cells = new Map<string, Cell<MessageRecord | null | undefined>>();
  readonly #loose = new Map<string, MessageRecord>();
  readonly #wanted = new Map<string, Set<string>>();
  #scheduled = false;
  #live = false;
  #failures = 0;
  /** Why the round under way must be repeated. */
  #refused: KithError | undefined;

  constructor(deps: LookupDeps) {
    this.#deps = deps;
    deps.overlays.events.on('changed', (conversationId, messageId) => this.#show(conversationId, messageId));
  }

  get(conversationId: string, messageId: string): Readable<MessageRecord | null | undefined> {
    const key = `${conversationId} ${messageId}`;
    let cell = this.#cells.get(key);
    if (!cell) {
      cell = new Cell<MessageRecord | null | undefined>(this.#deps.scheduler, undefined, (observed) => {
        if (!observed && this.#cells.size > LOOSE_MAX) this.#cells.delete(key);
      });
      this.#cells.set(key, cell);
      this.#show(conversationId, messageId);
    }
    if (cell.get() === undefined) this.#want(conversationId, messageId);
    return cell;
  }

  /** The server's record, as far as known. */
  peek(conversationId: string, messageId: string): MessageRecord | undefined {
    return this.#deps.store.windows.get(conversationId)?.byId(messageId) ?? this.#loose.get(messageId);
  }

  handleRecords(conversationId: string, records: readonly ConversationChange[]): void {
    for (const record of records) {
      if (record.type !== 'message') continue;
      const key = `${conversationId} ${record.id}`;
      const known = this.#loose.get(record.id);
      if (known ? known.rev < record.rev : this.#cells.has(key)) this.#keep(record);
      if (this.#cells.has(key)) this.#show(conversationId, record.id);
    }
  }

  /** Quoted messages come along with a page, found ones with a search. */
  handleQuoted(records: readonly MessageRecord[]): void {
    for (const record of records) {
      const known = this.#loose.get(record.id);
      if (known && known.rev >= record.rev) continue;
      this.#keep(record);
      this.#show(record.conversationId, record.id);
    }
  }

  /** Other messages are hidden now. */
  handleHidden(conversationId: string): void {
    for (const [key, cell] of this.#cells) {
      if (!key.startsWith(`${conversationId} `)) continue;
      const messageId = key.slice(conversationId.length + 1);
      if (this.peek(conversationId, messageId)) this.#show(conversationId, messageId);
      // Left out by the server as long as it was hidden.
      else if (cell.get() === null) this.#want(conversationId, messageId);
    }
  }

  handleLive(): void {
    this.#live = true;
    this.#failures = 0;
    // While away they may have changed without a word: what is on screen is looked up again.
    for (const [key, cell] of this.#cells) {
      const [conversationId, messageId] = key.split(' ') as [string, string];
      if (this.#deps.store.windows.get(conversationId)?.byId(messageId)) continue;
      if (cell.observed) this.#want(conversationId, messageId);
      else {
        this.#cells.delete(key);
        this.#loose.delete(messageId);
      }
    }
    this.#schedule();
  }

  handleDown(): void {
    this.#live = false;
  }

  clear(): void {
    for (const cell of this.#cells.values()) cell.set(undefined);
    this.#cells.clear();
    this.#loose.clear();
    this.#wanted.clear();
  }

  /** Resolves to the message, asking the server when it is not here. */
  async fetch(conversationId: string, messageId: string): Promise<MessageRecord> {
    const known = this.peek(conversationId, messageId);
    if (known) return known;
    const { messages, users } = await this.#deps.request('getMessages', {
      conversationId,
      messageIds: [messageId],
    });
    this.#deps.handleUsers(users);
    const found = messages[0];
    if (!found) throw new KithError('not_found', { message: 'This message is not there.' });
    this.#keep(found);
    return found;
  }

  #keep(record: MessageRecord): void {
    this.#loose.delete(record.id);
    this.#loose.set(record.id, record);
    if (this.#loose.size > LOOSE_MAX) {
      const [oldest] = this.#loose.keys();
      if (oldest !== undefined) this.#loose.delete(oldest);
    }
  }

  #show(conversationId: string, messageId: string): void {
    const cell = this.#cells.get(`${conversationId} ${messageId}`);
    if (!cell) return;
    const { store, overlays } = this.#deps;
    const inWindow = store.windows.get(conversationId)?.byId(messageId);
    const loose = this.#loose.get(messageId);
    const record = inWindow && loose && loose.rev > inWindow.rev ? loose : (inWindow ?? loose);
    if (record) cell.set(store.gone(record) ? null : overlays.apply(record, store.me));
  }

  #want(conversationId: string, messageId: string): void {
    const ids = this.#wanted.get(conversationId) ?? new Set();
    this.#wanted.set(conversationId, ids.add(messageId));
    this.#schedule();
  }

  #schedule(delay = 0): void {
    if (this.#scheduled || !this.#live || this.#wanted.size === 0) return;
    this.#scheduled = true;
    this.#deps.clock.after(delay, () => void this.#fetchWanted());
  }

  async #fetchWanted(): Promise<void> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    await Promise.all(wanted.map(([conversationId, ids]) => this.#fetchSome(conversationId, [...ids])));
    this.#scheduled = false;
    const refused = this.#refused;
    this.#refused = undefined;
    if (refused) this.#schedule(backoff(this.#failures++, this.#deps.random(), refused.retryAfterMs));
    else {
      this.#failures = 0;
      this.#schedule();
    }
  }

  async #fetchSome(conversationId: string, ids: string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += limits.lookup) {
      const messageIds = ids.slice(at, at + limits.lookup);
      try {
        const { messages, users } = await this.#deps.request('getMessages', { conversationId, messageIds });
        this.#deps.handleUsers(users);
        this.handleQuoted(messages);
        for (const id of messageIds) {
          if (this.peek(conversationId, id)) this.#show(conversationId, id);
          else this.#cells.get(`${conversationId} ${id}`)?.set(null);
        }
      } catch (error) {
        if (!(error instanceof KithError) || error.retryable) {
          this.#refused = asKithError(error);
          for (const id of messageIds) this.#want(conversationId, id);
          continue;
        }
        // "Not for you" is an answer.
        for (const id of messageIds) this.#cells.get(`${conversationId} ${id}`)?.set(null);
      }
    }
  }
}
