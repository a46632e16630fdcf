/** Puts the managers together: who hears what from whom. No logic of its own; each `handle*` is one manager's. */
import type { Event, ServerFrame, User } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { Account } from './account.ts';
import { backoff } from './backoff.ts';
import { systemClock } from './clock.ts';
import { Connection, type Welcome } from './connection.ts';
import { lostError } from './connectionState.ts';
import { History } from './history.ts';
import { MessageLookup } from './lookup.ts';
import { browserNetwork, type Network } from './network.ts';
import { Outbox } from './outbox.ts';
import { Overlays } from './overlays.ts';
import { Cell, Scheduler } from './reactive.ts';
import { ReceiptStore } from './receipts.ts';
import type { Request } from './request.ts';
import { Requests } from './requests.ts';
import { rememberedUser, rememberUser } from './storage/device.ts';
import { GuardedStorage } from './storage/guarded.ts';
import { memoryStorage } from './storage/memory.ts';
import { CacheWriter } from './storage/writer.ts';
import { ConversationList } from './store/list.ts';
import { Store } from './store/store.ts';
import { Sync } from './sync.ts';
import { browserTabs, type TabMessage, Tabs, type TabsEnvironment } from './tabs.ts';
import { unsentMessage } from './timeline.ts';
import type { ClientOptions, SocketConstructor } from './types.ts';
import { TypingStore } from './typing.ts';
import { UserStore } from './users.ts';
import { Watching } from './watch.ts';

/** What tests put in place of the browser. */
export interface Surroundings {
  readonly network?: Network;
  readonly tabs?: TabsEnvironment;
}

/** How often the leading tab looks for what closed tabs left, while there is something of others. */
const ORPHANS_MS = 10_000;

export class Core {
  readonly options: ClientOptions;
  readonly clock;
  readonly scheduler = new Scheduler();
  readonly status: Cell<'loading' | 'ready'>;
  readonly storage: GuardedStorage;
  readonly store: Store;
  readonly list: ConversationList;
  readonly users: UserStore;
  readonly account: Account;
  readonly typing: TypingStore;
  readonly receipts: ReceiptStore;
  readonly watching: Watching;
  readonly overlays = new Overlays();
  readonly lookup: MessageLookup;
  readonly history: History;
  readonly outbox: Outbox;
  readonly sync: Sync;
  readonly connection: Connection;
  readonly tabs: Tabs;
  readonly writer: CacheWriter;
  readonly #requests: Requests;
  readonly #waitingForSync = new Set<() => void>();
  #leading = false;
  #orphansTimer = false;
  #restored = false;
  #lifecycle: Promise<void> = Promise.resolve();

