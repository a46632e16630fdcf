/**
 * What belongs to the person alone (S5): kept in step by their own rev, as a conversation's records are by its. Holes that
 * events reveal are asked for; what is being changed here shows at once.
 */
import type { OwnRecordOf, OwnType, OwnValue, UserChange } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { backoff } from './backoff.ts';
import { Cells, Derived, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { CachedOwn } from './storage/storage.ts';
import type { Clock, Readable } from './types.ts';

export interface OwnDeps {
  readonly scheduler: Scheduler;
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  /** Settings and profile are the account's to keep. */
  account(record: Extract<UserChange, { type: 'settings' | 'profile' }>): void;
  /** For the cache: this record, or all of them, or only the rev. */
  changed(what: { readonly type: OwnType; readonly key: string } | 'all' | 'rev'): void;
  /** What is shown of this record may be another. */
  shown(type: OwnType, key: string): void;
}

/** A change made here that the server has not confirmed: what a value becomes by it. */
export interface Pending {
  lay(value: unknown): unknown;
}

const keyOf = (type: OwnType, key: string): string => `${type} ${key}`;
const isOwn = (record: UserChange): record is OwnRecordOf<OwnType> => 'value' in record;

export class OwnRecords {
  readonly #deps: OwnDeps;
  /** As the server has them. A removed one stays with the value null: an older version of it may still come. */
  readonly #records = new Map<string, OwnRecordOf<OwnType>>();
  readonly #pending = new Map<string, readonly Pending[]>();
  readonly #cells: Cells<string, unknown>;
  readonly #all = new Map<OwnType, Derived<ReadonlyMap<string, unknown>>>();
  /** What a walk from the start has brought so far: shown and kept when it is all there. */
  #anew: Map<string, OwnRecordOf<OwnType>> | undefined;
  /** Everything up to here is known. */
  #rev = 0;
  /** The newest revision heard of. */
  #target = 0;
  #live = false;
  #fetching = false;
  /** One connection each; what an earlier one answers is void. */
  #epoch = 0;

  constructor(deps: OwnDeps) {
    this.#deps = deps;
    this.#cells = new Cells(deps.scheduler);
  }

  get rev(): number {
    return this.#rev;
  }

  /** The record itself, for the cache; undefined when there is none, or it was removed. */
  record(type: OwnType, key: string): OwnRecordOf<OwnType> | undefined {
    const record = this.#records.get(keyOf(type, key));
    return record?.value === null ? undefined : record;
  }

  records(): OwnRecordOf<OwnType>[] {
    return [...this.#records.values()].filter((record) => record.value !== null);
  }

  /** What is set, changes of this device's own that are under way included. */
  get<T extends OwnType>(type: T, key: string): Readable<OwnValue<T> | undefined> {
    return this.#cells.at(keyOf(type, key)) as Readable<OwnValue<T> | undefined>;
  }

  peek<T extends OwnType>(type: T, key: string): OwnValue<T> | undefined {
    return this.#cells.peek(keyOf(type, key)) as OwnValue<T> | undefined;
  }

  /** All of one type, by key. */
  all<T extends OwnType>(type: T): Readable<ReadonlyMap<string, OwnValue<T>>> {
    let all = this.#all.get(type);
    if (!all) {
      all = new Derived(this.#deps.scheduler, () => this.#collect(type));
      this.#all.set(type, all);
    }
    return all as Readable<ReadonlyMap<string, OwnValue<T>>>;
  }

  restore(cached: CachedOwn): void {
    this.#rev = cached.rev;
    for (const record of cached.records) {
      this.#records.set(keyOf(record.type, record.key), record);
      this.#show(record.type, record.key);
    }
  }

  /** `rev`: the head, as the welcome tells it. */
  handleLive(rev: number): void {
    this.#live = true;
    this.#epoch++;
    this.#fetching = false;
    this.#anew = undefined;
    this.#target = rev;
    // A smaller one is another database's: all is asked for anew.
    if (rev !== this.#rev) void this.#fetch();
  }

  handleDown(): void {
    this.#live = false;
    this.#epoch++;
    this.#fetching = false;
    this.#anew = undefined;
  }

  handleEvent(rev: number, records: readonly UserChange[]): void {
    this.#target = Math.max(this.#target, rev);
    for (const record of records) this.#take(record);
    // Each record took one rev: with none missing before them, everything is known.
    if (rev > this.#rev && rev - records.length <= this.#rev) this.#advance(rev);
    if (this.#target > this.#rev) void this.#fetch();
  }

  /** A record out of a reply; its event follows, or was there before. */
  handleRecord(record: UserChange): void {
    this.#take(record);
    if (record.rev === this.#rev + 1) this.#advance(record.rev);
  }

  /** Shows `value` until `task`, which asks the server for it, is settled. Rejects as the task does. */
  async during<T extends OwnType>(
    type: T,
    key: string,
    value: OwnValue<T> | null,
    task: () => Promise<{ readonly record: OwnRecordOf<T> }>,
  ): Promise<void> {
    const pending: Pending = { lay: () => value ?? undefined };
    this.lay(type, key, pending);
    try {
      this.handleRecord((await task()).record);
    } finally {
      this.unlay(type, key, pending);
    }
  }

  /** Shows what the record becomes by `pending`, over those that were laid before. Again, when it has become another. */
  lay(type: OwnType, key: string, pending: Pending): void {
    const id = keyOf(type, key);
    const known = this.#pending.get(id) ?? [];
    if (!known.includes(pending)) this.#pending.set(id, [...known, pending]);
    this.#show(type, key);
  }

  unlay(type: OwnType, key: string, pending: Pending): void {
    const id = keyOf(type, key);
    const left = (this.#pending.get(id) ?? []).filter((other) => other !== pending);
    if (left.length > 0) this.#pending.set(id, left);
    else this.#pending.delete(id);
    this.#show(type, key);
  }

  clear(): void {
    this.#rev = 0;
    this.#target = 0;
    this.#anew = undefined;
    this.#pending.clear();
    this.#replace(new Map());
  }

  #replace(records: ReadonlyMap<string, OwnRecordOf<OwnType>>): void {
    const changed = new Map([...this.#records, ...records]);
    this.#records.clear();
    for (const [id, record] of records) this.#records.set(id, record);
    for (const { type, key } of changed.values()) this.#show(type, key);
  }

  #collect(type: OwnType): ReadonlyMap<string, unknown> {
    const found = new Map<string, unknown>();
    for (const record of this.#records.values()) {
      if (record.type === type && record.value !== null) found.set(record.key, record.value);
    }
    const prefix = `${type} `;
    for (const id of this.#pending.keys()) {
      if (!id.startsWith(prefix)) continue;
      const value = this.#laid(id);
      if (value === undefined) found.delete(id.slice(prefix.length));
      else found.set(id.slice(prefix.length), value);
    }
    return found;
  }

  #show(type: OwnType, key: string): void {
    const id = keyOf(type, key);
    this.#cells.set(id, this.#laid(id));
    this.#all.get(type)?.invalidate();
    this.#deps.shown(type, key);
  }

  #laid(id: string): unknown {
    const value: unknown = this.#records.get(id)?.value ?? undefined;
    return (this.#pending.get(id) ?? []).reduce((shown, pending) => pending.lay(shown), value);
  }

  /** S3: an older one changes nothing. */
  #take(record: UserChange): void {
    if (!isOwn(record)) {
      if (record.type === 'settings' || record.type === 'profile') this.#deps.account(record);
      return;
    }
    const { type, key } = record;
    const id = keyOf(type, key);
    const known = this.#records.get(id);
    this.#gather(record);
    if (record.rev <= (known?.rev ?? this.#rev)) return;
    this.#records.set(id, record);
    this.#show(type, key);
    this.#deps.changed({ type, key });
  }

  /** For the walk from the start that is under way. */
  #gather(record: OwnRecordOf<OwnType>): void {
    const id = keyOf(record.type, record.key);
    if (record.rev > (this.#anew?.get(id)?.rev ?? 0)) this.#anew?.set(id, record);
  }

  #advance(rev: number): void {
    this.#rev = rev;
    this.#deps.changed('rev');
  }

  /** What lies between what is known and what was heard of. One walk at a time. */
  async #fetch(): Promise<void> {
    if (this.#fetching || !this.#live) return;
    this.#fetching = true;
    const epoch = this.#epoch;
    /** Of a walk from the start: the head at that time. */
    let begun: number | undefined;
    let since = this.#rev;
    for (let failures = 0; epoch === this.#epoch; ) {
      try {
        const page = await this.#deps.request('getMyChanges', {
          since,
          ...(begun !== undefined && { begun }),
          limit: limits.pageMax,
        });
        if (epoch !== this.#epoch) return;
        if (since === 0) begun = page.head;
        // Until all of it is here, what was known holds: half a world would show what is hidden, and delete what is begun.
        if (page.reset) {
          const isAgain = this.#anew !== undefined;
          this.#anew = new Map();
          since = page.rev;
          if (isAgain) throw new KithError('unavailable', { message: 'Own changes begin anew each time.' });
        } else if (page.more && page.rev <= since)
          throw new KithError('internal', { message: 'Own changes do not advance.' });
        for (const record of page.records) {
          if (this.#anew && isOwn(record)) this.#gather(record);
          else this.#take(record);
        }
        since = page.rev;
        if (!this.#anew) this.#advance(page.rev);
        else if (!page.more) {
          this.#replace(this.#anew);
          this.#anew = undefined;
          this.#rev = page.rev;
          this.#deps.changed('all');
        }
        // Told by a server that has not come as far as what was heard: the next event or welcome tells again.
        if (!page.more) break;
        failures = 0;
      } catch (error) {
        if (epoch !== this.#epoch) return;
        if (!(error instanceof KithError) || !error.retryable) break;
        await new Promise<void>((resolve) =>
          this.#deps.clock.after(backoff(failures++, this.#deps.random(), error.retryAfterMs), resolve),
        );
      }
    }
    if (epoch !== this.#epoch) return;
    this.#fetching = false;
    this.#anew = undefined;
  }
}
