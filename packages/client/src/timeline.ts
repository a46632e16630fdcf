/** One screen's place in a conversation: which run is shown, and loading at its ends. */
import type { Head, MessageRecord } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { asKithError } from './asKithError.ts';
import type { History } from './history.ts';
import type { MessageLookup } from './lookup.ts';
import type { Outbox } from './outbox.ts';
import type { Overlays } from './overlays.ts';
import { Derived, type Scheduler } from './reactive.ts';
import { type Run, runAt } from './segments.ts';
import { inMainLine } from './store/heads.ts';
import type { Store } from './store/store.ts';
import type { ConversationWindow } from './store/window.ts';
import { OPEN_MAX } from './store/windows.ts';
import { EMPTY, Rows, sameRows, sameView, stateOf, windowOf } from './timelineRows.ts';
import type { Timeline, TimelineMessage, TimelineOptions, TimelineView } from './types.ts';

export interface TimelineDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly overlays: Overlays;
  readonly history: History;
  readonly lookup: MessageLookup;
  readonly scheduler: Scheduler;
  isLive(): boolean;
  /** Resolves when it is certain whether this person is in the conversation. */
  head(conversationId: string): Promise<Head | undefined>;
  /** Before the next attempt. */
  pause(attempt: number, error: KithError): Promise<void>;
  /** The window may be behind: see that it catches up. */
  opened(conversationId: string): void;
}

type State =
  /** Nothing to show yet, or again: what was shown stays on screen until the new place is there. */
  | { readonly type: 'opening' }
  /** Shows the run that holds `anchor`. */
  | { readonly type: 'shown'; readonly anchor: number }
  | { readonly type: 'failed'; readonly error: KithError };

type Place = 'end' | 'unread' | { readonly seq: number };

export class ConversationTimeline implements Timeline {
  readonly conversationId: string;
  readonly view: Derived<TimelineView>;
  readonly #deps: TimelineDeps;
  #state: State = { type: 'opening' };
  #loading: { readonly side: 'older' | 'newer'; readonly done: Promise<void> } | undefined;
  #error: KithError | undefined;
  /** Own read mark when it was opened; the divider stands after it. */
  #openedAt: { readonly readSeq: number; readonly unread: number } | undefined;
  #firstUnread: number | undefined;
  /** Whether what was last shown reached the end of what was loaded: then starting anew means starting at the end. */
  #atTail = true;
  /** Whether the reader was last known to be at the end: then the anchor moves along with it. */
  #follows = true;
  /** Each jump supersedes the one before. */
  #turn = 0;
  readonly #rows: Rows;
  readonly #stops: (() => void)[];
  #disposed = false;

  constructor(conversationId: string, deps: TimelineDeps, options: TimelineOptions = {}) {
    this.conversationId = conversationId;
    this.#deps = deps;
    this.#rows = new Rows(deps);
    this.view = new Derived<TimelineView>(deps.scheduler, (previous) => this.#compute(previous));
    const own = (id: string) => {
      if (id === conversationId) this.view.invalidate();
    };
    this.#stops = [
      deps.store.events.on('window', (id, window) => {
        if (id === conversationId) this.#handleWindow(window);
      }),
      deps.store.events.on('head', (id, head) => {
        if (id === conversationId) this.#handleHead(head);
      }),
      deps.outbox.events.on('changed', own),
      deps.overlays.events.on('changed', own),
      deps.store.events.on('hidden', own),
    ];
    deps.store.windows.retain(conversationId);
    void this.#open(options.at ?? 'end');
  }

  loadOlder(): Promise<void> {
    return this.#extend('older');
  }

  loadNewer(): Promise<void> {
    return this.#extend('newer');
  }

