/** The conversation list: entries made of heads and what this device adds, kept sorted by one insertion at a time. */
import type { Head } from '@kith/protocol';
import { Cells, Derived, type Scheduler } from '../reactive.ts';
import type { ConversationEntry, Readable, TimelineMessage } from '../types.ts';

export interface EntryExtras {
  pending(conversationId: string): TimelineMessage | undefined;
  typing(conversationId: string): readonly string[];
}

/** Newest activity first; the id decides between equals, so that the order is the same everywhere. */
const before = (a: ConversationEntry, b: ConversationEntry): boolean =>
  a.activityAt !== b.activityAt ? a.activityAt > b.activityAt : a.id > b.id;

/** A direct conversation that somebody else opened shows with its first message, not before. */
const hasBegun = ({ conversation, lastSeq, membership, pending }: ConversationEntry): boolean =>
  conversation.kind !== 'direct' ||
  lastSeq > 0 ||
  pending !== undefined ||
  conversation.createdBy === membership.userId;

export class ConversationList {
  readonly list: Readable<readonly ConversationEntry[]>;
  readonly totals: Readable<{
    readonly unread: number;
    readonly mentions: number;
    readonly conversations: number;
  }>;
  readonly #list: Derived<readonly ConversationEntry[]>;
  readonly #totals: Derived<{ unread: number; mentions: number; conversations: number }>;
  readonly #cells: Cells<string, ConversationEntry>;
  readonly #entries = new Map<string, ConversationEntry>();
  readonly #sorted: ConversationEntry[] = [];
  readonly #sum = { unread: 0, mentions: 0, conversations: 0 };
  readonly #extras: EntryExtras;

  constructor(scheduler: Scheduler, extras: EntryExtras) {
    this.#extras = extras;
    this.#cells = new Cells(scheduler);
    this.#list = new Derived<readonly ConversationEntry[]>(scheduler, () => this.#sorted.filter(hasBegun));
    this.#totals = new Derived(scheduler, () => ({ ...this.#sum }));
    this.list = this.#list;
    this.totals = this.#totals;
  }

  get(id: string): Readable<ConversationEntry | undefined> {
    return this.#cells.at(id);
  }

  peek(id: string): ConversationEntry | undefined {
    return this.#entries.get(id);
  }

  /** The head, or what is added to it, has changed. */
  update(id: string, head: Head | undefined): void {
    const known = this.#entries.get(id);
    const entry = head && this.#make(id, head, known);
    if (entry === known) return;
    this.#replace(known, entry);
    if (entry) this.#entries.set(id, entry);
    else this.#entries.delete(id);
    this.#cells.set(id, entry);
  }

  #make(id: string, head: Head, known: ConversationEntry | undefined): ConversationEntry {
    const pending = this.#extras.pending(id);
    const typing = this.#extras.typing(id);
    const activityAt = Math.max(
      Date.parse(head.conversation.createdAt),
      Date.parse(head.membership.joinedAt),
      head.preview ? Date.parse(head.preview.createdAt) : 0,
      pending ? Date.parse(pending.record.createdAt) : 0,
    );
    const entry: ConversationEntry = { ...head, id, typing, activityAt, ...(pending && { pending }) };
    const keys = Object.keys(entry) as (keyof ConversationEntry)[];
    const same =
      known && Object.keys(known).length === keys.length && keys.every((key) => known[key] === entry[key]);
    return same ? known : entry;
  }

  #replace(known: ConversationEntry | undefined, entry: ConversationEntry | undefined): void {
    this.#count(known, -1);
    this.#count(entry, 1);
    this.#totals.invalidate();
    this.#list.invalidate();
    if (known && entry && known.activityAt === entry.activityAt) {
      this.#sorted[this.#place(known)] = entry;
      return;
    }
    if (known) this.#sorted.splice(this.#place(known), 1);
    if (entry) this.#sorted.splice(this.#place(entry), 0, entry);
  }

  /** Where the entry stands, or would. */
  #place(entry: ConversationEntry): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(this.#sorted[middle]!, entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #count(entry: ConversationEntry | undefined, sign: 1 | -1): void {
    if (!entry) return;
    this.#sum.unread += sign * entry.unread;
    this.#sum.mentions += sign * entry.mentions;
    this.#sum.conversations += sign * Number(entry.unread > 0);
  }
}
