/** S9: watermarks in both directions: how far others have come, and telling them how far we have. */
import type { MessageRecord, ReceiptMark } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { backoff } from './backoff.ts';
import { Cells, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { Store } from './store/store.ts';
import type { Clock, Readable } from './types.ts';

const NONE: readonly ReceiptMark[] = [];
/** Marks of this long travel together. */
const DELIVERED_DELAY = 1_000;
/** After a return it may take this much longer: whoever came back with this device asks for more urgent things. */
const RETURN_SPREAD = 4_000;
const READ_DELAY = 250;

export interface ReceiptsDeps {
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  /** The server refused a read mark, or counted something that must be looked up. */
  needHead(conversationId: string): void;
  /** Unconfirmed marks changed: for the cache. */
  readsChanged(): void;
}

export class ReceiptStore {
  readonly #deps: ReceiptsDeps;
  readonly #cells: Cells<string, readonly ReceiptMark[]>;
  /** Delivered up to here, told or about to be. */
  readonly #delivered = new Map<string, number>();
  readonly #deliveredDue = new Map<string, number>();
  /** When they are told next, and which timer is to do it; null: not planned. */
  #deliveredPlan: { readonly at: number } | null = null;
  #delivering = false;
  /** Until then what was missed is not told yet. */
  #calmAt = 0;
  readonly #readDue = new Set<string>();
  readonly #readBusy = new Set<string>();
  #live = false;
  #failures = 0;

  constructor(deps: ReceiptsDeps) {
    this.#deps = deps;
    this.#cells = new Cells(deps.scheduler);
  }

  marks(conversationId: string): Readable<readonly ReceiptMark[]> {
    const cell = this.#cells.at(conversationId);
    if (cell.get() === undefined) cell.set(NONE);
    return cell as Readable<readonly ReceiptMark[]>;
  }

  /** Marks never go back, so snapshots and events may come in any order. */
  handleMarks(conversationId: string, marks: readonly ReceiptMark[]): void {
    const { store } = this.#deps;
    const byUser = new Map((this.#cells.peek(conversationId) ?? NONE).map((mark) => [mark.userId, mark]));
    let changed = false;
    let delivered = 0;
    let read = 0;
    for (const mark of marks) {
      if (mark.userId === store.me) continue;
      const known = byUser.get(mark.userId);
      const merged = {
        userId: mark.userId,
        deliveredSeq: Math.max(mark.deliveredSeq, mark.readSeq, known?.deliveredSeq ?? 0),
        readSeq: Math.max(mark.readSeq, known?.readSeq ?? 0),
      };
      delivered = Math.max(delivered, merged.deliveredSeq);
      read = Math.max(read, merged.readSeq);
      if (known?.deliveredSeq === merged.deliveredSeq && known.readSeq === merged.readSeq) continue;
      byUser.set(mark.userId, merged);
      changed = true;
    }
    if (changed) this.#cells.set(conversationId, [...byUser.values()]);
    store.handleForemost(conversationId, delivered, read);
  }

  // --- telling ------------------------------------------------------------------------------------------------------

  handleArrived(conversationId: string, messages: readonly MessageRecord[]): void {
    const last = messages.at(-1);
    if (last) this.#deliver(conversationId, last.seq, DELIVERED_DELAY);
  }

  /** What arrived while this device was away: unread means that somebody else wrote it. */
  handleHead(conversationId: string, lastSeq: number, unread: number): void {
    if (unread > 0) this.#deliver(conversationId, lastSeq, this.#returnDelay());
  }

  /** From the cache: these had arrived before. What is unread may not have been told, if the app died just then. */
  restoreDelivered(conversationId: string, lastSeq: number, unread: number): void {
    if (unread > 0) this.#deliver(conversationId, lastSeq, DELIVERED_DELAY);
    else this.#delivered.set(conversationId, lastSeq);
  }

  markRead(conversationId: string, seq: number): void {
    if (!this.#deps.store.markRead(conversationId, seq)) return;
    this.#delivered.set(conversationId, Math.max(seq, this.#delivered.get(conversationId) ?? 0)); // read implies it
    this.#deliveredDue.delete(conversationId);
    this.#deps.readsChanged();
    this.#scheduleRead(conversationId, READ_DELAY);
  }

  /** The server has an older mark than this device. */
  handleReadUntold(conversationId: string): void {
    this.#deps.readsChanged();
    this.#scheduleRead(conversationId, READ_DELAY);
  }

  handleLive(): void {
    const { clock, random } = this.#deps;
    this.#live = true;
    this.#failures = 0;
    this.#calmAt = clock.now() + random() * RETURN_SPREAD;
    for (const id of this.#deps.store.unconfirmedReads.keys()) this.#scheduleRead(id, READ_DELAY);
    if (this.#deliveredDue.size > 0) this.#scheduleDelivered(this.#returnDelay());
  }

  handleDown(): void {
    this.#live = false;
  }

  clear(): void {
    this.#cells.clear();
    this.#delivered.clear();
    this.#deliveredDue.clear();
    this.#readDue.clear();
  }

  #deliver(conversationId: string, seq: number, delay: number): void {
    if (seq > (this.#delivered.get(conversationId) ?? 0)) {
      this.#delivered.set(conversationId, seq);
      this.#deliveredDue.set(conversationId, seq);
    }
    // Also of what is due already: a head tells of it before the message itself arrives, which is in more of a hurry.
    if (this.#deliveredDue.has(conversationId)) this.#scheduleDelivered(delay);
  }

  #returnDelay(): number {
    return DELIVERED_DELAY + Math.max(0, this.#calmAt - this.#deps.clock.now());
  }

  /** The sooner of this and what is planned. */
  #scheduleDelivered(delay: number): void {
    const { clock } = this.#deps;
    const plan = { at: clock.now() + delay };
    if (this.#delivering || !this.#live || (this.#deliveredPlan && this.#deliveredPlan.at <= plan.at)) return;
    this.#deliveredPlan = plan;
    clock.after(delay, () => {
      if (this.#deliveredPlan === plan) void this.#sendDelivered();
    });
  }

  async #sendDelivered(): Promise<void> {
    this.#deliveredPlan = null;
    // Planned again by the next connection.
    if (!this.#live) return;
    this.#delivering = true;
    const due = [...this.#deliveredDue].slice(0, limits.deliveredMarks);
    for (const [id] of due) this.#deliveredDue.delete(id);
    let delay = DELIVERED_DELAY;
    try {
      if (due.length > 0) {
        await this.#deps.request('markDelivered', {
          marks: due.map(([conversationId, seq]) => ({ conversationId, seq })),
        });
      }
      this.#failures = 0;
    } catch (error) {
      if (error instanceof KithError && error.retryable) {
        for (const [id, seq] of due)
          this.#deliveredDue.set(id, Math.max(seq, this.#deliveredDue.get(id) ?? 0));
        delay += backoff(this.#failures++, this.#deps.random(), error.retryAfterMs);
      }
    }
    this.#delivering = false;
    if (this.#deliveredDue.size > 0) this.#scheduleDelivered(delay);
  }

  #scheduleRead(id: string, delay: number): void {
    if (this.#readDue.has(id) || this.#readBusy.has(id)) return;
    this.#readDue.add(id);
    this.#deps.clock.after(delay, () => {
      this.#readDue.delete(id);
      if (this.#live) void this.#sendRead(id);
    });
  }

  async #sendRead(id: string): Promise<void> {
    const { store, request } = this.#deps;
    const seq = store.unconfirmedReads.get(id);
    if (seq === undefined) return;
    this.#readBusy.add(id);
    let delay = READ_DELAY;
    try {
      const reply = await request('markRead', { conversationId: id, seq });
      // Scrolled on meanwhile: the next reply settles it.
      if (store.unconfirmedReads.get(id) === seq) {
        store.unconfirmedReads.delete(id);
        this.#deps.readsChanged();
        if (store.handleRead(id, reply)) this.#deps.needHead(id);
      }
    } catch (error) {
      if (error instanceof KithError && !error.retryable) {
        store.unconfirmedReads.delete(id);
        store.distrustRead(id);
        this.#deps.readsChanged();
        this.#deps.needHead(id);
      } else {
        delay = backoff(
          this.#failures++,
          this.#deps.random(),
          error instanceof KithError ? error.retryAfterMs : 0,
        );
      }
    }
    this.#readBusy.delete(id);
    if (this.#live && store.unconfirmedReads.has(id)) this.#scheduleRead(id, delay);
  }
}
