/**
 * What this device knows: heads and windows. Data comes in by `handle*`, goes out by events; it asks for nothing
 * itself, but says what it would need (`Gap`), and sync.ts fetches that.
 */
import type { ConversationChange, Head, MemberRecord, MessageRecord } from '@kith/protocol';
import { Emitter } from '../emitter.ts';
import { foldHead, loadedPreview, recount, sameHead } from './heads.ts';
import { withChoices, withMine } from './mine.ts';
import { News } from './news.ts';
import type { Asked, Batch, ConversationWindow, HistoryPage, PageTicket } from './window.ts';
import { type LoadCold, Windows } from './windows.ts';

export type StoreEvents = {
  head: [id: string, head: Head | undefined];
  /** Messages of a window came, went or changed. */
  window: [id: string, window: ConversationWindow | undefined, changed: readonly number[] | 'all'];
  /** Newer states of records, loaded or not. */
  records: [id: string, records: readonly ConversationChange[]];
  /** Newer states of records of which nobody will tell: there was no window that could ask for them, or it is too far behind. */
  missed: [id: string];
  /** New messages of others, as the head counts them. */
  arrived: [id: string, messages: readonly MessageRecord[]];
  /** Messages of others that came while there was a connection, each once. */
  news: [id: string, messages: readonly MessageRecord[]];
  /** The server does not know how far this person has read. */
  readUntold: [id: string];
  /** Other messages are out of sight now: hidden, shown again, or over. */
  hidden: [id: string];
  /** A window leaves memory. */
  evict: [window: ConversationWindow];
};

export interface ReadState {
  readonly readSeq: number;
  readonly unread: number;
  readonly mentions: number;
  readonly rev: number;
}

/** What a batch could not tell: `head`: ask for the head; `changes`: ask for what lies between. */
export interface Gap {
  readonly head: boolean;
  readonly changes: boolean;
}

export class Store {
  readonly events = new Emitter<StoreEvents>();
  readonly windows: Windows;
  /** Read marks that the server has not confirmed: they hold against an older mark of its own. */
  readonly unconfirmedReads = new Map<string, number>();
  readonly #heads = new Map<string, Head>();
  /** When a conversation was left: heads of before then must not bring it back. */
  readonly #leftAt = new Map<string, number>();
  /** Whose read mark was set here and refused: the server's is right, even when it is lower. */
  readonly #distrusted = new Set<string>();
  /** Heads as the cache had them, not told by the server since: when it was written, their counts may have been in doubt. */
  readonly #restored = new Set<string>();
  readonly #news = new News();
  #me = '';

  /** Whether this person removed the message at a place from their own view. */
  readonly hides: (id: string, seq: number) => boolean;

  readonly #isOver: (record: MessageRecord) => boolean;

  constructor(
    loadCold: LoadCold,
    hides: (id: string, seq: number) => boolean = () => false,
    isOver: (record: MessageRecord) => boolean = () => false,
  ) {
    this.hides = hides;
    this.#isOver = isOver;
    this.windows = new Windows(loadCold, (window) => this.events.emit('evict', window));
  }

  /** Whether it is not to be seen, whatever shows it: this person hid it, or its time is over. */
  gone(record: MessageRecord): boolean {
    return this.#isOver(record) || this.hides(record.conversationId, record.seq);
  }

