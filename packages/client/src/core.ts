/** Puts the managers together: who hears what from whom. No logic of its own; each `handle*` is one manager's. */
import type { Event, GifProvider, ServerFrame, User } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { Account } from './account.ts';
import { backoff } from './backoff.ts';
import { systemClock } from './clock.ts';
import { Connection, type Welcome } from './connection.ts';
import { lostError } from './connectionState.ts';
import { EmojiStore } from './emoji.ts';
import { Expiry } from './expiry.ts';
import { FileAddresses } from './files.ts';
import { HiddenMessages } from './hidden.ts';
import { History } from './history.ts';
import { type GetToken, HostSession } from './hostSession.ts';
import { Images } from './images.ts';
import { MessageLookup } from './lookup.ts';
import { browserNetwork, type Network } from './network.ts';
import { Orphans } from './orphans.ts';
import { Outbox } from './outbox.ts';
import { Overlays } from './overlays.ts';
import { OwnRecords } from './own.ts';
import { Cell, Scheduler } from './reactive.ts';
import { ReceiptStore } from './receipts.ts';
import type { Request } from './request.ts';
import { Requests } from './requests.ts';
import { rememberedUser, rememberUser } from './storage/device.ts';
import { GuardedStorage } from './storage/guarded.ts';
import { memoryStorage } from './storage/memory.ts';
import { CacheWriter } from './storage/writer.ts';
import { inMainLine } from './store/heads.ts';
import { ConversationList } from './store/list.ts';
import { Store } from './store/store.ts';
import { Sync } from './sync.ts';
import { browserTabs, type TabMessage, Tabs, type TabsEnvironment } from './tabs.ts';
import { ThreadStore } from './threads.ts';
import { unsentMessage } from './timelineRows.ts';
import type { ClientOptions, SocketConstructor } from './types.ts';
import { TypingStore } from './typing.ts';
import { Uploads } from './uploads/uploads.ts';
import { UserStore } from './users.ts';
import { Watching } from './watch.ts';
import { Wishes } from './wishes.ts';

