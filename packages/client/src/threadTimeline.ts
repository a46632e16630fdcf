/**
 * One thread on a screen (T1): its root and one run of its replies without holes. Pages come from the server; what happens
 * afterwards comes by the records of the conversation, whose window is kept in step for it (S4).
 */
import type { ConversationChange, Head, MessageRecord, Output, ThreadMark } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { asKithError } from './asKithError.ts';
import type { MessageLookup } from './lookup.ts';
import { Derived } from './reactive.ts';
import type { Request } from './request.ts';
import { inMainLine } from './store/heads.ts';
import { withMine } from './store/mine.ts';
import type { TimelineDeps } from './timeline.ts';
import { EMPTY, Rows, sameRows, sameView, stateOf, windowOf } from './timelineRows.ts';
import type {
  Readable,
  ThreadTimeline as Shape,
  TimelineMessage,
  TimelineOptions,
  TimelineView,
} from './types.ts';

export interface ThreadTimelineDeps extends TimelineDeps {
  readonly request: Request;
  readonly lookup: MessageLookup;
  /** How one stands to it, and how far others have read. */
  readonly mark: Readable<ThreadMark | undefined>;
  handlePage(page: Output<'getThread'>): void;
}

type Asked = { readonly before?: number; readonly after?: number; readonly around?: number };
type Place = 'end' | 'unread' | { readonly seq: number };

/** A screen shows some 15 messages. */
const PAGE = 50;
/** Replies kept; beyond it those farthest from the reader go. */
const KEPT_MAX = 5_000;

export class OpenThread implements Shape {
  readonly conversationId: string;
  readonly rootId: string;
  readonly root: Shape['root'];
  readonly view: Derived<TimelineView>;
  readonly #deps: ThreadTimelineDeps;
  /** In order of seq. Before the first page: what the conversation's window happens to hold. */
  #replies: MessageRecord[] = [];
  #state:
    | { readonly type: 'opening' }
    | { readonly type: 'shown' }
    | { readonly type: 'failed'; readonly error: KithError } = { type: 'opening' };
  #atStart = false;
  #atEnd = true;
  #loading: { readonly side: 'older' | 'newer'; readonly done: Promise<void> } | undefined;
  #error: KithError | undefined;
  #firstUnread: number | undefined;
  /** What came while pages were on their way: it may be newer than they are. */
  readonly #recent = new Map<string, MessageRecord>();
  #flights = 0;
  #turn = 0;
  /** The opening under way, or the last. */
  #opening: Promise<void> = Promise.resolve();
  readonly #rows: Rows;
  readonly #stops: (() => void)[];
  #disposed = false;

  constructor(
    conversationId: string,
    rootId: string,
    deps: ThreadTimelineDeps,
    options: TimelineOptions = {},
  ) {
    this.conversationId = conversationId;
    this.rootId = rootId;
    this.#deps = deps;
    this.#rows = new Rows(deps);
    this.root = deps.lookup.get(conversationId, rootId);
    this.view = new Derived<TimelineView>(deps.scheduler, (previous) => this.#compute(previous));
    const { store, outbox, overlays } = deps;
    const own = (id: string) => {
      if (id === conversationId) this.view.invalidate();
    };
    this.#stops = [
      store.events.on('records', (id, records) => {
        if (id === conversationId) this.#handleRecords(records);
      }),
      // The window was started anew: what happened meanwhile nobody will tell.
      store.events.on('window', (id, _window, changed) => {
        if (id === conversationId && changed === 'all') this.#startAnew();
      }),
      store.events.on('head', own),
      outbox.events.on('changed', own),
      overlays.events.on('changed', own),
      store.events.on('hidden', own),
      this.root.subscribe(() => this.view.invalidate()),
      deps.mark.subscribe(() => this.view.invalidate()),
    ];
    store.windows.retain(conversationId);
    this.#replies = this.#known();
    this.#opening = this.#open(options.at ?? 'end');
  }

  loadOlder(): Promise<void> {
    return this.#extend('older');
  }

  loadNewer(): Promise<void> {
    return this.#extend('newer');
  }

