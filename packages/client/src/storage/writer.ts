/**
 * Writes what changed to the cache: gathered, bounded, in one transaction a time. Only the tab that holds the cache's
 * lock writes; the others keep nothing.
 */
import type { Head, MessageRecord, OwnRecordOf, OwnType, User } from '@kith/protocol';
import { sameHead } from '../store/heads.ts';
import type { Store } from '../store/store.ts';
import type { ConversationWindow } from '../store/window.ts';
import type { Clock } from '../types.ts';
import { sameUser } from '../users.ts';
import type {
  CacheBatch,
  CachedMe,
  CachedState,
  CachedThreads,
  OwnWrite,
  Storage,
  WindowRow,
  WindowWrite,
} from './storage.ts';

const DELAY_MS = 400;
/** Messages kept of a conversation, and conversations kept with messages. */
const MESSAGES_MAX = 1_000;
const WINDOWS_MAX = 200;

export interface WriterDeps {
  readonly storage: Storage;
  readonly store: Store;
  readonly clock: Clock;
  cursor(): string | undefined;
  me(): CachedMe | undefined;
  /** All people known. */
  users(): Iterable<User>;
  readonly own: {
    readonly rev: number;
    record(type: OwnType, key: string): OwnRecordOf<OwnType> | undefined;
    records(): readonly OwnRecordOf<OwnType>[];
  };
  /** Undefined: not known yet. */
  threads(): CachedThreads | undefined;
  /** Read marks that the tab which led before may not have told. */
  reads(cached: CachedState): void;
}

