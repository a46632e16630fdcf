/** The facade: the shape of types.ts over the managers of core.ts. Delegates; anything that decides belongs in a manager. */
import type { Content, MessageRecord, Output, User } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { newId } from '@kith/protocol/ids';
import { limits } from '@kith/protocol/limits';
import { accounts } from './accounts.ts';
import { Core, type Surroundings } from './core.ts';
import { Feed } from './feed.ts';
import { MemberListing } from './members.ts';
import type { Overlay } from './overlays.ts';
import { ConversationTimeline } from './timeline.ts';
import type {
  ClientOptions,
  Conversations,
  KithClient,
  Messages,
  PresenceReader,
  Receipts,
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
  readonly users: Users;
  readonly presence: PresenceReader;
  readonly typing: Typing;
  readonly receipts: Receipts;
  readonly sessions: KithClient['sessions'];
  readonly request: KithClient['request'];

  constructor(options: ClientOptions, surroundings: Surroundings) {
    const core = new Core(options, surroundings);
    this.core = core;
    this.request = core.request;
    this.conversations = conversationsOf(core);
    this.messages = messagesOf(core);
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
    this.receipts = { marks: (id) => core.receipts.marks(id) };
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
    const { core } = this;
    return new ConversationTimeline(
      conversationId,
      {
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

  async updateProfile({ displayName }: { readonly displayName: string }): Promise<void> {
    this.core.handleUsers([await this.core.account.updateProfile(displayName)]);
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
    return store.events.on('arrived', (_id, messages, live) => {
      if (live) for (const message of messages) tell(message);
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

function conversationsOf(core: Core): Conversations {
  const { request, sync, store, list } = core;
  const entered = ({ head, users }: Output<'openDirect'>): string => {
    sync.handleHead(head, users);
    return head.conversation.id;
  };
  /** The reply's records are shown at once; the events they come with follow. */
  const changed = (id: string, ...records: Output<'addMembers'>['members']) => {
    store.events.emit('records', id, records);
    sync.expect(id, Math.max(0, ...records.map((record) => record.rev)));
  };
  return {
    list: list.list,
    totals: list.totals,
    status: core.status,
    get: (id) => list.get(id),
    openDirect: async (userId) => entered(await request('openDirect', { conversationId: newId(), userId })),
    create: async (conversation) => {
      const conversationId = newId();
      return entered(
        await request(
          'createConversation',
          conversation.kind === 'group'
            ? { ...conversation, conversationId, userIds: [...conversation.userIds] }
            : { ...conversation, conversationId, userIds: [...(conversation.userIds ?? [])] },
        ),
      );
    },
    update: async (conversationId, change) => {
      const { conversation } = await request('updateConversation', { conversationId, ...change });
      sync.expect(conversationId, conversation.rev);
    },
    join: async (conversationId) => void entered(await request('joinChannel', { conversationId })),
    leave: async (conversationId) => {
      store.handleLeft((await request('leaveConversation', { conversationId })).membership);
    },
    addMembers: async (conversationId, userIds) => {
      const { members } = await request('addMembers', { conversationId, userIds: [...userIds] });
      changed(conversationId, ...members);
    },
    removeMember: async (conversationId, userId) => {
      changed(conversationId, (await request('removeMember', { conversationId, userId })).membership);
    },
    setRole: async (conversationId, userId, role) => {
      changed(conversationId, (await request('setMemberRole', { conversationId, userId, role })).membership);
    },
    transferOwnership: async (conversationId, userId) => {
      changed(conversationId, ...(await request('transferOwnership', { conversationId, userId })).members);
    },
    markRead: (id, seq) => core.receipts.markRead(id, seq),
    members: (id) =>
      new MemberListing(id, {
        scheduler: core.scheduler,
        request,
        handleUsers: (users) => core.handleUsers(users),
        user: (userId) => core.users.peek(userId),
        listen: (conversationId, hear) =>
          store.events.on('records', (changedId, records) => {
            if (changedId === conversationId) hear(records);
          }),
      }),
  };
}

function messagesOf(core: Core): Messages {
  const { request, store, overlays, outbox, sync } = core;
  const change = async (
    target: { conversationId: string; messageId: string },
    overlay: Overlay,
    ask: () => Promise<Output<'editMessage'>>,
  ): Promise<void> => {
    await overlays.during(target, overlay, async () => {
      const { message } = await ask();
      store.handleMessage(message);
      sync.expect(message.conversationId, message.rev);
    });
  };
  const now = () => new Date(core.clock.now()).toISOString();
  return {
    send: (conversationId, text, { replyTo } = {}) => {
      const content = plain(text);
      const quoted = replyTo === undefined ? undefined : core.lookup.peek(conversationId, replyTo);
      return outbox.send(
        conversationId,
        content,
        replyTo === undefined ? undefined : { messageId: replyTo, seq: quoted?.seq ?? 0 },
      ).id;
    },
    retry: (id) => outbox.retry(id),
    discard: (id) => outbox.discard(id),
    edit: async (conversationId, messageId, text) => {
      const target = { conversationId, messageId };
      const content = plain(text);
      await change(target, { type: 'edit', text, at: now() }, () =>
        request('editMessage', { ...target, content }),
      );
    },
    remove: async (conversationId, messageId) => {
      const target = { conversationId, messageId };
      await change(target, { type: 'delete', at: now() }, () => request('deleteMessage', target));
    },
    react: async (conversationId, messageId, emoji, on) => {
      const target = { conversationId, messageId };
      await change(target, { type: 'react', emoji, on }, () =>
        request(on ? 'addReaction' : 'removeReaction', { ...target, emoji }),
      );
    },
    get: (conversationId, messageId) => core.lookup.get(conversationId, messageId),
  };
}

/** Refuses here what the server would refuse: an outbox must not hold what can never be sent. */
function plain(text: string): Content {
  // Neither JSON nor the database can carry these; they come from broken pastes.
  const clean = text.toWellFormed().replaceAll('\0', '');
  if (clean.trim() === '') throw new KithError('bad_input', { message: 'There is nothing to send.' });
  if (clean.length > limits.textLength)
    throw new KithError('too_large', { message: 'The message is too long.' });
  return { type: 'plain', text: clean };
}
