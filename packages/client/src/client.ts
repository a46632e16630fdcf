/** The facade: the shape of types.ts over the managers of core.ts. Delegates; anything that decides belongs in a manager. */
import type { MessageRecord, User } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { accounts } from './accounts.ts';
import { blobsOf } from './blobs.ts';
import { conversationsOf } from './conversations.ts';
import { Core, type Surroundings } from './core.ts';
import { Feed } from './feed.ts';
import { fetchedRoom } from './fetchedRoom.ts';
import { filesOf } from './files.ts';
import { messagesOf } from './messages.ts';
import { remindersOf, scheduledOf } from './scheduled.ts';
import { OpenThread } from './threadTimeline.ts';
import { ConversationTimeline, type TimelineDeps } from './timeline.ts';
import type {
  Blobs,
  ClientOptions,
  Conversations,
  CustomEmojis,
  Files,
  KithClient,
  Messages,
  OwnReader,
  PresenceReader,
  Receipts,
  Reminders,
  Scheduled,
  Threads,
  ThreadTimeline,
  Timeline,
  TimelineOptions,
  Typing,
  Users,
} from './types.ts';

export function createClient(options: ClientOptions): KithClient {
  return new Client(options, {});
}

/** For tests: with another browser around it. */
export class Client implements KithClient {
  readonly core: Core;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly threads: Threads;
  readonly users: Users;
  readonly presence: PresenceReader;
  readonly typing: Typing;
  readonly receipts: Receipts;
  readonly blobs: Blobs;
  readonly files: Files;
  readonly emoji: CustomEmojis;
  readonly gifs: KithClient['gifs'];
  readonly own: OwnReader;
  readonly scheduled: Scheduled;
  readonly reminders: Reminders;
  readonly invites: KithClient['invites'];
  readonly guests: KithClient['guests'];
  readonly tenant: KithClient['tenant'];
  readonly security: KithClient['security'];
  readonly sessions: KithClient['sessions'];
  readonly request: KithClient['request'];

  constructor(options: ClientOptions, surroundings: Surroundings) {
    const core = new Core(options, surroundings);
    this.core = core;
    this.request = core.request;
    this.conversations = conversationsOf(core);
    this.messages = messagesOf(core);
    this.threads = {
      list: core.threads.list,
      loadMore: () => core.threads.loadMore(),
      mark: (rootId) => core.threads.mark(rootId),
      open: (conversationId, rootId, options) => this.#openThread(conversationId, rootId, options),
      follow: (conversationId, rootId, following) => core.threads.follow(conversationId, rootId, following),
      follows: (conversationId, rootId) => core.threads.follows(conversationId, rootId),
      markRead: (conversationId, rootId, seq) => core.threads.markRead(conversationId, rootId, seq),
    };
    this.users = {
      get: (id) => core.users.get(id),
      search: async (query, { signal, ...page } = {}) => {
        const found = await core.request(
          'searchUsers',
          { ...(query !== '' && { query }), ...page },
          signal ? { signal } : {},
        );
        core.handleUsers(found.users);
        return found;
      },
    };
    this.presence = { get: (id) => core.watching.presence(id) };
    this.typing = {
      in: (id) => core.typing.in(id),
      notify: (id, active) => core.typing.notify(id, active),
    };
    this.own = {
      get: (type, key) => core.own.get(type, key),
      all: (type) => core.own.all(type),
      saveDraft: (place, draft) => core.wishes.set('draft', place, draft),
      setFolder: async (folderId, change) => {
        const { size } = core.own.all('folder').get();
        if (size >= limits.folders && change.name !== undefined && !core.own.peek('folder', folderId))
          throw new KithError('limit_reached', { message: `There are at most ${limits.folders} folders.` });
        await core.wishes.set('folder', folderId, change);
      },
      answerRequest: (id, accepted) => core.wishes.set('request', id, { accepted }),
    };
    this.scheduled = scheduledOf(core);
    this.reminders = remindersOf(core);
    this.receipts = { marks: (id) => core.receipts.marks(id) };
    this.blobs = { ...blobsOf(core.options), image: (id) => core.images.of(id) };
    this.files = filesOf(core);
    this.gifs = { provider: core.gifProvider };
    this.emoji = {
      byName: core.emoji.byName,
      add: async (name, image) => {
        const { id: blobId } = await this.blobs.upload(image, 'emoji');
        const { emoji, rev } = await core.request('addEmoji', { name, blobId });
        core.emoji.handleChange(rev, (all) => all.set(name, emoji));
      },
      remove: async (name) => {
        const { rev } = await core.request('removeEmoji', { name });
        core.emoji.handleChange(rev, (all) => all.delete(name));
      },
    };
    this.invites = fetchedRoom(async () => (await import('./invites.ts')).invitesOf(core.request));
    this.security = fetchedRoom(async () => (await import('./security.ts')).securityOf(core));
    this.guests = fetchedRoom(async () => (await import('./guests.ts')).guestsOf(core.request));
    this.tenant = fetchedRoom(async () => (await import('./tenant.ts')).tenantOf(core.request));
    this.sessions = {
      list: async () => (await core.request('listSessions', {})).sessions,
      revoke: async (sessionId) => void (await core.request('revokeSession', { sessionId })),
      revokeOthers: async () => void (await core.request('revokeOtherSessions', {})),
    };
  }

