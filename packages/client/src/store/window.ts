/**
 * The loaded part of one conversation's history. It takes pages (true at their own revision) and batches of changes
 * (contiguous from the window's revision on), in any order, and ends up right.
 */
import type { ConversationChange, MessageRecord, Output } from '@kith/protocol';
import { addRun, cutRuns, lastRun, type Run, type Runs, runAt, runOfPage } from '../segments.ts';

/** Everything that changed in revisions `from` to `to`, both included: the latest state of each changed record. */
export interface Batch {
  readonly from: number;
  readonly to: number;
  readonly records: readonly ConversationChange[];
}

export type HistoryPage = Output<'getHistory'>;
export type Asked = { readonly before?: number; readonly after?: number; readonly around?: number };

/** Held while a page is on its way: see `#recent`. */
export interface PageTicket {
  readonly epoch: number;
}

/** Changes remembered while pages are on their way; when more happen meanwhile the page is asked for again. */
const RECENT_MAX = 2_000;

export class ConversationWindow {
  readonly conversationId: string;
  /** All loaded messages are as they were at this revision, or newer. */
  rev: number;
  /** The conversation's last place at `rev`. */
  lastSeq: number;
  /** The last place known to exist; ahead of `lastSeq` when a page was newer than `rev`. */
  endSeq: number;
  runs: Runs = [];
  readonly #bySeq = new Map<number, MessageRecord>();
  readonly #seqOf = new Map<string, number>();
  /**
   * A page is read at one revision and arrives later. What changed in between, in messages that were not loaded then,
   * would be overwritten by the page's older state; so changes are kept until no page is on its way, and win by `rev`.
   */
  readonly #recent = new Map<string, MessageRecord>();
  #tickets = 0;
  /** Raised when pages on their way can no longer be used. */
  #epoch = 0;

  constructor(conversationId: string, rev: number, lastSeq: number) {
    this.conversationId = conversationId;
    this.rev = rev;
    this.lastSeq = lastSeq;
    this.endSeq = lastSeq;
  }

  static restore(
    row: { conversationId: string; rev: number; lastSeq: number; from: number; to: number },
    messages: readonly MessageRecord[],
  ): ConversationWindow {
    const window = new ConversationWindow(row.conversationId, row.rev, row.lastSeq);
    window.runs = addRun([], row.from, row.to);
    window.endSeq = Math.max(row.lastSeq, row.to);
    for (const message of messages) window.#put(message);
    return window;
  }

  /** Nothing visible has been written yet, which is known without asking. */
  claimEmpty(): void {
    if (this.blank) this.runs = addRun([], 0, this.lastSeq);
  }

  get size(): number {
    return this.#bySeq.size;
  }

  /** Whether it claims nothing, so that any revision is right for it. */
  get blank(): boolean {
    return this.runs.length === 0 && this.#tickets === 0;
  }

  byId(id: string): MessageRecord | undefined {
    const seq = this.#seqOf.get(id);
    return seq === undefined ? undefined : this.#bySeq.get(seq);
  }

  at(seq: number): MessageRecord | undefined {
    return this.#bySeq.get(seq);
  }