/** What tests put in place of the browser. */
export interface Surroundings {
  readonly network?: Network;
  readonly tabs?: TabsEnvironment;
}

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
  readonly emoji: EmojiStore;
  readonly gifProvider: Cell<GifProvider | undefined>;
  readonly own: OwnRecords;
  readonly wishes: Wishes;
  readonly hidden: HiddenMessages;
  readonly typing: TypingStore;
  readonly receipts: ReceiptStore;
  readonly watching: Watching;
  readonly overlays = new Overlays();
  readonly lookup: MessageLookup;
  readonly history: History;
  readonly outbox: Outbox;
  readonly uploads: Uploads;
  readonly addresses: FileAddresses;
  readonly images: Images;
  readonly threads: ThreadStore;
  readonly sync: Sync;
  readonly connection: Connection;
  readonly tabs: Tabs;
  readonly writer: CacheWriter;
  /** Of somebody who comes by a token of their host. */
  readonly hosted: HostSession | undefined;
  readonly #requests: Requests;
  readonly #expiry: Expiry;
  readonly #orphans: Orphans;
  readonly #waitingForSync = new Set<() => void>();
  #restored = false;
  #lifecycle: Promise<void> = Promise.resolve();

  constructor(given: ClientOptions, surroundings: Surroundings) {
    const hosted = given.getToken ? this.#hostSession(given, given.getToken) : undefined;
    this.hosted = hosted;
    const options: ClientOptions = hosted ? { ...given, token: '' } : given;
    // Whoever needs the token asks for it when it is needed.
    if (hosted) Object.defineProperty(options, 'token', { get: () => hosted.token });
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

    this.#expiry = new Expiry(clock, (id) => store.events.emit('hidden', id));
    this.store = new Store(
      (id) => this.storage.loadWindow(id),
      (id, seq) => this.hidden.has(id, seq),
      (record) => this.#expiry.isOver(record),
    );
    const { store, overlays } = this;
    this.tabs = new Tabs(surroundings.tabs ?? browserTabs(), {
      lead: () => void this.#orphans.lead(this.writer.activate()),
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
    this.gifProvider = new Cell<GifProvider | undefined>(scheduler, undefined);
    this.emoji = new EmojiStore({
      scheduler,
      request,
      clock,
      random,
      changed: () => this.writer.meChanged(),
    });
    this.own = new OwnRecords({
      scheduler,
      request,
      clock,
      random,
      account: (record) => this.account.handleRecord(record),
      changed: (what) => {
        this.writer.ownChanged(what);
        if (typeof what === 'object' && what.type === 'hidden') this.hidden.handleConfirmed(what.key);
      },
      shown: (type, key) => {
        if (type === 'preference' || type === 'request') this.#refresh(key);
        if (type === 'hidden') this.hidden.handleShown(key);
      },
    });
    this.wishes = new Wishes({
      owner: this.tabs.id,
      me: () => store.me,
      own: this.own,
      request,
      clock,
      random,
      put: async (wish) => {
        await this.storage.putWish(wish);
        this.tabs.post({ type: 'wish', wish });
      },
      remove: async (wish, outcome) => {
        await this.storage.removeWish(wish);
        if (outcome) this.tabs.post({ type: 'wishDone', wish, outcome });
      },
      refused: (cause) => this.warn('A change made earlier was refused.', cause),
    });
    this.#orphans = new Orphans({
      storage: this.storage,
      tabs: this.tabs,
      clock,
      wishes: this.wishes,
      outbox: () => this.outbox,
    });
    this.hidden = new HiddenMessages({
      own: this.own,
      store,
      needHead: (id) => this.sync.needHead(id),
      fetch: (window, seq) => {
        this.history
          .load(window, { after: seq - 1 }, 1)
          .catch((cause) => this.warn('A message that is shown again could not be loaded.', cause));
      },
      changed: (id) => store.events.emit('hidden', id),
    });
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
    this.threads = new ThreadStore({
      store,
      scheduler,
      request,
      clock,
      random,
      handleUsers,
      changed: () => this.writer.threadsChanged(),
    });
    this.uploads = new Uploads({
      scheduler,
      clock,
      random,
      request,
      url: options.url,
      get token() {
        return options.token;
      },
      load: async () => (await import('./uploads/transfer.ts')).tus,
      put: (file) => this.storage.putFile(file),
      get: (fileId) => this.storage.getFile(fileId),
      remove: (fileIds) => this.storage.removeFiles(fileIds),
      warn: (message, cause) => this.warn(message, cause),
    });
    this.addresses = new FileAddresses(this);
    this.images = new Images(this);
    this.outbox = new Outbox({
      uploads: this.uploads,
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
      discarded: ({ id }) => this.tabs.post({ type: 'discarded', id }),
      unsent: (conversationId, entries) =>
        this.options.onUnsent?.(
          conversationId,
          // What was only passed on still stands where it was.
          entries.filter((entry) => !entry.forward).map(({ id, content }) => ({ id, content })),
        ),
      acknowledged: (entry, reply) => {
        this.sync.expect(entry.conversationId, reply.rev);
        this.#reached(entry.conversationId);
      },
    });
    this.list = new ConversationList(scheduler, clock, {
      preference: (id) => this.own.peek('preference', id),
      request: (id) => this.own.peek('request', id),
      preview: (head) => store.previewOf(head),
      due: (id) => this.#refresh(id),
      typing: (id) => this.typing.peek(id),
      pending: (id) => {
        const last = this.outbox.of(id).findLast(({ entry }) => inMainLine(entry));
        return last && unsentMessage(last, store.me);
      },
    });
    this.writer = new CacheWriter({
      storage: this.storage,
      store,
      clock,
      cursor: () => this.sync.cursor,
      me: () => {
        const me = this.account.cached;
        const emoji = this.emoji.cached;
        return me && emoji ? { ...me, emoji } : me;
      },
      users: () => this.users.all(),
      own: this.own,
      threads: () => this.threads.cached(),
      reads: ({ reads, threads }) => {
        for (const [id, seq] of Object.entries(reads)) this.receipts.markRead(id, seq);
        if (threads) this.threads.handleReads(threads.reads);
      },
    });
    this.connection = new Connection(
      {
        url: options.url,
        token: options.token,
        ...(hosted && { open: () => hosted.open(), refused: () => hosted.handleRefused() }),
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

  #hostSession(options: ClientOptions, getToken: GetToken): HostSession {
    return new HostSession({
      url: options.url,
      getToken,
      fetch: options.fetch ?? globalThis.fetch,
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      request: (command, input, how) => this.#requests.request(command, input, how),
      ended: (error) => this.connection.end(error),
    });
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
      this.#orphans.leave();
      await this.storage.close();
    });
  }

  /** A UI that mounts twice starts, stops and starts within one turn. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    this.#lifecycle = this.#lifecycle.then(task);
    return this.#lifecycle;
  }

  /** This device forgets the person; `keep` what they wrote and could not send. */
  async forget(keep?: 'untold'): Promise<void> {
    this.#forgetMemory();
    rememberUser(this.options.url, undefined);
    await this.writer.wipe(keep);
  }

  /** Whose cache may be shown; undefined: whoever's it is, the connection will tell; null: nobody's. */
  async #expected(): Promise<string | null | undefined> {
    const { userId, token, url } = this.options;
    if (userId !== undefined) return userId;
    // A host may have had somebody else signed in when this was kept.
    if (this.hosted) return this.hosted.person().catch(() => null);
    return token === undefined ? rememberedUser(url) : undefined;
  }

  async #restore(): Promise<void> {
    const cached = await this.storage.load();
    if (!cached.me) return;
    const expected = await this.#expected();
    // The host has nobody signed in: the connection will say so, and then what is kept here is forgotten.
    if (expected === null) return;
    if (expected !== undefined && cached.me.user.id !== expected) {
      await this.storage.wipe();
      return;
    }
    const { store } = this;
    store.setMe(cached.me.user.id);
    this.account.restore(cached.me);
    if (cached.me.emoji) this.emoji.restore(cached.me.emoji);
    this.own.restore(cached.own);
    this.wishes.handleRows(cached.wishes, []);
    this.users.handleUsers([...cached.users, cached.me.user], true);
    for (const row of cached.windows) store.windows.cold.set(row.conversationId, row);
    for (const [id, seq] of Object.entries(cached.reads)) store.unconfirmedReads.set(id, seq);
    for (const head of cached.heads) {
      store.restoreHead(head);
      this.receipts.restoreDelivered(head.conversation.id, head.lastSeq, head.unread);
    }
    if (cached.threads) this.threads.restore(cached.threads);
    for (const entry of cached.outbox) this.outbox.handleEntry(entry);
    this.sync.restore(cached.cursor);
    if (cached.cursor !== undefined) this.status.set('ready');
    await this.#join();
  }

  async #join(): Promise<void> {
    const { name } = this.storage;
    await this.tabs.join(name === undefined ? undefined : `${name}:${this.store.me}`);
    // Of an untouched device, or of tabs that told theirs before this one listened.
    void this.#orphans.lookForWishes();
  }

  #forgetMemory(): void {
    // Also lets go of the cache's lock, which the next client of this page waits for.
    this.tabs.leave();
    this.#orphans.leave();
    this.outbox.clear();
    this.uploads.clear();
    this.addresses.clear();
    this.images.clear();
    this.store.clear();
    this.threads.clear();
    this.users.clear();
    this.receipts.clear();
    this.watching.clear();
    this.lookup.clear();
    this.account.clear();
    this.emoji.clear();
    this.wishes.clear();
    this.own.clear();
    this.hidden.clear();
    this.#expiry.clear();
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
    this.hosted?.handleWelcome(welcome);
    this.handleUsers([welcome.user]);
    if (this.options.token === undefined) rememberUser(this.options.url, userId);
    this.#requests.open();
    this.sync.handleLive();
    this.own.handleLive(welcome.rev);
    this.users.handleLive();
    this.gifProvider.set(welcome.gifs);
    this.emoji.handleLive(welcome.tenant.emojiRev ?? 0);
    this.typing.handleLive();
    this.receipts.handleLive();
    this.watching.handleLive();
    this.lookup.handleLive();
    if (!joined) await this.#join();
    // Only after other tabs can see this one: else they would take its entries for orphans.
    if (!this.connection.live) return;
    this.outbox.handleLive();
    this.uploads.handleLive();
    this.wishes.handleLive();
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
        else if (ephemeral.type === 'emoji') this.emoji.handleNotice(ephemeral.rev);
        else if (ephemeral.type === 'typing' && ephemeral.userId !== this.store.me) {
          this.typing.handle(ephemeral.conversationId, ephemeral.userId, ephemeral.active);
        }
      }
    }
  }

  #handleEvent(event: Event): void {
    if (event.type === 'receipts') this.receipts.handleMarks(event.conversationId, event.marks);
    else if (event.type === 'thread') this.threads.handleMark(event.mark);
    else if (event.type === 'threadRead') this.threads.handleRead(event.rootId, event.readSeq);
    else if (event.type === 'chosen') this.store.handleChosen(event.message);
    else if (event.type === 'user') this.own.handleEvent(event.rev, event.records);
    else this.sync.handleEvent(event);
    if (event.type === 'joined') this.watching.handleJoined(event.head.conversation.id);
  }

  #handleDown(): void {
    this.hosted?.handleDown();
    this.#requests.close(lostError());
    this.sync.handleDown();
    this.threads.handleDown();
    this.own.handleDown();
    this.wishes.handleDown();
    this.users.handleDown();
    this.emoji.handleDown();
    this.typing.handleDown();
    this.receipts.handleDown();
    this.watching.handleDown();
    this.lookup.handleDown();
    this.outbox.handleDown();
    this.uploads.handleDown();
    // There is no more to gather it with, and without a network the cache is all a reload finds.
    void this.writer.flush();
  }

  async #handleEnded(error: KithError): Promise<void> {
    this.#requests.end(error);
    // Ended on purpose, by this person elsewhere or by an admin: the device may be in other hands. An expired session
    // looks the same as one that was revoked while the device was away; but what was never sent exists only here.
    if (error.code === 'session_revoked') await this.forget();
    else if (error.code === 'unauthenticated') await this.forget('untold');
  }

  #synced(): void {
    this.status.set('ready');
    this.writer.cursorChanged();
    this.threads.handleSynced();
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
    store.events.on('hidden', (id) => {
      this.lookup.handleHidden(id);
      this.threads.handleHidden();
      this.#refresh(id);
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
        this.#orphans.watch();
        return;
      case 'removed':
        this.outbox.handleRemoved(message.id);
        return;
      case 'discarded':
        this.outbox.handleDiscarded(message.id);
        return;
      case 'wish':
        this.wishes.handleWish(message.wish);
        this.#orphans.watch();
        return;
      case 'wishDone':
        this.wishes.handleDone(message.wish, message.outcome);
        return;
      case 'signedOut':
        // On purpose, so `#handleEnded` forgets the person here too.
        this.connection.end(new KithError('session_revoked', { message: 'Signed out in another tab.' }));
    }
  }
}