  get connection() {
    return this.core.connection.state;
  }

  get me() {
    return this.core.account.me;
  }

  start(): Promise<void> {
    return this.core.start();
  }

  stop(): Promise<void> {
    return this.core.stop();
  }

  async signOut(): Promise<void> {
    const { url, token, fetch } = this.core.options;
    this.core.tabs.post({ type: 'signedOut' });
    this.core.connection.end(new KithError('unauthenticated', { message: 'Signed out.' }));
    await Promise.all([
      // At once: a server that does not answer must not keep the device from forgetting.
      this.core.forget(),
      // Best effort: without a network the session lives on at the server, but nothing of it stays here.
      accounts(url, { ...(token !== undefined && { token }), ...(fetch && { fetch }) })
        .signOut()
        .catch((cause) => this.core.warn('The server could not be told that you signed out.', cause)),
    ]);
  }

  retryNow(): void {
    this.core.connection.retryNow();
  }

  timeline(conversationId: string, options?: TimelineOptions): Timeline {
    return new ConversationTimeline(conversationId, this.#timelineDeps(), options);
  }

  #timelineDeps(): TimelineDeps {
    const { core } = this;
    return {
      store: core.store,
      outbox: core.outbox,
      overlays: core.overlays,
      history: core.history,
      lookup: core.lookup,
      scheduler: core.scheduler,
      isLive: () => core.connection.live,
      opened: (id) => core.sync.check(id),
      head: (id) => findHead(core, id),
      pause: (attempt, error) => core.pause(attempt, error),
    };
  }

  #openThread(conversationId: string, rootId: string, options?: TimelineOptions): ThreadTimeline {
    const { core } = this;
    return new OpenThread(
      conversationId,
      rootId,
      {
        ...this.#timelineDeps(),
        request: core.request,
        mark: core.threads.mark(rootId),
        handlePage: ({ users, quoted, root, mark }) => {
          core.handleUsers(users);
          core.lookup.handleQuoted(quoted);
          core.store.handleMessage(root);
          core.threads.handleMark(mark);
        },
      },
      options,
    );
  }

  watch(what: { readonly conversationIds: readonly string[]; readonly userIds: readonly string[] }): void {
    this.core.watching.watch(what);
  }

  setActive(active: boolean): void {
    this.core.watching.setActive(active);
  }

  async updateProfile(change: Parameters<KithClient['updateProfile']>[0]): Promise<void> {
    this.core.handleUsers([await this.core.account.updateProfile(change)]);
  }

  async setBlocked(userId: string, blocked: boolean): Promise<void> {
    const value = blocked ? { at: new Date().toISOString() } : null;
    await this.core.own.during('block', userId, value, () => this.request('setBlocked', { userId, blocked }));
  }

  async report(report: Parameters<KithClient['report']>[0]): Promise<void> {
    await this.request('report', report);
  }

  updateSettings(change: Parameters<KithClient['updateSettings']>[0]): Promise<void> {
    return this.core.account.updateSettings(change);
  }

  onMessage(...[listener, { missed = false } = {}]: Parameters<KithClient['onMessage']>): () => void {
    const { store, list, request, clock, options } = this.core;
    const tell = (message: MessageRecord): void => {
      const entry = list.peek(message.conversationId);
      if (!entry) return;
      try {
        listener(message, entry);
      } catch (error) {
        // The listener's mistake, and its author's to hear of; the store must not stop halfway for it.
        queueMicrotask(() => {
          throw error;
        });
      }
    };
    if (missed) {
      const handleUsers = (users: readonly User[]) => this.core.handleUsers(users);
      const feed = new Feed(
        { store, request, clock, random: options.random ?? Math.random, handleUsers },
        tell,
      );
      return () => feed.stop();
    }
    return store.events.on('news', (_id, messages) => {
      for (const message of messages) tell(message);
    });
  }
}

/** The head, or undefined when it is certain that this person is not in the conversation. */
async function findHead(core: Core, id: string) {
  await core.whenSynced();
  if (!core.store.head(id)) {
    const { heads, users } = await core.request('getHeads', { conversationIds: [id] });
    for (const head of heads) core.sync.handleHead(head, users);
  }
  return core.store.head(id);
}