  constructor(options: ClientOptions, surroundings: Surroundings) {
    this.options = options;
    const clock = options.clock ?? systemClock;
    const random = options.random ?? Math.random;
    const { scheduler } = this;
    this.clock = clock;
    this.status = new Cell<'loading' | 'ready'>(scheduler, 'loading');
    this.storage = new GuardedStorage(options.storage ?? memoryStorage(), clock, (cause) => {
      this.warn('The cache of this device cannot be used; nothing is kept when this window closes.', cause);
      options.onStorageLost?.();
    });
    this.#requests = new Requests((frame) => this.connection.send(frame), clock);
    const request: Request = (command, input, how) => this.#requests.request(command, input, how);
    const handleUsers = (users: readonly User[]) => this.handleUsers(users);

    this.store = new Store((id) => this.storage.loadWindow(id));
    const { store, overlays } = this;
    this.tabs = new Tabs(surroundings.tabs ?? browserTabs(), {
      lead: () => void this.#lead(),
      message: (message) => this.#handleTab(message),
    });
    this.users = new UserStore({
      scheduler,
      request,
      clock,
      random,
      changed: (user) => this.writer.userChanged(user),
    });
    const handlePerson = (user: User): void => handleUsers([user]);
    this.account = new Account(scheduler, request, handlePerson, () => this.writer.meChanged());
    this.typing = new TypingStore({ scheduler, request, clock, changed: (id) => this.#refresh(id) });
    this.sync = new Sync({
      store,
      request,
      clock,
      random,
      handleUsers,
      synced: () => this.#synced(),
    });
    this.receipts = new ReceiptStore({
      store,
      scheduler,
      request,
      clock,
      random,
      needHead: (id) => this.sync.needHead(id),
      readsChanged: () => this.writer.readsChanged(),
    });
    this.watching = new Watching({ scheduler, request, clock, random, receipts: this.receipts });
    this.lookup = new MessageLookup({ store, overlays, scheduler, request, clock, random, handleUsers });
    this.history = new History({
      store,
      request,
      handleUsers,
      handleQuoted: (messages) => this.lookup.handleQuoted(messages),
    });
    this.outbox = new Outbox({
      owner: this.tabs.id,
      me: () => store.me,
      request,
      clock,
      random,
      put: async (entry) => {
        await this.storage.putOutbox(entry);
        this.tabs.post({ type: 'put', entry });
      },
      remove: async (entry) => {
        await this.storage.removeOutbox(entry.id);
        this.tabs.post({ type: 'removed', id: entry.id });
      },
      unsent: (id, entries) =>
        this.options.onUnsent?.(
          id,
          entries.map((entry) => entry.content),
        ),
      acknowledged: (entry, reply) => {
        this.sync.expect(entry.conversationId, reply.rev);
        this.#reached(entry.conversationId);
      },
    });
    this.list = new ConversationList(scheduler, {
      typing: (id) => this.typing.peek(id),
      pending: (id) => {
        const last = this.outbox.of(id).at(-1);
        return last && unsentMessage(last, store.me);
      },
    });
    this.writer = new CacheWriter({
      storage: this.storage,
      store,
      clock,
      cursor: () => this.sync.cursor,
      me: () => this.account.cached,
      users: () => this.users.all(),
    });
    this.connection = new Connection(
      {
        url: options.url,
        token: options.token,
        userAgent: options.userAgent,
        clock,
        random,
        scheduler,
        network: surroundings.network ?? browserNetwork(),
        WebSocket: options.WebSocket ?? (globalThis.WebSocket as unknown as SocketConstructor),
      },
      {
        live: (welcome) => {
          this.#handleLive(welcome).catch((cause) => this.warn('The welcome could not be used.', cause));
        },
        frame: (frame) => {
          // Several frames may come in one message: a broken one must not take the others with it. What it said is
          // missed like a lost event, and fetched by S4.
          try {
            this.#handleFrame(frame);
          } catch (cause) {
            this.warn('A frame could not be used.', cause);
          }
        },
        down: () => this.#handleDown(),
        ended: (error) => void this.#handleEnded(error),
      },
    );
    this.#wire();
  }

  readonly request: Request = (command, input, how) => this.#requests.request(command, input, how);

  warn(message: string, cause?: unknown): void {
    this.options.onWarning?.(message, cause);
  }

  // --- beginning and end --------------------------------------------------------------------------------------------

  start(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#restored) {
        if (this.store.me !== '') await this.#join();
      } else {
        this.#restored = true;
        await this.#restore();
      }
      this.connection.start();
    });
  }

  stop(): Promise<void> {
    this.connection.stop();
    return this.#inTurn(async () => {
      this.#requests.close(lostError());
      await this.writer.finish();
      this.tabs.leave();
      this.#leading = false;
      await this.storage.close();
    });
  }

  /** A UI that mounts twice starts, stops and starts within one turn. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    this.#lifecycle = this.#lifecycle.then(task);
    return this.#lifecycle;
  }

  /** This device forgets the person; `keep` what they wrote and could not send. */
  async forget(keep?: 'outbox'): Promise<void> {
    this.#forgetMemory();
    rememberUser(this.options.url, undefined);
    await this.writer.wipe(keep);
  }

  async #restore(): Promise<void> {
    const cached = await this.storage.load();
    const expected =
      this.options.userId ??
      (this.options.token === undefined ? rememberedUser(this.options.url) : undefined);
    if (!cached.me) return;
    if (expected !== undefined && cached.me.user.id !== expected) {
      await this.storage.wipe();
      return;
    }
    const { store } = this;
    store.setMe(cached.me.user.id);
    this.account.restore(cached.me);
    this.users.handleUsers([...cached.users, cached.me.user], true);
    for (const row of cached.windows) store.windows.cold.set(row.conversationId, row);
    for (const [id, seq] of Object.entries(cached.reads)) store.unconfirmedReads.set(id, seq);
    for (const head of cached.heads) {
      store.restoreHead(head);
      this.receipts.restoreDelivered(head.conversation.id, head.lastSeq, head.unread);
    }
    for (const entry of cached.outbox) this.outbox.handleEntry(entry);
    this.sync.restore(cached.cursor);
    if (cached.cursor !== undefined) this.status.set('ready');
    await this.#join();
  }

  #join(): Promise<void> {
    const { name } = this.storage;
    return this.tabs.join(name === undefined ? undefined : `${name}:${this.store.me}`);
  }

  #forgetMemory(): void {
    // Also lets go of the cache's lock, which the next client of this page waits for.
    this.tabs.leave();
    this.#leading = false;
    this.outbox.clear();
    this.store.clear();
    this.users.clear();
    this.receipts.clear();
    this.watching.clear();
    this.lookup.clear();
    this.account.clear();
    this.sync.restore(undefined);
    this.store.setMe('');
    this.status.set('loading');
  }

  // --- from the connection ------------------------------------------------------------------------------------------

  async #handleLive(welcome: Welcome): Promise<void> {
    const { account, store } = this;
    const known = account.cached;
    const userId = welcome.user.id;
    if (known && (known.user.id !== userId || known.tenant !== welcome.tenant.slug)) {
      // Somebody else's session: nothing of the former person may stay, neither here nor on the device (S15).
      this.#forgetMemory();
      void this.writer.wipe();
    }
    const joined = store.me === userId;
    store.setMe(userId);
    account.handleWelcome(welcome);
    this.handleUsers([welcome.user]);
    if (this.options.token === undefined) rememberUser(this.options.url, userId);
    this.#requests.open();
    this.sync.handleLive();
    this.users.handleLive();
    this.typing.handleLive();
    this.receipts.handleLive();
    this.watching.handleLive();
    this.lookup.handleLive();
    if (!joined) await this.#join();
    // Only after other tabs can see this one: else they would take its entries for orphans.
    if (this.connection.live) this.outbox.handleLive();
  }

  #handleFrame(frame: ServerFrame): void {
    switch (frame.t) {
      case 'reply':
        this.#requests.handleReply(frame.id, frame.output);
        return;
      case 'failed':
        this.#requests.handleFailed(frame.id, frame.error);
        return;
      case 'event':
        this.#handleEvent(frame.event);
        return;
      case 'ephemeral': {
        const { ephemeral } = frame;
        if (ephemeral.type === 'presence') this.watching.handlePresence(ephemeral.presence);
        else if (ephemeral.type === 'profile') this.handleUsers([ephemeral.user]);
        else if (ephemeral.type === 'typing' && ephemeral.userId !== this.store.me) {
          this.typing.handle(ephemeral.conversationId, ephemeral.userId, ephemeral.active);
        }
      }
    }
  }

  #handleEvent(event: Event): void {
    if (event.type === 'receipts') this.receipts.handleMarks(event.conversationId, event.marks);
    else if (event.type === 'user') this.account.handleChanges(event.rev, event.records);
    else this.sync.handleEvent(event);
    if (event.type === 'joined') this.watching.handleJoined(event.head.conversation.id);
  }

  #handleDown(): void {
    this.#requests.close(lostError());
    this.sync.handleDown();
    this.users.handleDown();
    this.typing.handleDown();
    this.receipts.handleDown();
    this.watching.handleDown();
    this.lookup.handleDown();
    this.outbox.handleDown();
    // There is no more to gather it with, and without a network the cache is all a reload finds.
    void this.writer.flush();
  }

  async #handleEnded(error: KithError): Promise<void> {
    this.#requests.end(error);
    // Ended on purpose, by this person elsewhere or by an admin: the device may be in other hands. An expired session
    // looks the same as one that was revoked while the device was away; but what was never sent exists only here.
    if (error.code === 'session_revoked') await this.forget();
    else if (error.code === 'unauthenticated') await this.forget('outbox');
  }

  #synced(): void {
    this.status.set('ready');
    this.writer.cursorChanged();
    for (const resolve of this.#waitingForSync) resolve();
    this.#waitingForSync.clear();
  }

  /** Resolves when the heads are known to be complete, in this connection or a later one. */
  whenSynced(): Promise<void> {
    return this.sync.synced ? Promise.resolve() : new Promise((resolve) => this.#waitingForSync.add(resolve));
  }

  /** Before something is tried again. */
  pause(attempt: number, error: KithError): Promise<void> {
    const random = (this.options.random ?? Math.random)();
    return new Promise((resolve) => this.clock.after(backoff(attempt, random, error.retryAfterMs), resolve));
  }

  handleUsers(users: readonly User[]): void {
    this.users.handleUsers(users);
    for (const user of users) this.account.handleUser(user);
  }

  // --- between managers ---------------------------------------------------------------------------------------------

  #wire(): void {
    const { store, outbox } = this;
    store.events.on('head', (id, head) => {
      this.list.update(id, head);
      if (!head) outbox.handleGone(id);
      else {
        this.#reached(id);
        if (this.sync.live) this.receipts.handleHead(id, head.lastSeq, head.unread);
      }
    });
    store.events.on('window', (id) => this.#reached(id));
    store.events.on('records', (id, records) => {
      outbox.handleRecords(records);
      this.lookup.handleRecords(id, records);
    });
    store.events.on('readUntold', (id) => this.receipts.handleReadUntold(id));
    store.events.on('arrived', (id, messages) => {
      this.receipts.handleArrived(id, messages);
      for (const message of messages) this.typing.handle(id, message.authorId, false);
    });
    outbox.events.on('changed', (id) => this.#refresh(id));
  }

  #refresh(id: string): void {
    this.list.update(id, this.store.head(id));
  }

  /** Acknowledged messages whose place is reached need no stand-in any more. */
  #reached(id: string): void {
    const head = this.store.head(id);
    if (!head) return;
    const window = this.store.windows.get(id);
    this.outbox.handleReached(id, Math.min(head.lastSeq, window?.lastSeq ?? head.lastSeq));
  }

  // --- other tabs ---------------------------------------------------------------------------------------------------

  #handleTab(message: TabMessage): void {
    switch (message.type) {
      case 'put':
        this.outbox.handleEntry(message.entry);
        this.#watchOrphans();
        return;
      case 'removed':
        this.outbox.handleRemoved(message.id);
        return;
      case 'signedOut':
        // On purpose, so `#handleEnded` forgets the person here too.
        this.connection.end(new KithError('session_revoked', { message: 'Signed out in another tab.' }));
    }
  }

  async #lead(): Promise<void> {
    this.#leading = true;
    await this.writer.activate();
    await this.#adoptOrphans();
  }

  /** What closed tabs left is this one's to send. */
  async #adoptOrphans(): Promise<void> {
    const entries = await this.storage.loadOutbox();
    for (const entry of entries) if (entry.owner !== this.tabs.id) this.outbox.handleEntry(entry);
    const owners = new Set(this.outbox.all().map((item) => item.entry.owner));
    for (const owner of await this.tabs.gone(owners)) this.outbox.adopt(owner);
    this.#watchOrphans();
  }

  #watchOrphans(): void {
    const foreign = this.outbox.all().some((item) => item.entry.owner !== this.tabs.id);
    if (!this.#leading || this.#orphansTimer || !foreign) return;
    this.#orphansTimer = true;
    this.clock.after(ORPHANS_MS, () => {
      this.#orphansTimer = false;
      if (this.#leading) void this.#adoptOrphans();
    });
  }
}
