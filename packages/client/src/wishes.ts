/**
 * What is set here of the person's own and not confirmed yet: the last word by key. Shows at once in every tab, is written down
 * by the tab in which it was set, and told by that tab when there is a connection. Of what other devices set meanwhile, only
 * what was set here too is overwritten.
 */
import type { OwnRecordOf, OwnType, WireError } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { newId } from '@kith/protocol/ids';
import { asKithError } from './asKithError.ts';
import { backoff } from './backoff.ts';
import type { OwnRecords, Pending } from './own.ts';
import type { Request } from './request.ts';
import type { Clock } from './types.ts';
import { type Changes, joined, type WishType, wayOf } from './wishWays.ts';

/** As the device keeps it: one a tab and record. */
export interface Wish<T extends WishType = WishType> {
  /** Made anew with each word (UUIDv7): of two tabs', the greater is the later. */
  readonly id: string;
  /** The tab that tells it. */
  readonly owner: string;
  /** Whoever else is signed in on this device must never tell it. */
  readonly authorId: string;
  readonly type: T;
  readonly key: string;
  readonly change: Changes[T];
  /** Wishes of other tabs that this one contains; theirs are void. */
  readonly over: readonly string[];
}

/** What came of it: the record, or why not. */
export interface WishOutcome {
  readonly record?: OwnRecordOf<OwnType>;
  readonly error?: WireError;
}

interface Promised {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Said<T extends WishType> {
  readonly change: Changes[T];
  readonly promised: readonly Promised[];
}

/** All that waits for one record. */
interface Entry<T extends WishType = WishType> {
  readonly type: T;
  readonly key: string;
  /** Of the last word said in this tab; empty when there is none, or another tab has taken it over. */
  id: string;
  over: readonly string[];
  /** What the server is being asked for, and who waits for it. */
  sending: Said<T> | undefined;
  /** What came after. */
  next: Said<T> | undefined;
  /** Other tabs' wishes for the same record, by owner. */
  readonly foreign: Map<string, Wish<T>>;
  /** Said here, and taken over by another tab. */
  waiting: readonly Promised[];
  /** How often the server failed on it. */
  failures: number;
  readonly pending: Pending;
}

export interface WishesDeps {
  readonly owner: string;
  /** Whose wishes these are. */
  me(): string;
  readonly own: Pick<OwnRecords, 'lay' | 'unlay' | 'handleRecord'>;
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  /** Resolve when written and told to the other tabs, or when it is certain that nothing can be written. */
  put(wish: Wish): Promise<void>;
  /** `outcome`: none when another wish contains it. */
  remove(wish: Wish, outcome?: WishOutcome): Promise<void>;
  /** The server will not have it, and whoever set it is gone. */
  refused(error: unknown): void;
}

/** A wish that the server fails on again and again must not hold back those behind it. */
const INTERNAL_MAX = 6;
/** Wishes of other tabs known to be void, as long as a row of them may still be read. */
const VOID_MAX = 1_000;

const idOf = (type: WishType, key: string): string => `${type} ${key}`;
export const wishKey = ({ owner, type, key }: Pick<Wish, 'owner' | 'type' | 'key'>): string =>
  `${owner} ${type} ${key}`;

export class Wishes {
  readonly #deps: WishesDeps;
  /** In the order in which they were first set. */
  readonly #entries = new Map<string, Entry>();
  /** Rows being written, one after the other. */
  readonly #writing = new Map<string, Promise<void>>();
  /** Ids that were told, or are contained in another. */
  readonly #void = new Set<string>();
  #live = false;
  #running = false;
  /** Before this is tried again. */
  #pause: { readonly entry: Entry; readonly end: () => void } | undefined;

  constructor(deps: WishesDeps) {
    this.#deps = deps;
  }