  async jumpTo(
    target: { readonly messageId: string } | { readonly seq: number },
  ): Promise<{ readonly seq: number }> {
    const known =
      'seq' in target
        ? { seq: target.seq, isRoot: false }
        : await this.#deps.lookup.fetch(this.conversationId, target.messageId).then(({ seq, id, thread }) => {
            if (id !== this.rootId && thread?.rootId !== this.rootId) throw new KithError('not_found');
            return { seq, isRoot: id === this.rootId };
          });
    const { seq, isRoot } = known;
    if (isRoot ? this.#atStart : this.#replies.some((reply) => reply.seq === seq)) return { seq };
    await this.#goTo(isRoot ? { after: 0 } : { around: seq }, ++this.#turn);
    return { seq };
  }

  async jumpToEnd(): Promise<void> {
    if (this.#atEnd && this.#state.type === 'shown') return;
    await this.#goTo({}, ++this.#turn);
  }

  async reload(): Promise<void> {
    this.#opening = this.#open('end');
    await this.#opening;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const stop of this.#stops) stop();
    this.#deps.store.windows.release(this.conversationId);
  }

  // --- going places -------------------------------------------------------------------------------------------------

  async #open(place: Place): Promise<void> {
    const turn = ++this.#turn;
    this.#state = { type: 'opening' };
    this.view.invalidate();
    for (let attempt = 0; turn === this.#turn && !this.#disposed; attempt++) {
      try {
        await this.#keepInStep();
        if (turn === this.#turn && this.#replies.length === 0) {
          this.#replies = this.#known();
          this.view.invalidate();
        }
        await this.#goTo(typeof place === 'object' ? { around: place.seq } : {}, turn, place === 'unread');
        return;
      } catch (cause) {
        const error = asKithError(cause);
        if (turn !== this.#turn) return;
        this.#error = error;
        if (!error.retryable) {
          this.#state = { type: 'failed', error };
          this.view.invalidate();
          return;
        }
        this.view.invalidate();
        await this.#deps.pause(attempt, error);
      }
    }
  }

  /** Only a window that holds something is told of all that happens. */
  async #keepInStep(): Promise<void> {
    const { store, history, opened } = this.#deps;
    const id = this.conversationId;
    const head = store.head(id) ?? (await this.#deps.head(id));
    if (!head) throw new KithError('not_found');
    const window = store.windows.ensure(id, head.rev, head.lastSeq) ?? (await windowOf(store, head));
    opened(id);
    if (window.blank && head.lastSeq > 0) await history.load(window, {});
  }

  #goTo(asked: Asked, turn: number, toUnread = false): Promise<void> {
    return this.#inFlight(async () => {
      let page = await this.#load(asked);
      const { mark } = page;
      const unread = mark.unread > 0 ? mark.readSeq + 1 : undefined;
      const first = page.replies[0];
      if (toUnread && unread !== undefined && !page.atStart && first && first.seq > unread)
        page = await this.#load({ around: unread });
      if (turn !== this.#turn || this.#disposed)
        throw new KithError('timeout', { message: 'Another jump came first.' });
      this.#error = undefined;
      if (unread !== undefined)
        this.#firstUnread ??= page.replies.find(
          ({ seq, authorId }) => seq >= unread && authorId !== this.#deps.store.me,
        )?.seq;
      this.#replies = [...page.replies];
      this.#atStart = page.atStart;
      this.#atEnd = page.atEnd;
      this.#takeRecent();
      this.#state = { type: 'shown' };
      this.view.invalidate();
    });
  }

  /** What comes while a page is on its way is remembered: the page may be older. */
  async #inFlight<T>(work: () => Promise<T>): Promise<T> {
    this.#flights++;
    try {
      return await work();
    } finally {
      this.#flights--;
      if (this.#flights === 0) this.#recent.clear();
    }
  }

  async #load(asked: Asked): Promise<Output<'getThread'>> {
    const { conversationId, rootId } = this;
    const page = await this.#deps.request('getThread', { conversationId, rootId, ...asked, limit: PAGE });
    this.#deps.handlePage(page);
    const replies = page.replies.map((reply) => {
      const recent = this.#recent.get(reply.id);
      return recent && recent.rev > reply.rev ? recent : reply;
    });
    return { ...page, replies };
  }

  #extend(side: 'older' | 'newer'): Promise<void> {
    if (this.#loading) return this.#loading.done;
    if (this.#state.type === 'opening') return this.#opening;
    if (this.#state.type !== 'shown' || (side === 'older' ? this.#atStart : this.#atEnd))
      return Promise.resolve();
    const turn = this.#turn;
    const end = side === 'older' ? this.#replies[0]?.seq : this.#replies.at(-1)?.seq;
    const asked = end === undefined ? {} : side === 'older' ? { before: end } : { after: end };
    const load = async () => {
      try {
        await this.#inFlight(async () => {
          const page = await this.#load(asked);
          if (turn !== this.#turn) return;
          this.#error = undefined;
          this.#join(side, page);
        });
      } catch (cause) {
        this.#error = asKithError(cause);
      }
      this.#loading = undefined;
      this.view.invalidate();
    };
    this.#error = undefined;
    this.#loading = { side, done: load() };
    this.view.invalidate();
    return this.#loading.done;
  }

  #join(side: 'older' | 'newer', page: Output<'getThread'>): void {
    if (side === 'older') {
      this.#atStart = page.atStart;
      this.#replies = inOrder([...page.replies, ...this.#replies]);
      if (this.#replies.length > KEPT_MAX) {
        this.#replies.length = KEPT_MAX;
        this.#atEnd = false;
      }
      return;
    }
    this.#atEnd = page.atEnd;
    this.#replies = inOrder([...this.#replies, ...page.replies]);
    this.#takeRecent();
    this.#dropOldest();
  }

  #dropOldest(): void {
    if (this.#replies.length <= KEPT_MAX) return;
    this.#replies = this.#replies.slice(-KEPT_MAX);
    this.#atStart = false;
  }

  // --- what happens meanwhile ---------------------------------------------------------------------------------------

  #handleRecords(records: readonly ConversationChange[]): void {
    const mine = records.filter(
      (record) => record.type === 'message' && record.thread?.rootId === this.rootId,
    );
    if (mine.length === 0) return;
    for (const record of mine as MessageRecord[]) {
      const known = this.#recent.get(record.id);
      if (this.#flights > 0 && (!known || known.rev < record.rev)) this.#recent.set(record.id, record);
      this.#put(record);
    }
    if (this.#atEnd) this.#dropOldest();
    this.view.invalidate();
  }

  /** S3. What lies beyond the run that is loaded is left to be loaded. */
  #put(record: MessageRecord): void {
    const at = this.#replies.findLastIndex(({ seq }) => seq <= record.seq);
    const known = this.#replies[at];
    if (known?.id === record.id) {
      if (known.rev <= record.rev)
        this.#replies = this.#replies.with(at, withMine(record, known, this.#deps.store.me));
      return;
    }
    const inside = at < 0 ? this.#atStart || this.#replies.length === 0 : true;
    if (!inside || (at === this.#replies.length - 1 && !this.#atEnd)) return;
    this.#replies = this.#replies.toSpliced(at + 1, 0, record);
  }

  #takeRecent(): void {
    if (this.#atEnd) for (const record of this.#recent.values()) this.#put(record);
  }

  #startAnew(): void {
    if (this.#state.type === 'opening') return;
    const place: Place = this.#atEnd ? 'end' : { seq: this.#replies[0]?.seq ?? 0 };
    queueMicrotask(() => {
      if (!this.#disposed && this.#state.type !== 'opening') this.#opening = this.#open(place);
    });
  }

  /** For the time before the first page, or without a connection. */
  #known(): MessageRecord[] {
    const window = this.#deps.store.windows.get(this.conversationId);
    const last = window?.runs.at(-1);
    if (!window || !last) return [];
    return [...window.messages(last.from, last.to)].filter(({ thread }) => thread?.rootId === this.rootId);
  }

  // --- what is shown ------------------------------------------------------------------------------------------------

  #compute(previous: TimelineView | undefined): TimelineView {
    const { store, outbox } = this.#deps;
    const state = this.#state;
    if (state.type === 'failed') return { ...EMPTY, status: 'failed', error: state.error };
    const head = store.head(this.conversationId);
    const root = this.root.get();
    const rows = new Map<string, TimelineMessage>();
    const add = (row: TimelineMessage) => rows.set(row.key, row);
    const atStart = this.#atStart && (root !== undefined || state.type === 'shown');
    if (root && head && (atStart || state.type === 'opening')) add(this.#sent(root, head));
    if (head) for (const reply of this.#replies) if (!store.gone(reply)) add(this.#sent(reply, head));
    if (this.#atEnd) {
      for (const item of outbox.of(this.conversationId)) {
        const { id, thread } = item.entry;
        if (thread?.rootId === this.rootId && !rows.has(id)) add(this.#rows.unsent(item));
      }
    }
    this.#rows.keep(rows);
    const messages = [...rows.values()];
    const opening = state.type === 'opening';
    const view: TimelineView = {
      status: opening && messages.length === 0 ? 'loading' : 'ready',
      messages: previous && sameRows(previous.messages, messages) ? previous.messages : messages,
      atStart: atStart && !opening,
      atEnd: this.#atEnd,
      loading: this.#loading?.side ?? (opening && this.#deps.isLive() ? 'older' : null),
      ...(this.#error && { error: this.#error }),
      ...(this.#firstUnread !== undefined && { firstUnreadSeq: this.#firstUnread }),
    };
    return previous && sameView(previous, view) ? previous : view;
  }

  #sent(stored: MessageRecord, head: Head): TimelineMessage {
    const inMain = stateOf(stored.seq, head);
    if (!stored.thread) return this.#rows.sent(stored, inMain);
    // T3: reading the main line is not reading its threads.
    const isRead = stored.seq <= (this.#deps.mark.get()?.othersReadSeq ?? 0);
    const state = isRead ? 'read' : inMain === 'read' && !inMainLine(stored) ? 'delivered' : inMain;
    return this.#rows.sent(stored, state);
  }
}

/** Each once, the newer state of two. */
function inOrder(replies: readonly MessageRecord[]): MessageRecord[] {
  const byId = new Map<string, MessageRecord>();
  for (const reply of replies) {
    const known = byId.get(reply.id);
    if (!known || known.rev < reply.rev) byId.set(reply.id, reply);
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}
