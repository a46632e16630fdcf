/**
 * The conversation list: entries made of heads, how the person keeps each, and what this device adds; kept sorted by one
 * insertion at a time.
 */
import type { Head, MessageRequest, Preference } from '@kith/protocol';
import { defaultPreference } from '@kith/protocol/preferences';
import { Cells, Derived, type Scheduler } from '../reactive.ts';
import type { Clock, ConversationEntry, ListTotals, Readable, TimelineMessage } from '../types.ts';

export interface EntryExtras {
  pending(conversationId: string): TimelineMessage | undefined;
  typing(conversationId: string): readonly string[];
  preference(conversationId: string): Preference | undefined;
  /** What a stranger began, and the person has not accepted. */
  request(conversationId: string): MessageRequest | undefined;
  /** What there is to see of the head's. */
  preview(head: Head): Head['preview'];
  /** Its silence is over: asks for an `update`. */
  due(conversationId: string): void;
}

/** Timers hold no longer than 2³¹ ms; and a laptop that slept looks again soon. */
const LONGEST_WAIT = 60 * 60_000;

/**
 * Pinned ones on top in their order, of the rest the newest activity first; the id decides between equals, so that the order
 * is the same everywhere.
 */
const before = (a: ConversationEntry, b: ConversationEntry): boolean => {
  const [pinnedA, pinnedB] = [a.preference.pinned ?? -1, b.preference.pinned ?? -1];
  if (pinnedA !== pinnedB) return pinnedA > pinnedB;
  return a.activityAt !== b.activityAt ? a.activityAt > b.activityAt : a.id > b.id;
};

const samePlace = (a: ConversationEntry, b: ConversationEntry): boolean => !before(a, b) && !before(b, a);

/** A direct conversation that somebody else opened shows with its first message, not before. */
const hasBegun = ({ conversation, lastSeq, membership, pending }: ConversationEntry): boolean =>
  conversation.kind !== 'direct' ||
  lastSeq > 0 ||
  pending !== undefined ||
  conversation.createdBy === membership.userId;

/** A stranger's stands apart until it is accepted. */
const isListed = (entry: ConversationEntry): boolean => hasBegun(entry) && !entry.request;
const isRequest = (entry: ConversationEntry): boolean =>
  hasBegun(entry) && entry.request !== undefined && !entry.request.declined;

export class ConversationList {
  readonly list: Readable<readonly ConversationEntry[]>;
  readonly archive: Readable<readonly ConversationEntry[]>;
  readonly requests: Readable<readonly ConversationEntry[]>;
  readonly totals: Readable<ListTotals>;
  readonly #list: Derived<readonly ConversationEntry[]>;
  readonly #archive: Derived<readonly ConversationEntry[]>;
  readonly #requests: Derived<readonly ConversationEntry[]>;
  readonly #totals: Derived<ListTotals>;
  readonly #cells: Cells<string, ConversationEntry>;
  readonly #entries = new Map<string, ConversationEntry>();
  readonly #sorted: ConversationEntry[] = [];
  readonly #sum = { unread: 0, mentions: 0, conversations: 0 };
  readonly #clock: Clock;
  readonly #extras: EntryExtras;
  /** Muted for a time: until when. */
  readonly #muted = new Map<string, number>();
  #waking: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(scheduler: Scheduler, clock: Clock, extras: EntryExtras) {
    this.#clock = clock;
    this.#extras = extras;
    this.#cells = new Cells(scheduler);
    this.#list = new Derived<readonly ConversationEntry[]>(scheduler, () =>
      this.#sorted.filter((entry) => isListed(entry) && !entry.archived),
    );
    this.#archive = new Derived<readonly ConversationEntry[]>(scheduler, () =>
      this.#sorted.filter((entry) => isListed(entry) && entry.archived),
    );
    this.#requests = new Derived<readonly ConversationEntry[]>(scheduler, () =>
      this.#sorted.filter(isRequest),
    );
    this.#totals = new Derived<ListTotals>(scheduler, () => ({ ...this.#sum }));
    this.list = this.#list;
    this.archive = this.#archive;
    this.requests = this.#requests;
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
    this.#watchSilence(id, entry);
  }

  #make(id: string, head: Head, known: ConversationEntry | undefined): ConversationEntry {
    const pending = this.#extras.pending(id);
    const typing = this.#extras.typing(id);
    const preference = this.#extras.preference(id) ?? defaultPreference;
    const request = this.#extras.request(id);
    const activityAt = Math.max(
      Date.parse(head.conversation.createdAt),
      Date.parse(head.membership.joinedAt),
      head.preview ? Date.parse(head.preview.createdAt) : 0,
      pending ? Date.parse(pending.record.createdAt) : 0,
    );
    const { mutedUntil, archivedSeq } = preference;
    const muted = mutedUntil !== null && Date.parse(mutedUntil) > this.#clock.now();
    const archived = archivedSeq !== null && (muted || head.lastSeq <= archivedSeq);
    const entry: ConversationEntry = {
      ...head,
      preview: this.#extras.preview(head),
      id,
      typing,
      activityAt,
      preference,
      muted,
      archived,
      ...(pending && { pending }),
      ...(request && { request }),
    };
    const keys = Object.keys(entry) as (keyof ConversationEntry)[];
    const same =
      known && Object.keys(known).length === keys.length && keys.every((key) => known[key] === entry[key]);
    return same ? known : entry;
  }

  #replace(known: ConversationEntry | undefined, entry: ConversationEntry | undefined): void {
    this.#count(known, -1);
    this.#count(entry, 1);
    this.#totals.invalidate();
    if (!known?.archived || !entry?.archived) this.#list.invalidate();
    if (known?.archived || entry?.archived) this.#archive.invalidate();
    if (known?.request || entry?.request) this.#requests.invalidate();
    if (known && entry && samePlace(known, entry)) {
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

  /** What was put aside or silenced asks for nobody's eyes; a mention does. What strangers write asks for nothing. */
  #count(entry: ConversationEntry | undefined, sign: 1 | -1): void {
    if (!entry || entry.request) return;
    const { unread, mentions, muted, archived, preference } = entry;
    const quiet = muted || archived;
    const counted = quiet ? mentions : Math.max(unread, preference.markedUnread ? 1 : 0);
    this.#sum.unread += sign * counted;
    this.#sum.mentions += sign * mentions;
    this.#sum.conversations += sign * Number(counted > 0);
  }

  #watchSilence(id: string, entry: ConversationEntry | undefined): void {
    const until = entry?.muted ? Date.parse(entry.preference.mutedUntil ?? '') : undefined;
    if (until === undefined) this.#muted.delete(id);
    else this.#muted.set(id, until);
    this.#plan();
  }

  #plan(): void {
    const next = Math.min(...this.#muted.values(), Number.POSITIVE_INFINITY);
    const at = Math.min(next, this.#clock.now() + LONGEST_WAIT);
    if (this.#muted.size === 0 || (this.#waking && this.#waking.at <= at)) return;
    this.#waking?.cancel();
    const cancel = this.#clock.after(at - this.#clock.now(), () => {
      this.#waking = undefined;
      const now = this.#clock.now();
      for (const [id, until] of [...this.#muted]) if (until <= now) this.#extras.due(id);
      this.#plan();
    });
    this.#waking = { at, cancel };
  }
}