  *messages(from: number, to: number): Generator<MessageRecord> {
    // A run may claim places far outside of what exists (from 0, or a sparse one): walk the shorter way.
    if (to - from > this.#bySeq.size * 2 + 16) {
      const seqs = [...this.#bySeq.keys()].filter((seq) => seq >= from && seq <= to).sort((a, b) => a - b);
      for (const seq of seqs) yield this.#bySeq.get(seq)!;
      return;
    }
    for (let seq = from; seq <= to; seq++) {
      const message = this.#bySeq.get(seq);
      if (message) yield message;
    }
  }

  /** The batch must reach back to the window's revision: `batch.from <= rev + 1`. Returns the places that changed. */
  apply(batch: Batch): number[] {
    if (batch.from > this.rev + 1) throw new RangeError('a hole in the revisions'); // S4: the caller fetches first
    if (batch.to <= this.rev) return [];
    const changed: number[] = [];
    let last = this.lastSeq;
    for (const record of batch.records) {
      if (record.type !== 'message') continue;
      this.#note(record);
      if (record.seq > this.lastSeq || runAt(this.runs, record.seq)) {
        if (this.#put(record)) changed.push(record.seq);
      }
      last = Math.max(last, record.seq);
    }
    // Every message made since `rev` is in the batch, so these places are loaded whole (S1, S2).
    this.runs = addRun(this.runs, this.lastSeq + 1, last);
    this.rev = batch.to;
    this.lastSeq = last;
    this.endSeq = Math.max(this.endSeq, last);
    return changed;
  }

  /** A newer state of one message, out of a reply. It says nothing of the revisions before it. */
  upsert(record: MessageRecord): boolean {
    this.#note(record);
    return runAt(this.runs, record.seq) !== undefined && this.#put(record);
  }

  expectPage(): PageTicket {
    this.#tickets++;
    return { epoch: this.#epoch };
  }

  /** The page will not come. */
  forgoPage(): void {
    this.#tickets--;
    if (this.#tickets === 0) this.#recent.clear();
  }

  /** False: it cannot be used any more, ask again. Call `forgoPage` afterwards in any case. */
  insertPage(ticket: PageTicket, asked: Asked, page: HistoryPage): boolean {
    if (ticket.epoch !== this.#epoch) return false;
    for (const message of page.messages) {
      const recent = this.#recent.get(message.id);
      this.#put(recent && recent.rev > message.rev ? recent : message);
    }
    const run = runOfPage(asked, { ...page, seqs: page.messages.map((message) => message.seq) });
    if (run) this.runs = addRun(this.runs, run.from, run.to);
    this.endSeq = Math.max(this.endSeq, page.lastSeq);
    return true;
  }

  /** Starts anew, for example after an absence too long to walk (S2). */
  reset(rev: number, lastSeq: number): void {
    this.runs = [];
    this.#bySeq.clear();
    this.#seqOf.clear();
    this.#recent.clear();
    this.#epoch++;
    this.rev = rev;
    this.lastSeq = lastSeq;
    this.endSeq = lastSeq;
  }

  /** Forgets the places farthest from `anchor` until at most `max` messages are kept. */
  trim(max: number, anchor: number): boolean {
    let excess = this.size - max;
    if (excess <= 0) return false;
    while (excess > 0) {
      const first = this.runs[0];
      const last = lastRun(this.runs);
      if (!first || !last) break;
      const oldest = anchor - first.from >= last.to - anchor;
      const run = oldest ? first : last;
      const places = this.#placesOf(run);
      const cut = Math.min(excess, places.length);
      if (cut === 0) this.#forget(run.from, run.to);
      else if (oldest) this.#forget(run.from, places[cut - 1]!);
      else this.#forget(places[places.length - cut]!, run.to);
      excess = this.size - max;
    }
    return true;
  }

  #placesOf(run: Run): number[] {
    const places: number[] = [];
    for (const message of this.messages(run.from, run.to)) places.push(message.seq);
    return places;
  }

  #forget(from: number, to: number): void {
    for (const seq of this.#placesOf({ from, to })) {
      const message = this.#bySeq.get(seq);
      this.#bySeq.delete(seq);
      if (message) this.#seqOf.delete(message.id);
    }
    this.runs = cutRuns(this.runs, from, to);
  }

  #note(record: MessageRecord): void {
    if (this.#tickets === 0) return;
    const known = this.#recent.get(record.id);
    if (!known || known.rev < record.rev) this.#recent.set(record.id, record);
    if (this.#recent.size > RECENT_MAX) {
      this.#recent.clear();
      this.#epoch++;
    }
  }

  /** S3: an older state after a newer one changes nothing. */
  #put(record: MessageRecord): boolean {
    const known = this.#bySeq.get(record.seq);
    if (known && known.rev >= record.rev && !saysMore(record, known)) return false;
    this.#bySeq.set(record.seq, record);
    this.#seqOf.set(record.id, record.seq);
    return true;
  }
}

/** Replies say which reactions and answers are one's own; of the same revision they win over an event, which cannot. */
function saysMore(record: MessageRecord, known: MessageRecord): boolean {
  if (record.rev !== known.rev) return false;
  const { reactions = [], poll } = record;
  return (
    reactions.some(({ mine }, place) => mine !== known.reactions?.[place]?.mine) ||
    (poll?.options.some(({ mine }, place) => mine !== known.poll?.options[place]?.mine) ?? false)
  );
}