  /** Resolves when the server has it, in this connection or a later one; rejects when it is refused. */
  set<T extends WishType>(type: T, key: string, change: Changes[T]): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = this.#entry(type, key);
      const taken = this.#takeOver(entry);
      entry.next = {
        change: joined(type, entry.next?.change, change),
        promised: [...(entry.next?.promised ?? []), { resolve, reject }],
      };
      this.#said(entry, taken);
    });
  }

  /** A wish of this device: from the last run, or another tab's. */
  handleWish<T extends WishType>(wish: Wish<T>): void {
    const { id, owner, type, key, over } = wish;
    if (wish.authorId !== this.#deps.me() || owner === this.#deps.owner) return;
    this.#avoid(over);
    if (this.#void.has(id)) return;
    const entry = this.#entry(type, key);
    for (const other of entry.foreign.values())
      if (this.#void.has(other.id)) entry.foreign.delete(other.owner);
    const known = entry.foreign.get(owner);
    if (!known || known.id <= id) entry.foreign.set(owner, wish);
    if (entry.id !== '' && over.includes(entry.id)) this.#yield(entry);
    // Said at the same moment: the later one did not know of the earlier, whose tab therefore takes over.
    else if (entry.id !== '' && id > entry.id) {
      this.#said(entry, this.#takeOver(entry));
    }
    this.#show(entry);
  }

  /** Another tab has told it, or was refused it. */
  handleDone({ owner, type, key, id }: Pick<Wish, 'owner' | 'type' | 'key' | 'id'>, told: WishOutcome): void {
    if (told.record) this.#deps.own.handleRecord(told.record);
    this.#avoid([id]);
    const entry = this.#entries.get(idOf(type, key));
    if (!entry || entry.foreign.get(owner)?.id !== id) return;
    entry.foreign.delete(owner);
    this.#settle(entry, told.error);
    this.#show(entry);
  }

  /** `before`: what was known of other tabs when `rows` were asked for. What is not among them was told while nobody listened. */
  handleRows(rows: readonly Wish[], before: readonly Wish[]): void {
    const there = new Set(rows.map(({ id }) => id));
    for (const { id, owner, type, key } of before) {
      const entry = this.#entries.get(idOf(type, key));
      if (there.has(id) || !entry || entry.foreign.get(owner)?.id !== id) continue;
      entry.foreign.delete(owner);
      this.#settle(entry);
      this.#show(entry);
    }
    for (const wish of rows) this.handleWish(wish);
  }

  /** Other tabs' wishes. */
  foreign(): readonly Wish[] {
    return [...this.#entries.values()].flatMap(({ foreign }) => [...foreign.values()]);
  }

  /** Takes over what a closed tab left. */
  adopt(owner: string): void {
    for (const entry of [...this.#entries.values()]) {
      if (!entry.foreign.has(owner)) continue;
      this.#said(entry, this.#takeOver(entry));
    }
  }

  handleLive(): void {
    this.#live = true;
    this.#pause?.end();
    void this.#run();
  }

  handleDown(): void {
    this.#live = false;
  }

  /** Memory only: what the device keeps is not touched. */
  clear(): void {
    const gone = new KithError('unauthenticated', { message: 'Signed out.' });
    for (const [id, entry] of this.#entries) {
      this.#entries.delete(id);
      this.#deps.own.unlay(entry.type, entry.key, entry.pending);
      const { sending, next, waiting } = entry;
      for (const { reject } of [...(sending?.promised ?? []), ...(next?.promised ?? []), ...waiting])
        reject(gone);
    }
  }

  #entry<T extends WishType>(type: T, key: string): Entry<T> {
    const known = this.#entries.get(idOf(type, key)) as Entry<T> | undefined;
    if (known) return known;
    const way = wayOf(type);
    const made: Entry<T> = {
      type,
      key,
      id: '',
      over: [],
      sending: undefined,
      next: undefined,
      foreign: new Map(),
      waiting: [],
      failures: 0,
      pending: {
        lay: (value) =>
          inOrder(made).reduce(
            (laid, change) => way.lay(laid, change),
            value as Parameters<typeof way.lay>[0],
          ),
      },
    };
    this.#entries.set(idOf(type, key), made as unknown as Entry);
    return made;
  }

  /** What other tabs want of this record is this tab's to tell from now on, each word in its place. */
  #takeOver<T extends WishType>(entry: Entry<T>): readonly Wish[] {
    const taken = [...entry.foreign.values()];
    if (taken.length === 0) return taken;
    const { join } = wayOf(entry.type);
    const change = inOrder(entry).reduce((earlier, later) => join(earlier, later));
    entry.next = { change, promised: [...entry.waiting, ...(entry.next?.promised ?? [])] };
    entry.over = [...entry.over, ...taken.map(({ id }) => id)];
    this.#avoid(entry.over);
    entry.waiting = [];
    entry.foreign.clear();
    return taken;
  }

  /** There is a new word of this tab; the rows of those it took over go when its own is there. */
  #said<T extends WishType>(entry: Entry<T>, taken: readonly Wish[]): void {
    entry.id = newId();
    const written = this.#write(entry);
    for (const wish of taken) void this.#chain(wish, () => written.then(() => this.#deps.remove(wish)));
    this.#show(entry);
    const paused = this.#pause;
    if (paused && paused.entry.failures >= INTERNAL_MAX && entry.failures < INTERNAL_MAX) paused.end();
    void this.#run();
  }

  /** Another tab tells it, together with its own. */
  #yield<T extends WishType>(entry: Entry<T>): void {
    const wish = this.#wishOf(entry);
    entry.waiting = [...entry.waiting, ...(entry.next?.promised ?? [])];
    entry.next = undefined;
    entry.id = '';
    entry.over = [];
    void this.#chain(wish, () => this.#deps.remove(wish));
  }

  /** Answers those whose wish another tab has told. */
  #settle<T extends WishType>(entry: Entry<T>, error?: WireError): void {
    if (entry.foreign.size > 0) return;
    const { waiting } = entry;
    entry.waiting = [];
    for (const { resolve, reject } of waiting) {
      if (error) reject(KithError.fromWire(error));
      else resolve();
    }
  }

  #show<T extends WishType>(entry: Entry<T>): void {
    const { type, key, pending } = entry;
    if (entry.sending || entry.next || entry.foreign.size > 0) return this.#deps.own.lay(type, key, pending);
    this.#entries.delete(idOf(type, key));
    this.#deps.own.unlay(type, key, pending);
  }

  #avoid(ids: readonly string[]): void {
    for (const id of ids) this.#void.add(id);
    for (const id of this.#void) {
      if (this.#void.size <= VOID_MAX) break;
      this.#void.delete(id);
    }
  }

  #wishOf<T extends WishType>({ type, key, id, over, sending, next }: Entry<T>): Wish<T> {
    const { owner, me } = this.#deps;
    const change = joined(type, sending?.change, next?.change);
    return { id, owner, authorId: me(), type, key, change, over };
  }

  #write<T extends WishType>(entry: Entry<T>): Promise<void> {
    const wish = this.#wishOf(entry);
    return this.#chain(wish, () => this.#deps.put(wish));
  }

  #chain(wish: Wish, write: () => Promise<void>): Promise<void> {
    const key = wishKey(wish);
    const writing = (this.#writing.get(key) ?? Promise.resolve()).then(write).finally(() => {
      if (this.#writing.get(key) === writing) this.#writing.delete(key);
    });
    this.#writing.set(key, writing);
    return writing;
  }

  /** One after the other: after a day in a tunnel there may be many, and nobody waits for them. */
  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    let attempts = 0;
    for (let entry = this.#first(); entry && this.#live; entry = this.#first()) {
      const retry = await this.#send(entry);
      if (!retry) {
        attempts = 0;
        continue;
      }
      const isPassed = entry.failures >= INTERNAL_MAX && (this.#first()?.failures ?? 0) < INTERNAL_MAX;
      if (isPassed) continue;
      const ms = backoff(Math.max(attempts++, entry.failures), this.#deps.random(), retry.retryAfterMs);
      await new Promise<void>((end) => {
        this.#pause = { entry: entry as Entry, end };
        this.#deps.clock.after(ms, end);
      });
      this.#pause = undefined;
    }
    this.#running = false;
  }

  /** The next to be told; those that the server fails on come last, and in turn. */
  #first(): Entry | undefined {
    let last: Entry | undefined;
    for (const entry of this.#entries.values()) {
      if (!entry.next) continue;
      if (entry.failures < INTERNAL_MAX) return entry;
      if (!last || entry.failures < last.failures) last = entry;
    }
    return last;
  }

  /** Returns the error after which it is to be tried again. */
  async #send<T extends WishType>(entry: Entry<T>): Promise<KithError | undefined> {
    const { own, request } = this.#deps;
    const { type, key, next: sending } = entry;
    if (!sending) return undefined;
    entry.sending = sending;
    entry.next = undefined;
    let outcome: WishOutcome;
    try {
      const { record } = await wayOf(type).ask(request, key, sending.change);
      if (!this.#has(entry)) return undefined;
      outcome = { record };
      own.handleRecord(record);
      for (const { resolve } of sending.promised) resolve();
    } catch (cause) {
      if (!this.#has(entry)) return undefined;
      const error = asKithError(cause);
      if (error.retryable) {
        entry.sending = undefined;
        return this.#later(entry, sending, error);
      }
      outcome = { error: error.toWire() };
      for (const { reject } of sending.promised) reject(error);
      if (sending.promised.length === 0) this.#deps.refused(error);
    }
    const wish = this.#wishOf(entry);
    entry.sending = undefined;
    entry.failures = 0;
    if (entry.next) void this.#write(entry);
    else if (entry.id !== '') {
      entry.id = '';
      entry.over = [];
      void this.#chain(wish, () => this.#deps.remove(wish, outcome));
    }
    this.#show(entry);
    return undefined;
  }

  /** It could not be told now. */
  #later<T extends WishType>(entry: Entry<T>, sending: Said<T>, error: KithError): KithError {
    if (error.code === 'internal') entry.failures++;
    if (entry.id === '') {
      // Another tab has taken it over, or has told it already.
      entry.waiting = [...sending.promised, ...entry.waiting];
      this.#settle(entry);
      this.#show(entry);
    } else
      entry.next = {
        change: joined(entry.type, sending.change, entry.next?.change),
        promised: [...sending.promised, ...(entry.next?.promised ?? [])],
      };
    return error;
  }

  /** Not since signed out. */
  #has<T extends WishType>(entry: Entry<T>): boolean {
    return this.#entries.get(idOf(entry.type, entry.key)) === (entry as unknown as Entry);
  }
}

/** What is wanted of the record in this browser, the later after the earlier. */
function inOrder<T extends WishType>({ id, sending, next, foreign }: Entry<T>): readonly Changes[T][] {
  const own = [sending, next].filter((said) => said !== undefined).map(({ change }) => ({ id, change }));
  return [...foreign.values(), ...own]
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map(({ change }) => change);
}
