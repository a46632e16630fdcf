/**
 * Keeps the store in step with the server: the heads on connect (S6), the changes a window missed (S2), the holes
 * that events reveal (S4). Everything may be interrupted anywhere and is then done again from what the store holds.
 */
import type { ConversationChange, Event, Output, User } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { backoff } from './backoff.ts';
import { Changes } from './changes.ts';
import type { Request } from './request.ts';
import type { Store } from './store/store.ts';
import type { Clock } from './types.ts';

export interface SyncDeps {
  readonly store: Store;
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  handleUsers(users: readonly User[]): void;
  /** All heads up to here are in the store. */
  synced(cursor: string): void;
}

/** Doubtful heads of one moment are asked for together. */
const HEADS_DELAY = 100;
/** Windows behind that are caught up at once, when nobody looks at them: their changes come in one answer. */
const BACKGROUND = 20;

/** `phase` of one connection; what belongs to an earlier one is void. */
type Phase =
  | { readonly type: 'down' }
  | { readonly type: 'syncing'; readonly epoch: number }
  | { readonly type: 'synced'; readonly epoch: number };

export class Sync {
  readonly #deps: SyncDeps;
  /** Of this connection: what is on screen does not wait for what is not. */
  #changes: { readonly open: Changes; readonly others: Changes };
  #phase: Phase = { type: 'down' };
  #epoch = 0;
  #cursor: string | undefined;
  /** The newest revision heard of, by conversation, while the store is behind it. */
  readonly #target = new Map<string, number>();
  readonly #catching = new Set<string>();
  readonly #failures = new Map<string, number>();
  #wantedHeads = new Set<string>();
  #headsTimer = false;
  /** Conversations a full sync has told, or an event has brought meanwhile. */
  #seen: Set<string> | undefined;
  #background: string[] = [];
  #backgroundRunning = 0;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
    this.#changes = { open: new Changes(deps.request), others: new Changes(deps.request) };
  }

  get cursor(): string | undefined {
    return this.#cursor;
  }

  restore(cursor: string | undefined): void {
    this.#cursor = cursor;
  }

  get synced(): boolean {
    return this.#phase.type === 'synced';
  }

  get live(): boolean {
    return this.#phase.type !== 'down';
  }

  handleLive(): void {
    const epoch = ++this.#epoch;
    this.#phase = { type: 'syncing', epoch };
    this.#failures.clear();
    const { request } = this.#deps;
    this.#changes = { open: new Changes(request), others: new Changes(request) };
    void this.#sync(epoch);
  }

  handleDown(): void {
    this.#epoch++;
    this.#phase = { type: 'down' };
    this.#changes.open.close();
    this.#changes.others.close();
    this.#catching.clear();
    this.#background = [];
    this.#backgroundRunning = 0;
  }

  handleEvent(event: Event): void {
    const { store } = this.#deps;
    switch (event.type) {
      case 'records': {
        const { conversationId: id, from, to, records } = event;
        this.#hear(id, to);
        // Before the batch, so that it waits for the window that is being read.
        const cold = store.windows.isCold(id);
        if (cold) void this.#warm(id);
        const gap = store.handleBatch(id, { from, to, records });
        if (gap.head) this.needHead(id);
        if (!cold) this.check(id);
        return;
      }
      case 'joined':
        this.#deps.handleUsers(event.users);
        this.#acceptHead(event.head);
        return;
      case 'left':
        this.#target.delete(event.membership.conversationId);
        store.handleLeft(event.membership);
        return;
      case 'read':
        if (store.handleRead(event.conversationId, event)) this.needHead(event.conversationId);
        return;
    }
  }

  /** A head out of a reply of a command. */
  handleHead(head: Output<'getHeads'>['heads'][number], users: readonly User[]): void {
    this.#deps.handleUsers(users);
    this.#acceptHead(head);
  }

  /** Something at this revision is known to have happened, its event may still come. */
  expect(id: string, rev: number): void {
    this.#hear(id, rev);
    this.#deps.clock.after(1_500, () => this.check(id));
  }

  /** Asks for a head anew: what is here may be wrong. */
  needHead(id: string): void {
    this.#wantedHeads.add(id);
    this.#scheduleHeads(HEADS_DELAY);
  }

  /** Fetches what the conversation is known to lack. */
  check(id: string): void {
    if (this.#phase.type !== 'synced') return;
    const { store } = this.#deps;
    const head = store.head(id);
    if (!head) return;
    const known = Math.max(this.#target.get(id) ?? 0, head.rev);
    const window = store.windows.get(id);
    if (window && window.rev < known) {
      if (window.blank && window.rev < head.rev) window.reset(head.rev, head.lastSeq);
      else if (known - window.rev > limits.changesDistance && !store.windows.isOpen(id)) {
        store.windows.drop(id);
        store.events.emit('missed', id);
      } else return void this.#catchUp(id);
    }
    if (head.rev < known) this.needHead(id);
    else this.#target.delete(id);
  }

  #hear(id: string, rev: number): void {
    if (rev > (this.#target.get(id) ?? 0)) this.#target.set(id, rev);
  }

  async #warm(id: string): Promise<void> {
    const { store } = this.#deps;
    await store.windows.warm(id);
    const window = store.windows.get(id);
    if (window) store.events.emit('window', id, window, 'all');
    this.check(id);
  }

  #acceptHead(head: Output<'getHeads'>['heads'][number]): void {
    const id = head.conversation.id;
    this.#seen?.add(id);
    const { stale, unsure } = this.#deps.store.handleHead(head);
    if (!stale) this.#failures.delete(id);
    if (unsure) this.needHead(id);
    this.check(id);
  }

  // --- heads on connect -------------------------------------------------------------------------------------------

  async #sync(epoch: number): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#syncPages(epoch);
        break;
      } catch (error) {
        if (epoch !== this.#epoch) return;
        // A cursor of another database, or too old: from the beginning.
        if (error instanceof KithError && !error.retryable) this.#cursor = undefined;
        const after = error instanceof KithError ? error.retryAfterMs : undefined;
        await this.#sleep(backoff(attempt, this.#deps.random(), after));
        if (epoch !== this.#epoch) return;
      }
    }
    if (epoch !== this.#epoch) return;
    this.#phase = { type: 'synced', epoch };
    this.#deps.synced(this.#cursor!);
    this.#catchUpAll();
    if (this.#wantedHeads.size > 0) this.#scheduleHeads(HEADS_DELAY);
  }

  async #syncPages(epoch: number): Promise<void> {
    const { store, request } = this.#deps;
    const cursor = this.#cursor;
    this.#seen = new Set();
    let next: string | null = null;
    let page: Output<'sync'>;
    do {
      page = await request('sync', {
        ...(cursor !== undefined && { cursor }),
        ...(next !== null && { next }),
      });
      if (epoch !== this.#epoch) return;
      this.#deps.handleUsers(page.users);
      for (const head of page.heads) {
        this.#acceptHead(head);
        store.skipNews(head.conversation.id);
      }
      for (const membership of page.left) store.handleLeft(membership);
      next = page.next;
    } while (next !== null);
    if (page.full) {
      for (const id of [...store.heads().keys()]) if (!this.#seen.has(id)) store.forget(id);
    }
    this.#seen = undefined;
    this.#cursor = page.cursor;
  }

  /** Open windows at once, the others of memory and cache some at a time, the latest first. */
  #catchUpAll(): void {
    const { store } = this.#deps;
    const later: string[] = [];
    for (const window of store.windows.all()) {
      if (store.windows.isOpen(window.conversationId)) this.check(window.conversationId);
      else later.push(window.conversationId);
    }
    for (const [id, row] of store.windows.cold) {
      const head = store.head(id);
      if (!head) store.windows.cold.delete(id);
      else if (row.rev < head.rev && store.windows.isCold(id)) later.push(id);
    }
    for (const id of this.#target.keys()) if (!store.windows.get(id)) this.check(id);
    const latest = (id: string) => store.head(id)?.preview?.createdAt ?? '';
    this.#background = later.sort((a, b) => (latest(a) < latest(b) ? 1 : -1));
    for (let n = 0; n < BACKGROUND; n++) void this.#runBackground(this.#epoch);
  }

  async #runBackground(epoch: number): Promise<void> {
    if (this.#backgroundRunning >= BACKGROUND) return;
    this.#backgroundRunning++;
    const { store } = this.#deps;
    while (epoch === this.#epoch) {
      const id = this.#background.shift();
      if (id === undefined) break;
      const head = store.head(id);
      const row = store.windows.cold.get(id);
      if (!head) continue;
      // Too far for `changes`: what the cache holds is of no more use.
      if (row && store.windows.isCold(id) && head.rev - row.rev > limits.changesDistance) {
        store.windows.drop(id);
        store.events.emit('window', id, undefined, 'all');
        continue;
      }
      await store.windows.warm(id);
      if (epoch !== this.#epoch) return;
      const window = store.windows.get(id);
      if (window && window.rev < head.rev) await this.#catchUp(id);
    }
    if (epoch === this.#epoch) this.#backgroundRunning--;
  }

  // --- changes ----------------------------------------------------------------------------------------------------

  /** One at a time per conversation. */
  async #catchUp(id: string): Promise<void> {
    const epoch = this.#epoch;
    if (this.#catching.has(id)) return;
    this.#catching.add(id);
    let failed: unknown;
    try {
      await this.#fetchChanges(id, epoch);
    } catch (error) {
      failed = error;
    }
    if (epoch !== this.#epoch) return;
    this.#catching.delete(id);
    if (failed === undefined) {
      this.#failures.delete(id);
      this.check(id);
    } else if (failed instanceof KithError && !failed.retryable) {
      this.needHead(id); // no longer a member, most likely: then the head is left out, and the conversation goes
    } else {
      const failures = (this.#failures.get(id) ?? 0) + 1;
      this.#failures.set(id, failures);
      await this.#sleep(backoff(failures, this.#deps.random()));
      if (epoch === this.#epoch) this.check(id);
    }
  }

  async #fetchChanges(id: string, epoch: number): Promise<void> {
    const { store } = this.#deps;
    const window = store.windows.get(id);
    if (!window) return;
    const first = window.rev;
    const records = new Map<string, ConversationChange>();
    let since = first;
    let page: Output<'changes'>;
    do {
      const changes = store.windows.isOpen(id) ? this.#changes.open : this.#changes.others;
      page = await changes.since(id, since);
      if (epoch !== this.#epoch || store.windows.get(id) !== window) return;
      if (page.type === 'reset') {
        await this.#startAnew(id, page.rev, epoch);
        return;
      }
      this.#deps.handleUsers(page.users);
      // A record that changed again while we paged comes twice: its last state is right.
      for (const record of page.records) records.set(keyOf(record), record);
      if (page.more && page.rev <= since)
        throw new KithError('internal', { message: 'changes do not advance' });
      since = page.rev;
    } while (page.more);
    // The answer is older than what was heard of: a moment later it will not be.
    if (since <= first) throw new KithError('unavailable', { message: 'changes are behind' });
    // Only all pages together are a state that ever was: a message of page one may be changed on page three.
    const gap = store.handleBatch(id, { from: first + 1, to: since, records: [...records.values()] });
    if (gap.head) this.needHead(id);
  }

  async #startAnew(id: string, rev: number, epoch: number): Promise<void> {
    const { store, request } = this.#deps;
    const { heads, users } = await request('getHeads', { conversationIds: [id] });
    if (epoch !== this.#epoch) return;
    this.#deps.handleUsers(users);
    const head = heads[0];
    if (!head) return store.forget(id);
    store.handleHead(head);
    const known = store.head(id);
    if (known && known.rev >= rev) store.resetWindow(id);
    else throw new KithError('unavailable', { message: 'The head is older than the reset.' });
  }

  // --- doubtful heads ---------------------------------------------------------------------------------------------

  #again(id: string): void {
    const failures = (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    this.#wantedHeads.add(id);
    this.#scheduleHeads(backoff(failures, this.#deps.random()));
  }

  #scheduleHeads(delay: number): void {
    if (this.#headsTimer) return;
    this.#headsTimer = true;
    this.#deps.clock.after(delay, () => {
      this.#headsTimer = false;
      void this.#fetchHeads();
    });
  }

  async #fetchHeads(): Promise<void> {
    // Not synced: `#sync` is about to tell them; those still wanted afterwards are asked for then.
    if (this.#phase.type !== 'synced') {
      if (this.#phase.type === 'syncing' && this.#wantedHeads.size > 0) this.#scheduleHeads(HEADS_DELAY * 5);
      return;
    }
    const epoch = this.#epoch;
    const ids = [...this.#wantedHeads].slice(0, limits.lookup);
    if (ids.length === 0) return;
    for (const id of ids) this.#wantedHeads.delete(id);
    const { store, request } = this.#deps;
    const before = ids.map((id) => store.head(id));
    try {
      const { heads, users } = await request('getHeads', { conversationIds: ids });
      if (epoch !== this.#epoch) throw new KithError('unavailable');
      this.#deps.handleUsers(users);
      const told = new Set<string>();
      for (const head of heads) {
        const id = head.conversation.id;
        told.add(id);
        const { stale } = store.handleHead(head);
        if (stale) this.#again(id);
        else this.#failures.delete(id);
        this.check(id);
      }
      for (const [index, id] of ids.entries()) {
        if (told.has(id)) continue;
        // Joined while we asked: the answer is older than the event.
        if (store.head(id) !== before[index]) this.#again(id);
        else store.forget(id);
      }
    } catch {
      // Also when the connection went: the next sync may not repeat a head that did not change since.
      for (const id of ids) this.#again(id);
    }
    if (this.#wantedHeads.size > 0) this.#scheduleHeads(HEADS_DELAY);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#deps.clock.after(ms, resolve));
  }
}

function keyOf(record: ConversationChange): string {
  switch (record.type) {
    case 'conversation':
      return 'conversation';
    case 'member':
      return `member ${record.userId}`;
    case 'message':
      return record.id;
  }
}
