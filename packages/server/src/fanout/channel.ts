/**
 * One conversation on this node: who gets its events and in which form. Events of one tick are encoded together, once
 * for everybody who may see them (a frame is encoded per event, not per recipient).
 */
import type { Flushable, Flusher } from '../gateway/flusher.ts';
import { packetOf } from '../gateway/packet.ts';
import type { BusMessage } from './bus.ts';
import { ReceiptBatch } from './receiptBatch.ts';
import { RevOrder } from './revOrder.ts';
import type { Person, Subscriber, Subscription } from './subscriber.ts';
import { viewsOf } from './visibility.ts';

export type RecordsMessage = Extract<BusMessage, { type: 'records' }>;

/** A tick's batch is sealed early beyond this many UTF-16 units, so that one message stays of a size clients like. */
const MAX_BATCH = 256 * 1024;
/** Events kept for one who is just joining; beyond it the head is read again. */
const MAX_HELD = 1_024;

export class Channel implements Flushable {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly order = new RevOrder<RecordsMessage>();
  readonly receipts = new ReceiptBatch();
  /** Sockets that have it on screen: typing and receipts go to them. */
  readonly watchers = new Set<Subscriber>();
  /** As last read; decides how receipts are told. */
  memberCount = 0;
  readonly #flusher: Flusher;
  readonly #people = new Map<Person, Subscription>();
  readonly #userIds = new Set<string>();
  #batch: string[] = [];
  #batchLength = 0;
  /** An upper bound: an event of later messages only is for everybody. */
  #maxVisibleAfter = 0;
  #joining = 0;

  constructor(tenantId: number, conversationId: string, flusher: Flusher) {
    this.tenantId = tenantId;
    this.conversationId = conversationId;
    this.#flusher = flusher;
  }

  get hasPeople(): boolean {
    return this.#people.size > 0;
  }

  get isIdle(): boolean {
    return this.#people.size === 0 && this.watchers.size === 0;
  }

  /** Ids of those it is handed out to. */
  get userIds(): ReadonlySet<string> {
    return this.#userIds;
  }

  /** Those who watch and are in it: a screen may still show what its person was shown out of (S13). */
  *onlookers(): Generator<Subscriber> {
    for (const watcher of this.watchers) if (this.#userIds.has(watcher.userId)) yield watcher;
  }

  /** From now on this person gets its events. */
  add(person: Person, subscription: Subscription): void {
    // What waits was for those who were here before.
    this.flush();
    this.#people.set(person, subscription);
    this.#userIds.add(person.userId);
    if (subscription.phase.type === 'joining') this.#joining += 1;
    this.noteVisibility(subscription.visibleAfter);
  }

  /** Hands out what waits, this person included for the last time. */
  remove(person: Person): void {
    this.flush();
    const subscription = this.#people.get(person);
    if (!subscription) return;
    this.#people.delete(person);
    this.#userIds.delete(person.userId);
    if (subscription.phase.type === 'joining') this.#joining -= 1;
    if (this.#people.size === 0) this.#maxVisibleAfter = 0;
  }

  /** Ends the joining of a person; returns what was held for them. */
  goLive(person: Person): { readonly to: number; readonly frame: string }[] {
    const subscription = this.#people.get(person);
    if (subscription?.phase.type !== 'joining') return [];
    const { held } = subscription.phase;
    this.flush();
    subscription.phase = { type: 'live' };
    this.#joining -= 1;
    return held;
  }

  noteVisibility(visibleAfter: number): void {
    this.#maxVisibleAfter = Math.max(this.#maxVisibleAfter, visibleAfter);
  }

  /** Events in order, as `order` released them. */
  deliver(messages: readonly RecordsMessage[]): void {
    if (this.#people.size === 0) return;
    for (const message of messages) {
      const forAll = message.lowestSeq === null || message.lowestSeq > this.#maxVisibleAfter;
      if (forAll) this.#toAll(message);
      else this.#toEach(message);
    }
  }

  #toAll({ frame, to }: RecordsMessage): void {
    if (this.#joining > 0) {
      for (const { phase } of this.#people.values()) hold(phase, to, frame);
      if (this.#joining === this.#people.size) return;
    }
    this.#batch.push(frame);
    this.#batchLength += frame.length;
    if (this.#batchLength > MAX_BATCH) this.flush();
    else if (this.#batch.length === 1) this.#flusher.scheduleSource(this);
  }

  #toEach({ frame, to, lowestSeq }: RecordsMessage): void {
    this.flush();
    const view = viewsOf(frame);
    for (const [person, { phase, visibleAfter }] of this.#people) {
      const seen = lowestSeq !== null && visibleAfter >= lowestSeq ? view(visibleAfter) : frame;
      hold(phase, to, seen);
      if (phase.type === 'live') for (const socket of person.sockets) socket.send(seen);
    }
  }

  flush(): void {
    if (this.#batch.length === 0) return;
    const packet = packetOf(this.#batch);
    // As in `Outbound.flush`: emptied, not replaced.
    this.#batch.length = 0;
    this.#batchLength = 0;
    for (const [person, { phase }] of this.#people) {
      if (phase.type !== 'live') continue;
      for (const socket of person.sockets) socket.sendPacket(packet);
    }
  }
}

function hold(phase: Subscription['phase'], to: number, frame: string): void {
  if (phase.type !== 'joining') return;
  if (phase.held.length >= MAX_HELD) {
    phase.held = [];
    phase.overflown = true;
  } else if (!phase.overflown) {
    phase.held.push({ to, frame });
  }
}