export class CacheWriter {
  readonly #deps: WriterDeps;
  #active = false;
  readonly #heads = new Set<string>();
  readonly #users = new Map<string, User>();
  /** Places that changed, by conversation; 'all': whatever the cache holds of it is wrong. */
  readonly #windows = new Map<string, Set<number> | 'all'>();
  /** Windows that left memory before they were written. */
  readonly #evicted = new Map<string, WindowWrite>();
  #reads = false;
  #me = false;
  #threads = false;
  /** Own records that changed, by type and key; 'all': the cache's are wrong. Null: nothing, not even the rev. */
  #own: Map<string, readonly [OwnType, string]> | 'all' | null = null;
  #timer = false;
  /** One write after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(deps: WriterDeps) {
    this.#deps = deps;
    const { events } = deps.store;
    events.on('head', (id) => {
      if (!this.#active) return;
      this.#heads.add(id);
      this.#schedule();
    });
    events.on('window', (id, _window, changed) => {
      if (!this.#active) return;
      this.#evicted.delete(id);
      const dirty = this.#windows.get(id);
      if (changed === 'all') this.#windows.set(id, 'all');
      else if (dirty !== 'all') this.#windows.set(id, new Set([...(dirty ?? []), ...changed]));
      this.#schedule();
    });
    events.on('evict', (window) => {
      if (!this.#active || !this.#windows.has(window.conversationId)) return;
      const write = this.#windowWrite(window);
      this.#windows.delete(window.conversationId);
      if (write) this.#evicted.set(window.conversationId, write);
    });
  }

  /** This tab writes from now on, beginning with whatever the former one has not written. */
  async activate(): Promise<void> {
    if (this.#active) return;
    this.#active = true;
    const { store, storage } = this.#deps;
    // A wipe that is under way comes first: what it removes must not be read back.
    await this.#last;
    const cached = await storage.load();
    if (cached.me?.user.id === store.me) this.#deps.reads(cached);
    store.windows.cold.clear();
    for (const row of cached.windows) store.windows.cold.set(row.conversationId, row);
    const cachedHeads = new Map(cached.heads.map((head) => [head.conversation.id, head]));
    for (const [id, head] of store.heads()) {
      const written = cachedHeads.get(id);
      if (!written || !sameHead(written, head)) this.#heads.add(id);
    }
    for (const id of cachedHeads.keys()) if (!store.head(id)) this.#heads.add(id);
    for (const window of store.windows.all()) {
      const written = store.windows.cold.get(window.conversationId);
      if (written?.rev !== window.rev || written.to !== window.runs.at(-1)?.to) {
        this.#windows.set(window.conversationId, 'all');
      }
    }
    const cachedUsers = new Map(cached.users.map((user) => [user.id, user]));
    for (const user of this.#deps.users()) {
      const written = cachedUsers.get(user.id);
      if (!written || !sameUser(written, user)) this.#users.set(user.id, user);
    }
    this.#reads = true;
    this.#me = true;
    this.#threads = true;
    this.#own = 'all';
    this.#schedule();
  }

  ownChanged(what: { readonly type: OwnType; readonly key: string } | 'all' | 'rev'): void {
    if (!this.#active) return;
    if (what === 'all') this.#own = 'all';
    this.#own ??= new Map();
    if (typeof what === 'object' && this.#own !== 'all')
      this.#own.set(`${what.type} ${what.key}`, [what.type, what.key]);
    this.#schedule();
  }

  userChanged(user: User): void {
    if (!this.#active) return;
    this.#users.set(user.id, user);
    this.#schedule();
  }

  readsChanged(): void {
    this.#reads = true;
    this.#schedule();
  }

  threadsChanged(): void {
    this.#threads = true;
    this.#schedule();
  }

  meChanged(): void {
    this.#me = true;
    this.#schedule();
  }

  cursorChanged(): void {
    this.#schedule();
  }

  /** Writes what is left and stops. */
  async finish(): Promise<void> {
    await this.flush();
    this.#active = false;
  }

  /** Forgets what waits to be written, and everything written. */
  async wipe(keep?: 'untold'): Promise<void> {
    this.#clear();
    this.#last = this.#last.then(() => this.#deps.storage.wipe(keep));
    await this.#last;
  }

  flush(): Promise<void> {
    if (!this.#active) return this.#last;
    this.#last = this.#last.then(() => this.#write());
    return this.#last;
  }

  #schedule(): void {
    if (this.#timer || !this.#active) return;
    this.#timer = true;
    this.#deps.clock.after(DELAY_MS, () => {
      this.#timer = false;
      void this.flush();
    });
  }

  async #write(): Promise<void> {
    const batch = this.#take();
    if (batch) await this.#deps.storage.write(batch);
  }

  #clear(): void {
    this.#heads.clear();
    this.#users.clear();
    this.#windows.clear();
    this.#evicted.clear();
    this.#reads = false;
    this.#me = false;
    this.#threads = false;
    this.#own = null;
  }

  #take(): CacheBatch | undefined {
    const { store } = this.#deps;
    const me = this.#deps.me();
    // Not known whose it is: nothing may be written.
    if (!me) return undefined;
    const heads: Head[] = [];
    const removedHeads: string[] = [];
    for (const id of this.#heads) {
      const head = store.head(id);
      if (head) heads.push(head);
      else removedHeads.push(id);
    }
    const windows: WindowWrite[] = [...this.#evicted.values()];
    const removedWindows: string[] = [];
    for (const id of this.#windows.keys()) {
      const window = store.windows.get(id);
      const write = window && this.#windowWrite(window);
      if (write) windows.push(write);
      else if (!store.windows.cold.has(id) || window) removedWindows.push(id);
    }
    for (const { row } of windows) store.windows.cold.set(row.conversationId, row);
    for (const id of removedWindows) store.windows.cold.delete(id);
    removedWindows.push(...this.#surplus());
    // The cursor goes with the heads it covers: all that changed by now are in this batch or an earlier one.
    const cursor = this.#deps.cursor();
    const threads = this.#threads ? this.#deps.threads() : undefined;
    const batch: CacheBatch = {
      ...(this.#me && { me }),
      ...(cursor !== undefined && { cursor }),
      heads,
      removedHeads,
      users: [...this.#users.values()],
      windows,
      removedWindows,
      ...(this.#reads && { reads: Object.fromEntries(store.unconfirmedReads) }),
      ...(threads && { threads }),
      ...(this.#own && { own: this.#ownWrite(this.#own) }),
    };
    this.#clear();
    return batch;
  }

  #ownWrite(changed: Map<string, readonly [OwnType, string]> | 'all'): OwnWrite {
    const { own } = this.#deps;
    if (changed === 'all') return { rev: own.rev, replace: true, records: own.records(), removed: [] };
    const records: OwnRecordOf<OwnType>[] = [];
    const removed: (readonly [OwnType, string])[] = [];
    for (const key of changed.values()) {
      const record = own.record(...key);
      if (record) records.push(record);
      else removed.push(key);
    }
    return { rev: own.rev, replace: false, records, removed };
  }

  #windowWrite(window: ConversationWindow): WindowWrite | undefined {
    const id = window.conversationId;
    const run = window.runs.at(-1);
    if (!run) return undefined;
    const from = Math.max(run.from, run.to - MESSAGES_MAX + 1);
    const row: WindowRow = { conversationId: id, rev: window.rev, lastSeq: window.lastSeq, from, to: run.to };
    const dirty = this.#windows.get(id);
    const kept = dirty === 'all' ? undefined : this.#deps.store.windows.cold.get(id);
    const replace = !kept || kept.to < from - 1 || kept.from > run.to + 1 || kept.to > run.to;
    const messages: MessageRecord[] = [];
    for (const message of window.messages(from, run.to)) {
      const { seq } = message;
      if (replace || seq < kept.from || seq > kept.to || (dirty instanceof Set && dirty.has(seq)))
        messages.push(message);
    }
    return { row, replace, messages };
  }

  /** The conversations that were quiet for longest, beyond what is kept. */
  #surplus(): string[] {
    const { cold } = this.#deps.store.windows;
    if (cold.size <= WINDOWS_MAX) return [];
    const latest = (id: string) => this.#deps.store.head(id)?.preview?.createdAt ?? '';
    const ids = [...cold.keys()].sort((a, b) => (latest(a) < latest(b) ? 1 : -1)).slice(WINDOWS_MAX);
    for (const id of ids) cold.delete(id);
    return ids;
  }
}