  /** The head's preview; where its time is over, the latest loaded message that is still to be seen. */
  previewOf({ conversation, ...head }: Head): MessageRecord | null {
    const { preview } = head;
    if (!preview || !this.#isOver(preview)) return preview;
    return this.#loadedPreview({ conversation, ...head }) ?? null;
  }

  get me(): string {
    return this.#me;
  }

  setMe(userId: string): void {
    this.#me = userId;
  }

  head(id: string): Head | undefined {
    return this.#heads.get(id);
  }

  heads(): ReadonlyMap<string, Head> {
    return this.#heads;
  }

  /** From the cache: as it was, no questions asked. */
  restoreHead(head: Head): void {
    this.#restored.add(head.conversation.id);
    this.#news.begin(head.conversation.id, head.lastSeq);
    this.#setHead(head);
  }

  /** This head was told at the begin of a connection: what it counts came before. */
  skipNews(id: string): void {
    const head = this.#heads.get(id);
    if (head) this.#news.skip(id, head.lastSeq);
  }

  /** A head out of a reply. `stale`: older than what is here. `unsure`: its counts must be asked for. */
  handleHead(incoming: Head): { readonly stale: boolean; readonly unsure: boolean } {
    const id = incoming.conversation.id;
    if (incoming.membership.state !== 'joined') {
      this.handleLeft(incoming.membership);
      return { stale: false, unsure: false };
    }
    const known = this.#heads.get(id);
    const leftAt = this.#leftAt.get(id);
    if (leftAt !== undefined && incoming.membership.rev <= leftAt) return { stale: false, unsure: false };
    this.#leftAt.delete(id);
    // One that was joined just now: its first message may be in it already, and be told by an event only then.
    this.#news.begin(id, incoming.readSeq);
    const restored = this.#restored.delete(id);
    // Events have brought us further than this reply. But marks are no part of `rev`: of them it may bring news.
    if (known && incoming.rev < known.rev) {
      this.handleForemost(id, incoming.othersDeliveredSeq, incoming.othersReadSeq);
      const unsure = incoming.readSeq > known.readSeq && this.handleRead(id, incoming);
      return { stale: true, unsure: unsure || restored };
    }

    let head = incoming;
    if (known) {
      const rejoined = joinedAnew(known.membership, incoming.membership);
      if (rejoined) this.#dropWindow(id);
      head = {
        ...incoming,
        othersDeliveredSeq: Math.max(incoming.othersDeliveredSeq, known.othersDeliveredSeq),
        othersReadSeq: Math.max(incoming.othersReadSeq, known.othersReadSeq),
      };
      const distrusted = this.#distrusted.delete(id);
      const readSeq = Math.max(
        distrusted || rejoined ? 0 : known.readSeq,
        this.unconfirmedReads.get(id) ?? 0,
      );
      if (readSeq > incoming.readSeq) {
        head = { ...head, readSeq };
        const counted = this.#recount(head);
        const guess = known.rev === incoming.rev ? known : incoming;
        head = { ...head, ...(counted ?? { unread: guess.unread, mentions: guess.mentions }) };
        // Read here and not known there, whyever: it is told again, and the answer brings the counts.
        this.unconfirmedReads.set(id, readSeq);
        this.events.emit('readUntold', id);
      }
    }
    const window = this.windows.get(id);
    if (window?.blank) window.reset(head.rev, head.lastSeq);
    const preview = head.preview && withMine(head.preview, window?.byId(head.preview.id), this.#me);
    if (preview !== head.preview) head = { ...head, preview };
    // Hidden here, which the server has yet to hear.
    if (preview && this.hides(id, preview.seq))
      head = { ...head, ...this.#recount(head), preview: this.#loadedPreview(head) ?? null };
    this.#setHead(head);
    return { stale: false, unsure: false };
  }

  /** Changes in revisions `from` to `to`, from an event or a reply. */
  handleBatch(id: string, batch: Batch): Gap {
    const head = this.#heads.get(id);
    if (!head) return { head: !this.#leftAt.has(id), changes: false };
    const window = this.windows.get(id);
    const records = batch.records
      .filter(isKnown)
      .map((record) =>
        record.type === 'message' ? withMine(record, window?.byId(record.id), this.#me) : record,
      );
    const complete: Batch = { ...batch, records };

    const headGap = batch.from > head.rev + 1;
    const folded =
      headGap || batch.to <= head.rev
        ? undefined
        : foldHead(
            head,
            complete,
            this.#me,
            (messageId) => {
              // Only a window of the same revision knows a message as the head counted it.
              const before = window?.rev === head.rev ? window.byId(messageId) : undefined;
              return before && before.rev <= head.rev ? before : undefined;
            },
            (seq) => this.hides(id, seq),
          );

    const held = !window && this.windows.hold(id, complete);
    const windowGap = window !== undefined && batch.from > window.rev + 1;
    const changed = window && !windowGap ? window.apply(complete) : [];

    let unsure = folded?.unsure ?? false;
    if (folded) {
      let next = folded.head;
      if (folded.previewGone) {
        const preview = this.#loadedPreview(next);
        if (preview === undefined) unsure = true;
        else next = { ...next, preview };
      }
      if (next.membership.state !== 'joined') {
        this.handleLeft(next.membership);
        return { head: false, changes: false };
      }
      if (joinedAnew(head.membership, next.membership)) {
        // S13: what may be seen begins elsewhere now; neither window nor counts hold.
        this.unconfirmedReads.delete(id);
        this.#setHead(next);
        this.#dropWindow(id);
        this.distrustRead(id);
        return { head: true, changes: false };
      }
      if (unsure) next = { ...next, ...this.#recount(next) };
      this.#setHead(next);
      // Counted anew from what is loaded: the counts are sure again, but a lost preview is not.
      if (unsure && !folded.previewGone && this.#recount(next)) unsure = false;
    }
    this.events.emit('records', id, records);
    if (window && !windowGap) this.events.emit('window', id, window, changed);
    if (folded && folded.arrived.length > 0) this.events.emit('arrived', id, folded.arrived);
    const news = this.#news
      .take(
        id,
        records.filter((record) => record.type === 'message'),
      )
      .filter(({ authorId, seq }) => authorId !== this.#me && !this.hides(id, seq));
    if (news.length > 0) this.events.emit('news', id, news);
    const missed = headGap && !window && !held;
    if (missed) this.events.emit('missed', id);
    return { head: unsure || missed, changes: windowGap };
  }

  /** One message out of a reply: newer than what is here, or the same. */
  handleMessage(record: MessageRecord): void {
    const id = record.conversationId;
    const window = this.windows.get(id);
    const complete = withMine(record, window?.byId(record.id), this.#me);
    this.events.emit('records', id, [complete]);
    if (window?.upsert(complete)) this.events.emit('window', id, window, [complete.seq]);
    const head = this.#heads.get(id);
    if (
      head?.preview?.id === complete.id &&
      complete.body.type !== 'deleted' &&
      complete.rev > head.preview.rev
    ) {
      this.#setHead({ ...head, preview: complete });
    }
  }

  /** What this person chose elsewhere (S18). Where others have chosen since, it still holds of one's own. */
  handleChosen(record: MessageRecord): void {
    const known = this.windows.get(record.conversationId)?.byId(record.id);
    this.handleMessage(known && known.rev > record.rev ? withChoices(known, record, this.#me) : record);
  }

  /** False: the page came too late to be used; ask again. */
  handlePage(window: ConversationWindow, ticket: PageTicket, asked: Asked, page: HistoryPage): boolean {
    const messages = page.messages.map((message) => withMine(message, window.byId(message.id), this.#me));
    if (!window.insertPage(ticket, asked, { ...page, messages })) return false;
    this.events.emit('records', window.conversationId, messages);
    if (this.windows.get(window.conversationId) === window) {
      this.events.emit(
        'window',
        window.conversationId,
        window,
        messages.map(({ seq }) => seq),
      );
    }
    return true;
  }

  /** S2: too far behind to walk. */
  resetWindow(id: string): void {
    const head = this.#heads.get(id);
    const window = this.windows.get(id);
    if (!head || !window) return;
    window.reset(head.rev, head.lastSeq);
    this.events.emit('window', id, window, 'all');
    this.events.emit('missed', id);
  }

  /** Own read mark, with counts true at `rev`. Says whether the head must be asked for. */
  handleRead(id: string, read: ReadState): boolean {
    const head = this.#heads.get(id);
    if (!head || read.readSeq < head.readSeq) return false;
    const moved = { ...head, readSeq: read.readSeq };
    const exact = read.rev === head.rev ? read : this.#recount(moved);
    const { unread, mentions } = exact ?? read;
    this.#setHead({ ...moved, unread, mentions });
    return !exact;
  }

  /** Own read mark, set here first. */
  markRead(id: string, seq: number): boolean {
    const head = this.#heads.get(id);
    if (!head) return false;
    const readSeq = Math.min(seq, head.lastSeq);
    if (readSeq <= head.readSeq) return false;
    const moved = { ...head, readSeq };
    // Not all is loaded: at most so many can be left; the reply brings the exact count.
    const left = Math.min(head.unread, head.lastSeq - readSeq);
    const counted = this.#recount(moved);
    const { unread, mentions } = counted ?? { unread: left, mentions: Math.min(head.mentions, left) };
    this.unconfirmedReads.set(id, readSeq);
    this.#setHead({ ...moved, unread, mentions });
    return true;
  }

  /**
   * Other messages are hidden than were, up to this place: counts and preview are told anew, from what is loaded. False: that
   * does not tell them.
   */
  reconsider(id: string, upTo: number): boolean {
    const head = this.#heads.get(id);
    if (!head) return true;
    const counted = upTo > head.readSeq ? this.#recount(head) : head;
    const seen = upTo >= (head.preview?.seq ?? 0) ? this.#loadedPreview(head) : head.preview;
    const gone = head.preview !== null && this.hides(id, head.preview.seq);
    const { unread, mentions } = counted ?? head;
    this.#setHead({
      ...head,
      unread,
      mentions,
      preview: seen === undefined && !gone ? head.preview : (seen ?? null),
    });
    return counted !== undefined && seen !== undefined;
  }

  distrustRead(id: string): void {
    this.#distrusted.add(id);
  }

  handleForemost(id: string, deliveredSeq: number, readSeq: number): void {
    const head = this.#heads.get(id);
    if (!head || (deliveredSeq <= head.othersDeliveredSeq && readSeq <= head.othersReadSeq)) return;
    this.#setHead({
      ...head,
      othersDeliveredSeq: Math.max(deliveredSeq, head.othersDeliveredSeq),
      othersReadSeq: Math.max(readSeq, head.othersReadSeq),
    });
  }

  /** S13: nothing of it is this person's to see any more. */
  handleLeft(membership: MemberRecord): void {
    const known = this.#heads.get(membership.conversationId);
    if (known && membership.rev < known.membership.rev) return;
    this.forget(membership.conversationId, membership.rev);
  }

  /** It is not there (any more), as far as this person may know. */
  forget(id: string, rev?: number): void {
    // Leavings are told more than once, and not always in order.
    if (rev !== undefined) this.#leftAt.set(id, Math.max(rev, this.#leftAt.get(id) ?? 0));
    this.unconfirmedReads.delete(id);
    this.#restored.delete(id);
    this.#news.forget(id);
    const had = this.#heads.delete(id);
    this.#dropWindow(id);
    if (had) this.events.emit('head', id, undefined);
  }

  clear(): void {
    const ids = [...this.#heads.keys()];
    this.unconfirmedReads.clear();
    this.#leftAt.clear();
    this.windows.clear();
    for (const id of ids) this.forget(id);
    this.#leftAt.clear();
  }

  #recount(head: Head): { unread: number; mentions: number } | undefined {
    const id = head.conversation.id;
    return recount(head, this.windows.get(id), this.#me, (seq) => this.hides(id, seq));
  }

  #loadedPreview(head: Head): MessageRecord | null | undefined {
    const id = head.conversation.id;
    return loadedPreview(head, this.windows.get(id), (record) => this.gone(record));
  }

  #dropWindow(id: string): void {
    this.windows.drop(id);
    this.events.emit('window', id, undefined, 'all');
  }

  #setHead(head: Head): void {
    const id = head.conversation.id;
    const known = this.#heads.get(id);
    if (known && sameHead(known, head)) return;
    this.#heads.set(id, head);
    this.events.emit('head', id, head);
  }
}

/** Kinds of records that a newer server adds: their revision counts, what they say is not for this version. */
const KNOWN: ReadonlySet<string> = new Set<ConversationChange['type']>(['conversation', 'member', 'message']);
const isKnown = (record: ConversationChange): boolean => KNOWN.has(record.type);

/** Left and joined again, so that something else may be seen. */
const joinedAnew = (a: MemberRecord, b: MemberRecord): boolean =>
  a.joinedAt !== b.joinedAt || a.visibleAfter !== b.visibleAfter;