  async jumpTo(
    target: { readonly messageId: string } | { readonly seq: number },
  ): Promise<{ readonly seq: number; readonly threadId?: string }> {
    let thread: MessageRecord['thread'];
    const place = await this.#jump(async () => {
      if ('seq' in target) return target.seq;
      const record = await this.#deps.lookup.fetch(this.conversationId, target.messageId);
      if (inMainLine(record)) return record.seq;
      thread = record.thread;
      return thread?.rootSeq ?? record.seq;
    });
    return { ...place, ...(thread && { threadId: thread.rootId }) };
  }

  async jumpToEnd(): Promise<void> {
    await this.#jump(async () => 'end' as const);
  }

  async reload(): Promise<void> {
    await this.#open('end');
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const stop of this.#stops) stop();
    this.#deps.store.windows.release(this.conversationId);
  }

  // --- going places -------------------------------------------------------------------------------------------------

  /** A jump supersedes opening; when it fails, there must be something to show all the same. */
  async #jump<P extends 'end' | number>(find: () => Promise<P>): Promise<{ readonly seq: number }> {
    const turn = ++this.#turn;
    try {
      const place = await find();
      const seq = await this.#goTo(typeof place === 'number' ? { seq: place } : place, turn);
      return { seq };
    } catch (error) {
      if (turn === this.#turn && this.#state.type === 'opening') void this.#open('end');
      throw error;
    }
  }

  /** Goes on trying while trying makes sense; what was shown before stays on screen. */
  async #open(place: Place): Promise<void> {
    const turn = ++this.#turn;
    this.#set({ type: 'opening' });
    for (let attempt = 0; turn === this.#turn && !this.#disposed; attempt++) {
      try {
        await this.#goTo(place, turn);
        return;
      } catch (cause) {
        const error = asKithError(cause);
        if (turn !== this.#turn) return;
        this.#error = error;
        // Refused, and yet in it: let in again while the refusal was on its way, or the leaving has yet to be told.
        const outdated = isShut(error) && this.#deps.store.head(this.conversationId) !== undefined;
        if (!error.retryable && !outdated) {
          this.#set({ type: 'failed', error });
          return;
        }
        this.view.invalidate();
        await this.#deps.pause(attempt, error);
      }
    }
  }

  async #goTo(place: Place, turn: number): Promise<number> {
    const { store } = this.#deps;
    const id = this.conversationId;
    // Together where the cache has both, so that a known conversation opens within the frame.
    const head = store.head(id) ?? (await this.#deps.head(id));
    if (!head) throw new KithError('not_found');
    const window = store.windows.ensure(id, head.rev, head.lastSeq) ?? (await windowOf(store, head));
    if (turn !== this.#turn || this.#disposed) throw SUPERSEDED();
    this.#openedAt ??= { readSeq: head.readSeq, unread: head.unread };
    this.#deps.opened(id);
    if (window.lastSeq <= head.membership.visibleAfter) window.claimEmpty();

    const anchor = this.#loadedPlace(window, place, head) ?? (await this.#fetchPlace(window, place, head));
    if (turn !== this.#turn || this.#disposed) throw SUPERSEDED();
    // Left, joined again or started anew while the page was on its way: it went into a window that is gone.
    if (store.windows.get(id) !== window || !runAt(window.runs, anchor)) throw new KithError('unavailable');
    this.#error = undefined;
    this.#follows = anchor >= window.endSeq;
    this.#set({ type: 'shown', anchor });
    const run = runAt(window.runs, anchor);
    if (run && this.#deps.isLive() && this.#countShown(window, run.from, run.to, ENOUGH) < ENOUGH)
      void this.#extend('older');
    return anchor;
  }

  /** How many of these places the main line shows; stops at `most`. */
  #countShown(window: ConversationWindow, from: number, to: number, most: number): number {
    let count = 0;
    for (const message of window.messages(from, to)) {
      if (this.#shows(message)) count++;
      if (count >= most) break;
    }
    return count;
  }

  /** In the main line, and to be seen. */
  #shows(message: MessageRecord): boolean {
    return inMainLine(message) && !this.#deps.store.gone(message);
  }

  /** A place in what is loaded. */
  #loadedPlace(window: ConversationWindow, place: Place, head: Head): number | undefined {
    const last = window.runs.at(-1);
    if (place === 'end' || (place === 'unread' && head.unread === 0)) {
      // Behind is good enough: it catches up while it is shown. A hole before the known end is not.
      return last && last.to >= Math.min(window.endSeq, window.lastSeq) ? last.to : undefined;
    }
    const seq = place === 'unread' ? head.readSeq + 1 : place.seq;
    if (runAt(window.runs, seq)) return seq;
    // Offline, some place is better than none.
    return place === 'unread' && !this.#deps.isLive() ? last?.to : undefined;
  }

  async #fetchPlace(window: ConversationWindow, place: Place, head: Head): Promise<number> {
    const last = window.runs.at(-1);
    if (place === 'end' && last && !this.#deps.isLive()) return last.to;
    const around =
      place === 'end' || (place === 'unread' && head.unread === 0)
        ? undefined
        : place === 'unread'
          ? head.readSeq + 1
          : place.seq;
    const page = await this.#deps.history.load(window, around === undefined ? {} : { around });
    if (around !== undefined && runAt(window.runs, around)) return around;
    const seqs = page.messages.map((message) => message.seq);
    const nearest = around === undefined ? seqs.at(-1) : (seqs.find((seq) => seq >= around) ?? seqs.at(-1));
    return nearest ?? window.runs.at(-1)?.to ?? 0;
  }

  #extend(side: 'older' | 'newer'): Promise<void> {
    if (this.#loading) return this.#loading.done;
    const run = this.#run();
    const { store, history } = this.#deps;
    const window = store.windows.get(this.conversationId);
    if (!run || !window || this.#state.type !== 'shown') return Promise.resolve();
    const view = this.view.get();
    if (side === 'older' ? view.atStart : view.atEnd) return Promise.resolve();

    const load = async () => {
      try {
        await history.load(window, side === 'older' ? { before: run.from } : { after: run.to });
        this.#error = undefined;
        // The anchor follows the reader, so that what is trimmed lies behind him.
        const anchor = side === 'older' ? run.from : run.to;
        await this.#goOn(window, side, run, anchor);
        if (this.#state.type === 'shown' && runAt(window.runs, anchor))
          this.#state = { type: 'shown', anchor };
        this.#follows = anchor >= window.endSeq;
        this.#trim(window);
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

  /** Where people talk in threads, a page of history may show next to nothing (T1): then some more are loaded, of full size. */
  async #goOn(window: ConversationWindow, side: 'older' | 'newer', from: Run, anchor: number): Promise<void> {
    const { store, history } = this.#deps;
    for (let page = 0; page < MORE_PAGES; page++) {
      const run = runAt(window.runs, anchor);
      if (!run || store.windows.get(this.conversationId) !== window || this.#disposed) return;
      const [first, last] = side === 'older' ? [run.from, from.from - 1] : [from.to + 1, run.to];
      const end = side === 'older' ? this.#startOf() >= run.from : run.to >= window.endSeq;
      if (end || this.#countShown(window, first, last, ENOUGH) >= ENOUGH) return;
      await history.load(window, side === 'older' ? { before: run.from } : { after: run.to }, limits.pageMax);
    }
  }

  /** The first place this person may see. */
  #startOf(): number {
    return (this.#deps.store.head(this.conversationId)?.membership.visibleAfter ?? 0) + 1;
  }

  #trim(window: ConversationWindow): void {
    if (this.#state.type !== 'shown') return;
    if (window.trim(OPEN_MAX, this.#state.anchor)) {
      this.#deps.store.events.emit('window', this.conversationId, window, []);
    }
  }

  /** In it again, after having been out: what could not be shown can be now. */
  #handleHead(head: Head | undefined): void {
    this.view.invalidate();
    const shut = (): boolean => this.#state.type === 'failed' && isShut(this.#state.error);
    if (!head || !shut()) return;
    queueMicrotask(() => {
      if (!this.#disposed && shut()) void this.#open('end');
    });
  }

  #handleWindow(window: ConversationWindow | undefined): void {
    this.view.invalidate();
    if (this.#state.type !== 'shown') return;
    const run = window && runAt(window.runs, this.#state.anchor);
    if (run) {
      // Else what is trimmed, in the end, would be the newest, before the eyes of who reads it.
      if (this.#follows) this.#state = { type: 'shown', anchor: run.to };
      if (window.size > OPEN_MAX && run.to >= window.endSeq) this.#trim(window);
      return;
    }
    // The window was started anew (S2), trimmed by another timeline, or the conversation left.
    const place: Place = this.#atTail ? 'end' : { seq: this.#state.anchor };
    queueMicrotask(() => {
      if (!this.#disposed && this.#run() === undefined) void this.#open(place);
    });
  }

  // --- what is shown ------------------------------------------------------------------------------------------------

  #set(state: State): void {
    this.#state = state;
    this.view.invalidate();
  }

  #run(): Run | undefined {
    const window = this.#deps.store.windows.get(this.conversationId);
    return this.#state.type === 'shown' && window ? runAt(window.runs, this.#state.anchor) : undefined;
  }

  #compute(previous: TimelineView | undefined): TimelineView {
    const { store } = this.#deps;
    const head = store.head(this.conversationId);
    const window = store.windows.get(this.conversationId);
    const run = this.#run();
    const state = this.#state;
    if (state.type === 'failed') return { ...EMPTY, status: 'failed', error: state.error };
    if (!run || !window || !head) {
      const { error: _, ...before } = previous ?? EMPTY;
      // What was shown stays, and own words are shown even where nothing else can be yet.
      const rows = new Map(
        before.messages.filter(({ record }) => record.seq > 0).map((row) => [row.key, row] as const),
      );
      const bare = rows.size === 0;
      for (const item of this.#deps.outbox.of(this.conversationId)) {
        if (!inMainLine(item.entry)) continue;
        if (!rows.has(item.entry.id)) rows.set(item.entry.id, this.#rows.unsent(item));
      }
      this.#rows.keep(rows);
      const messages = [...rows.values()];
      const onlyUnsent = bare && messages.length > 0;
      const view: TimelineView = {
        ...before,
        status: before.status === 'failed' ? 'loading' : before.status,
        messages: sameRows(before.messages, messages) ? before.messages : messages,
        atEnd: onlyUnsent || before.atEnd,
        loading: !bare ? 'newer' : onlyUnsent && this.#deps.isLive() ? 'older' : null,
        ...(this.#error && { error: this.#error }),
      };
      return previous && sameView(previous, view) ? previous : view;
    }

    const rows = new Map<string, TimelineMessage>();
    const messages: TimelineMessage[] = [];
    const add = (row: TimelineMessage) => {
      rows.set(row.key, row);
      messages.push(row);
    };
    for (const record of window.messages(run.from, run.to))
      if (this.#shows(record)) add(this.#rows.sent(record, stateOf(record.seq, head)));
    const sending = this.#deps.outbox.of(this.conversationId).filter(({ entry }) => inMainLine(entry));
    // Own messages stand at the very end; while that is not loaded, they would be in the wrong place.
    if (run === window.runs.at(-1)) {
      for (const item of sending) if (!rows.has(item.entry.id)) add(this.#rows.unsent(item));
    }
    this.#rows.keep(rows);

    this.#atTail = run === window.runs.at(-1) && run.to >= window.endSeq;
    const atEnd = run.to >= Math.max(window.endSeq, head.lastSeq);
    // Behind what the head tells: the changes are on their way (S4: shown as loading).
    const catchingUp = !atEnd && this.#atTail && this.#deps.isLive();
    const firstUnreadSeq = this.#findFirstUnread(window, run);
    const atStart = run.from <= this.#startOf();
    const view: TimelineView = {
      // Nothing but threads so far: what is to be shown is on its way.
      status: messages.length === 0 && !atStart && this.#loading ? 'loading' : 'ready',
      messages: previous && sameRows(previous.messages, messages) ? previous.messages : messages,
      atStart,
      atEnd,
      loading: this.#loading?.side ?? (catchingUp ? 'newer' : null),
      ...(this.#error && { error: this.#error }),
      ...(firstUnreadSeq !== undefined && { firstUnreadSeq }),
    };
    return previous && sameView(previous, view) ? previous : view;
  }

  #findFirstUnread(window: ConversationWindow, run: Run): number | undefined {
    const opened = this.#openedAt;
    if (this.#firstUnread !== undefined || !opened || opened.unread === 0) return this.#firstUnread;
    if (run.from > opened.readSeq + 1) return undefined;
    for (const message of window.messages(opened.readSeq + 1, run.to)) {
      if (
        message.authorId !== this.#deps.store.me &&
        message.body.type === 'content' &&
        this.#shows(message)
      ) {
        this.#firstUnread = message.seq;
        break;
      }
    }
    return this.#firstUnread;
  }
}

/** Not in the conversation, says the server. */
const isShut = ({ code }: KithError): boolean => code === 'not_found' || code === 'forbidden';

/** Rows that a page should bring, and how many more pages are worth it at once. */
const ENOUGH = 12;
const MORE_PAGES = 5;

const SUPERSEDED = (): KithError => new KithError('timeout', { message: 'Another jump came first.' });
