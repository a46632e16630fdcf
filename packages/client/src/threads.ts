/**
 * The threads one follows (T2): the list as the server tells it, kept in step by the replies that come in and by `thread`
 * events. Marks have no revision: after every absence the list is asked for anew.
 */
import type { ConversationChange, MessageRecord, Thread, ThreadMark, User } from '@kith/protocol';
import { limits } from '@kith/protocol/limits';
import { Cells, Derived, type Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import type { CachedThreads } from './storage/storage.ts';
import { withMine } from './store/mine.ts';
import type { Store } from './store/store.ts';
import { PAGE, type ThreadPage, ThreadPages, type ThreadQuestion } from './threadPages.ts';
import { ThreadReads } from './threadReads.ts';
import type { Clock, Readable, ThreadsView } from './types.ts';

export interface ThreadStoreDeps {
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly request: Request;
  readonly clock: Clock;
  readonly random: () => number;
  handleUsers(users: readonly User[]): void;
  /** For the cache. */
  changed(): void;
}

/** Marks of threads that were open once, and are not followed. */
const LOOSE_MAX = 1_000;
/** Conversations that one left: of one forgotten here the threads are listed when the client starts anew. */
const FOREIGN_MAX = 1_000;
const MORE = limits.unreadCap + 1;

/** The server's mark, with what came after it. */
interface Known {
  readonly mark: ThreadMark;
  /** Unread replies beyond `mark.lastSeq`: seq → whether it mentions this person. */
  readonly later: Map<number, boolean>;
}

export class ThreadStore {
  readonly list: Readable<ThreadsView>;
  readonly #list: Derived<ThreadsView>;
  readonly #deps: ThreadStoreDeps;
  readonly #known = new Map<string, Known>();
  readonly #shown: Cells<string, ThreadMark>;
  /** Of the list, in no order. */
  readonly #listed = new Map<string, Pick<Thread, 'root' | 'last'>>();
  /** Followed ones that are not loaded, and have something unread. */
  #unreadElsewhere = 0;
  #next: string | null | undefined;
  /** Out of the cache, not told by the server since. */
  readonly #restored = new Set<string>();
  /** Conversations that are not this person's, or not yet: should one become theirs, its threads are to be listed. */
  readonly #foreign = new Set<string>();
  /** Whether these are followed is being asked. */
  readonly #asked = new Map<string, Promise<boolean>>();
  /** How far threads were read that one does not follow: there is no mark, but their authors learn of it (T3). */
  readonly #looked = new Map<string, number>();
  readonly #reads: ThreadReads;
  readonly #pages: ThreadPages;

  constructor(deps: ThreadStoreDeps) {
    this.#deps = deps;
    this.#shown = new Cells(deps.scheduler);
    this.#reads = new ThreadReads({ ...deps, told: (mark) => this.handleMark(mark) });
    this.#pages = new ThreadPages({
      ...deps,
      take: (page, question) => this.#take(page, question),
      replay: (messages) => this.#handleMessages(messages),
      changed: () => this.#changed(),
    });
    this.#list = new Derived<ThreadsView>(deps.scheduler, () => this.#compute());
    this.list = this.#list;
    const { events } = deps.store;
    events.on('records', (_id, records) => this.#handleRecords(records));
    events.on('arrived', (_id, messages) => {
      if (messages.some((message) => this.#beginsToFollow(message))) this.#pages.again();
    });
    events.on('news', (_id, messages) => {
      for (const message of messages) this.#lookFor(message);
    });
    events.on('missed', () => this.#pages.again());
    events.on('head', (id, head) => {
      // S13: nothing of it is to be seen any more.
      if (!head) this.#forget(id);
      else if (this.#foreign.delete(id)) this.#pages.again();
    });
  }

  mark(rootId: string): Readable<ThreadMark | undefined> {
    return this.#shown.at(rootId);
  }

  /** As the cache has it: shown at once, and asked for anew when there is a connection. */
  restore({ threads, unreadElsewhere, next, reads }: CachedThreads): void {
    for (const { root, last, mark } of threads) {
      if (!this.#deps.store.head(mark.conversationId)) continue;
      this.#listed.set(root.id, { root, last });
      this.#restored.add(root.id);
      this.#set({ mark, later: new Map() });
    }
    for (const { conversationId, rootId, seq } of reads) this.#reads.read(conversationId, rootId, seq);
    this.#unreadElsewhere = unreadElsewhere;
    this.#next = next;
    this.#list.invalidate();
  }

  /** Read marks of a tab that closed, that the server may not have. */
  handleReads(reads: CachedThreads['reads']): void {
    for (const { conversationId, rootId, seq } of reads) {
      if (seq <= (this.#known.get(rootId)?.mark.readSeq ?? 0)) continue;
      if (this.#reads.read(conversationId, rootId, seq)) this.#moveTo(rootId, seq);
    }
  }

  /** For the cache; undefined before anything is known. */
  cached(): CachedThreads | undefined {
    if (this.#next === undefined) return undefined;
    const { threads, unread } = this.#list.get();
    const kept = threads.slice(0, PAGE);
    return {
      threads: kept,
      unreadElsewhere: unread - kept.filter(({ mark }) => mark.unread > 0).length,
      next: this.#next,
      reads: this.#reads.all(),
    };
  }

  /** Other messages are out of sight now. */
  handleHidden(): void {
    this.#list.invalidate();
  }

  /** In step with the heads again. */
  handleSynced(): void {
    this.#pages.handleSynced();
    this.#reads.handleSynced();
  }

  handleDown(): void {
    this.#pages.handleDown();
    this.#reads.handleDown();
  }

  /** Out of an event or a reply. */
  handleMark(told: ThreadMark): void {
    this.#restored.delete(told.rootId);
    this.handleRead(told.rootId, told.othersReadSeq);
    const known = this.#known.get(told.rootId);
    const mark = {
      ...told,
      othersReadSeq: Math.max(told.othersReadSeq, known?.mark.othersReadSeq ?? 0),
    };
    // An answer that events have overtaken: of it only the marks themselves are news.
    if (known && known.mark.rev > mark.rev) {
      if (mark.readSeq > known.mark.readSeq) this.#pages.again();
      return;
    }
    const later = new Map(
      [...(known?.later ?? [])].filter(([seq]) => seq > mark.lastSeq && seq > mark.readSeq),
    );
    const readSeq = known?.mark.readSeq ?? 0;
    this.#set({ mark, later });
    // A mark never goes back: this one was read before the other was set.
    if (readSeq > mark.readSeq && mark.following) {
      this.#moveTo(mark.rootId, readSeq);
      if (readSeq < mark.lastSeq && mark.unread > 0 && !this.#reads.has(mark.rootId)) this.#pages.again();
    }
    if (mark.following !== this.#listed.has(mark.rootId)) {
      if (!mark.following) this.#listed.delete(mark.rootId);
      else this.#pages.again();
    }
    this.#changed();
  }

  /** T3: how far others have read. Of threads that are not known here, opening tells. */
  handleRead(rootId: string, othersReadSeq: number): void {
    const known = this.#known.get(rootId);
    if (known && known.mark.othersReadSeq < othersReadSeq)
      this.#set({ ...known, mark: { ...known.mark, othersReadSeq } });
  }

  async follows(conversationId: string, rootId: string): Promise<boolean> {
    const known = this.#known.get(rootId);
    // Of a list that is all there, what is not in it is not followed.
    if (known || (this.#next === null && this.#restored.size === 0)) return known?.mark.following ?? false;
    const asked =
      this.#asked.get(rootId) ??
      this.#deps.request('getThread', { conversationId, rootId, limit: 1 }).then(({ users, mark }) => {
        this.#deps.handleUsers(users);
        this.handleMark(mark);
        return mark.following;
      });
    this.#asked.set(rootId, asked);
    try {
      return await asked;
    } finally {
      this.#asked.delete(rootId);
    }
  }

  async follow(conversationId: string, rootId: string, following: boolean): Promise<void> {
    const before = this.#known.get(rootId);
    if (before) this.#set({ ...before, mark: { ...before.mark, following } });
    try {
      this.handleMark((await this.#deps.request('followThread', { conversationId, rootId, following })).mark);
    } catch (error) {
      if (before) this.#set(before);
      throw error;
    }
  }

  markRead(conversationId: string, rootId: string, seq: number): void {
    const known = this.#known.get(rootId);
    if (!known || (known.mark.following ? known.mark.readSeq : (this.#looked.get(rootId) ?? 0)) >= seq)
      return;
    if (!known.mark.following) this.#looked.set(rootId, seq);
    if (this.#reads.read(conversationId, rootId, seq) && known.mark.following) this.#moveTo(rootId, seq);
  }

  loadMore(): Promise<void> {
    return this.#pages.more(() => this.#next ?? null);
  }

  clear(): void {
    this.handleDown();
    for (const rootId of this.#known.keys()) this.#shown.set(rootId, undefined);
    this.#known.clear();
    this.#listed.clear();
    this.#reads.clear();
    this.#restored.clear();
    this.#looked.clear();
    this.#foreign.clear();
    this.#unreadElsewhere = 0;
    this.#next = undefined;
    this.#pages.forgetError();
    this.#changed();
  }

  // --- what comes in ------------------------------------------------------------------------------------------------

  #handleRecords(records: readonly ConversationChange[]): void {
    const messages = records.filter((record) => record.type === 'message');
    this.#pages.handleMessages(messages);
    this.#handleMessages(messages);
  }

  #handleMessages(messages: readonly MessageRecord[]): void {
    if (this.#known.size === 0) return;
    for (const record of messages) {
      if (record.thread) this.#handleReply(record, record.thread.rootId);
      const listed = this.#listed.get(record.id);
      if (listed && listed.root.rev < record.rev) {
        this.#listed.set(record.id, { ...listed, root: withMine(record, listed.root, this.#deps.store.me) });
        this.#changed();
      }
    }
  }

  #handleReply(reply: MessageRecord, rootId: string): void {
    const known = this.#known.get(rootId);
    if (!known?.mark.following) return;
    const { mark, later } = known;
    const counts = reply.authorId !== this.#deps.store.me && reply.body.type === 'content';
    if (reply.seq > mark.lastSeq) {
      if (counts && reply.seq > mark.readSeq) later.set(reply.seq, this.#isMentioned(reply));
      else later.delete(reply.seq);
      this.#set({ mark, later });
    } else if (reply.seq > mark.readSeq && reply.rev > mark.rev && (!counts || reply.edited)) {
      // One that was counted has changed, or is gone.
      if (reply.authorId !== this.#deps.store.me) this.#pages.again();
    }
    const listed = this.#listed.get(rootId);
    if (!listed) return;
    const { last } = listed;
    const newer = reply.body.type === 'content' && reply.seq > (last?.seq ?? 0);
    if (newer || (last?.id === reply.id && last.rev < reply.rev)) {
      if (reply.body.type === 'deleted') this.#pages.again();
      else this.#listed.set(rootId, { ...listed, last: reply });
      this.#changed();
    }
  }

  /** The event that says so may be lost. */
  #beginsToFollow(message: MessageRecord): boolean {
    const rootId = message.thread?.rootId;
    return (
      rootId !== undefined &&
      message.mentions?.includes(this.#deps.store.me) === true &&
      this.#known.get(rootId)?.mark.following !== true
    );
  }

  /** A reply in a thread that the list may hold farther down: there it would be missed. */
  #lookFor({ thread, conversationId }: MessageRecord): void {
    if (!thread || !this.#next || !this.#pages.live || this.#known.has(thread.rootId)) return;
    // Refused, or lost with the connection: the list is asked for anew then.
    this.follows(conversationId, thread.rootId).catch(() => undefined);
  }

  #isMentioned(reply: MessageRecord): boolean {
    return reply.mentionsAll === true || reply.mentions?.includes(this.#deps.store.me) === true;
  }

  #markForeign(conversationId: string): void {
    const [oldest] = this.#foreign;
    if (this.#foreign.size >= FOREIGN_MAX && oldest !== undefined) this.#foreign.delete(oldest);
    this.#foreign.add(conversationId);
  }

  #forget(conversationId: string): void {
    this.#markForeign(conversationId);
    for (const [rootId, { mark }] of this.#known) {
      if (mark.conversationId !== conversationId) continue;
      this.#known.delete(rootId);
      this.#listed.delete(rootId);
      this.#reads.forget(rootId);
      this.#shown.set(rootId, undefined);
    }
    // Those of it that are farther down than the list is loaded were counted too.
    if (this.#next) this.#pages.again();
    this.#changed();
  }

  #changed(): void {
    this.#list.invalidate();
    this.#deps.changed();
  }

  #moveTo(rootId: string, seq: number): void {
    const known = this.#known.get(rootId);
    if (!known) return;
    const { mark } = known;
    const later = new Map([...known.later].filter(([place]) => place > seq));
    // What was counted before and lies beyond is not known here: the answer brings it.
    const counts = seq >= mark.lastSeq ? { unread: 0, mentions: 0 } : {};
    this.#set({ mark: { ...mark, ...counts, readSeq: Math.max(seq, mark.readSeq) }, later });
  }

  #set(known: Known): void {
    const { mark, later } = known;
    const { rootId } = mark;
    this.#known.delete(rootId);
    this.#known.set(rootId, known);
    const mentioning = [...later.values()].filter(Boolean).length;
    this.#shown.set(
      rootId,
      mark.following
        ? {
            ...mark,
            unread: Math.min(mark.unread + later.size, MORE),
            mentions: Math.min(mark.mentions + mentioning, MORE),
          }
        : { ...mark, unread: 0, mentions: 0 },
    );
    this.#changed();
    if (this.#known.size <= LOOSE_MAX + limits.followedThreads) return;
    for (const [oldest, { mark: loose }] of this.#known) {
      if (loose.following) continue;
      this.#known.delete(oldest);
      return;
    }
  }

  // --- the list ----------------------------------------------------------------------------------------------------

  #take(page: ThreadPage, question: ThreadQuestion): void {
    this.#deps.handleUsers(page.users);
    const isLonger = question === 'again' && this.#listed.size > PAGE;
    if (typeof question === 'string' && !isLonger) this.#listed.clear();
    let unread = page.unread;
    for (const { root, last, mark } of page.threads) {
      // The answer is of before one left, or of a moment after one came in.
      if (!this.#deps.store.head(mark.conversationId)) {
        this.#markForeign(mark.conversationId);
        if (mark.unread > 0) unread--;
        continue;
      }
      this.#listed.set(root.id, { root, last });
      this.handleMark(mark);
    }
    if (!isLonger) this.#next = page.next;
    if (question === 'anew') this.#forgetRestored();
    // What the page itself counts is of the same moment as its total, whatever has happened here since.
    const told = new Map(page.threads.map(({ root, mark }) => [root.id, mark.unread]));
    const here = [...this.#listed.keys()].filter(
      (id) => (told.get(id) ?? this.#shown.peek(id)?.unread ?? 0) > 0,
    ).length;
    this.#unreadElsewhere = this.#next === null ? 0 : Math.max(0, unread - here);
  }

  /** What the cache had and the whole list has not is followed no longer. */
  #forgetRestored(): void {
    if (this.#next === null) {
      for (const rootId of this.#restored) {
        this.#known.delete(rootId);
        this.#shown.set(rootId, undefined);
      }
    }
    this.#restored.clear();
  }

  #compute(): ThreadsView {
    const threads: Thread[] = [];
    for (const [rootId, { root, last }] of this.#listed) {
      const mark = this.#shown.peek(rootId);
      // Without a reply left there is nothing to list.
      if (!mark?.following || !root.replies || this.#deps.store.gone(root)) continue;
      threads.push({ root, last: last && this.#deps.store.gone(last) ? null : last, mark });
    }
    const lastAt = ({ root, last }: Thread): string =>
      root.replies?.lastAt ?? last?.createdAt ?? root.createdAt;
    threads.sort((a, b) =>
      lastAt(a) < lastAt(b) ? 1 : lastAt(a) > lastAt(b) ? -1 : a.root.id < b.root.id ? 1 : -1,
    );
    const { error } = this.#pages;
    return {
      status: this.#next === undefined ? 'loading' : 'ready',
      threads,
      unread: this.#unreadElsewhere + threads.filter(({ mark }) => mark.unread > 0).length,
      mentions: threads.filter(({ mark }) => mark.mentions > 0).length,
      atEnd: this.#next === null,
      loading: this.#pages.loading,
      ...(error && { error }),
    };
  }
}
