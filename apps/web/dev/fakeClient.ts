/** A client of a small made-up world, to look at the app without a server. Not shipped. */
import type {
  ConnectionState,
  ConversationEntry,
  KithClient,
  Me,
  Readable,
  TimelineMessage,
  TimelineView,
} from '@kith/client';
import { KithError } from '@kith/client';
import type { ConversationRecord, MemberRecord, MessageRecord, Presence, User } from '@kith/protocol';

const id = (n: number): string =>
  `0190${String(n).padStart(4, '0')}-0000-7000-8000-${((n * 2654435761) >>> 0).toString(16).padStart(12, '0')}`;
const NAMES = [
  'Mara Lindqvist',
  'Tomás Rivera',
  'Aiko Tanaka',
  'Ben Okafor',
  'Ingrid Solheim',
  'Priya Nair',
  'Jonas Weber',
  'Leïla Haddad',
  'Sam Whitfield',
  'Chidi Eze',
  'Noor van Dijk',
  'Elena Petrova',
];
const users: User[] = NAMES.map((displayName, i) => ({
  id: id(i + 1),
  username: displayName.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(' ', '.'),
  displayName,
  role: i === 0 ? 'owner' : 'member',
}));
const me = users[0]!;
const userById = new Map(users.map((user) => [user.id, user]));

class Cell<T> {
  value: T;
  listeners = new Set<() => void>();
  constructor(value: T) {
    this.value = value;
  }
  get = (): T => this.value;
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  set(value: T): void {
    this.value = value;
    for (const listener of this.listeners) listener();
  }
}

const hours = 3_600_000;
const now = Date.now();
let n = 1000;

function message(
  conversationId: string,
  authorId: string,
  at: number,
  text: string,
  seq: number,
): MessageRecord {
  n += 1;
  return {
    type: 'message',
    id: id(n),
    conversationId,
    seq,
    rev: seq,
    authorId,
    createdAt: new Date(at).toISOString(),
    body: { type: 'content', content: { type: 'plain', text } },
  };
}

interface Seed {
  readonly kind: ConversationRecord['kind'];
  readonly name?: string;
  readonly topic?: string;
  readonly with?: number;
  readonly ago: number;
  readonly text: string;
  readonly by?: number;
  readonly unread?: number;
  readonly mentions?: number;
  readonly read?: 0 | 1 | 2;
  readonly typing?: readonly number[];
  readonly visibility?: 'public' | 'private';
  readonly members?: number;
  readonly state?: 'pending' | 'failed';
}

const SEEDS: readonly Seed[] = [
  {
    kind: 'direct',
    with: 1,
    ago: 0.02,
    text: 'The **rehearsal** moved to six, can you still bring the cello?',
    by: 1,
    unread: 2,
  },
  {
    kind: 'group',
    name: 'Harbour swim',
    ago: 0.3,
    text: `<@${users[0]!.id}> water was 14° this morning, bring the thick suit`,
    by: 4,
    unread: 14,
    mentions: 1,
    members: 8,
  },
  { kind: 'direct', with: 2, ago: 0.7, text: 'Ok', by: 2, typing: [2] },
  {
    kind: 'channel',
    name: 'kitchen',
    topic: 'What is cooking, who is hungry',
    ago: 2,
    text: 'Sourdough is out of the oven, second shelf',
    by: 6,
    unread: 1200,
    members: 143,
    visibility: 'public',
  },
  { kind: 'direct', with: 3, ago: 3, text: 'Sent you the drawings, the stair is on page 4', by: 0, read: 2 },
  { kind: 'direct', with: 0, ago: 5, text: 'Passport renewal: photo, form B, 2 copies', by: 0 },
  {
    kind: 'group',
    name: 'Flat 4B',
    ago: 6,
    text: 'Has anybody seen the bicycle pump?',
    by: 0,
    read: 1,
    members: 4,
  },
  { kind: 'direct', with: 4, ago: 20, text: 'See you on Thursday', by: 0, state: 'failed' },
  {
    kind: 'direct',
    with: 5,
    ago: 27,
    text: 'That was the best concert in years, thank you for the ticket!',
    by: 5,
  },
  {
    kind: 'channel',
    name: 'board',
    topic: 'Agenda and minutes',
    ago: 30,
    text: 'Minutes of Tuesday are up',
    by: 7,
    members: 6,
    visibility: 'private',
  },
  { kind: 'direct', with: 6, ago: 52, text: 'haha', by: 6 },
  { kind: 'direct', with: 7, ago: 90, text: 'À bientôt !', by: 7 },
  {
    kind: 'group',
    name: 'Reading circle: the long novels of the nineteenth century',
    ago: 120,
    text: 'Chapter twelve by Sunday then',
    by: 8,
    members: 11,
  },
  { kind: 'direct', with: 9, ago: 200, text: 'Thanks', by: 9 },
  {
    kind: 'channel',
    name: 'announcements',
    ago: 900,
    text: 'The door code changes on Monday',
    by: 10,
    members: 143,
    visibility: 'public',
  },
  { kind: 'direct', with: 11, ago: 9000, text: 'Happy new year!', by: 11 },
];

function entryOf(seed: Seed, index: number): ConversationEntry {
  const conversationId = id(100 + index);
  const at = now - seed.ago * hours;
  const lastSeq = 40;
  const preview = message(conversationId, users[seed.by ?? 1]!.id, at, seed.text, lastSeq);
  if (seed.mentions) (preview as { mentions?: string[] }).mentions = [me.id];
  const pending: TimelineMessage | undefined = seed.state && {
    key: preview.id,
    record: preview,
    state: seed.state,
    ...(seed.state === 'failed' && { error: new KithError('forbidden') }),
  };
  return {
    id: conversationId,
    conversation: {
      type: 'conversation',
      id: conversationId,
      rev: 1,
      kind: seed.kind,
      visibility: seed.visibility ?? 'private',
      history: 'joined',
      name: seed.name ?? '',
      topic: seed.topic ?? '',
      ...(seed.kind === 'direct' && { direct: seed.with === 0 ? [me.id] : [me.id, users[seed.with!]!.id] }),
      memberCount: seed.members ?? 2,
      createdBy: me.id,
      createdAt: new Date(at).toISOString(),
    },
    membership: {
      type: 'member',
      conversationId,
      userId: me.id,
      rev: 1,
      role: seed.kind === 'group' ? 'owner' : 'admin',
      state: 'joined',
      visibleAfter: 0,
      joinedAt: new Date(at).toISOString(),
    },
    rev: 1,
    lastSeq,
    readSeq: lastSeq - Math.min(seed.unread ?? 0, lastSeq),
    unread: seed.unread ?? 0,
    mentions: seed.mentions ?? 0,
    preview,
    ...(pending && { pending }),
    othersDeliveredSeq: seed.read ? lastSeq : 0,
    othersReadSeq: seed.read === 2 ? lastSeq : 0,
    typing: (seed.typing ?? []).map((i) => users[i]!.id),
    activityAt: at,
  };
}

export interface FakeOptions {
  readonly empty?: boolean;
  readonly loading?: boolean;
  readonly connection?: ConnectionState['type'];
  readonly many?: boolean;
}

export function fakeClient(options: FakeOptions = {}): KithClient {
  const seeds =
    options.empty || options.loading
      ? []
      : options.many
        ? Array.from({ length: 4000 }, (_, i) => ({ ...SEEDS[i % SEEDS.length]!, ago: i * 2 }))
        : SEEDS;
  const entries = seeds.map(entryOf);
  const list = new Cell<readonly ConversationEntry[]>(entries);
  const byId = new Map(entries.map((entry) => [entry.id, new Cell<ConversationEntry | undefined>(entry)]));
  const states: Record<ConnectionState['type'], ConnectionState> = {
    idle: { type: 'idle' },
    connecting: { type: 'connecting', attempt: 1 },
    live: { type: 'live' },
    waiting: { type: 'waiting', attempt: 3, retryAt: now + 5000 },
    offline: { type: 'offline' },
    ended: { type: 'ended', error: new KithError('session_revoked') },
  };
  const none = new Cell<undefined>(undefined);
  const userCells = new Map(users.map((user) => [user.id, new Cell<User | undefined>(user)]));
  const presences = new Map<string, Readable<Presence | undefined>>(
    users.map((user, i) => [
      user.id,
      new Cell<Presence | undefined>({
        userId: user.id,
        state: i % 3 === 1 ? 'online' : i % 3 === 2 ? 'away' : 'offline',
        lastSeenAt: new Date(now - i * hours).toISOString(),
      }),
    ]),
  );
  const wait = <T>(value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, 120, value));
  const done = async (): Promise<void> => void (await wait(null));
  const meCell = new Cell<Me | undefined>({
    user: me,
    settings: { type: 'settings', rev: 1, presence: 'auto' },
    sessionId: 's1',
  });
  const members = (entry: ConversationEntry): MemberRecord[] =>
    users.slice(0, Math.min(users.length, entry.conversation.memberCount)).map((user, i) => ({
      ...entry.membership,
      userId: user.id,
      role: i === 0 ? 'owner' : i === 1 ? 'admin' : 'member',
    }));
  const client = {
    start: done,
    stop: done,
    signOut: done,
    retryNow: () => undefined,
    connection: new Cell(states[options.connection ?? 'live']),
    me: meCell,
    request: async (name: string, input: { query?: string }) => {
      if (name === 'listChannels')
        return wait({
          channels: entries
            .filter((e) => e.conversation.visibility === 'public')
            .map((e) => ({ ...e.conversation, joined: e.conversation.name === 'kitchen' }))
            .concat([
              {
                ...entries[3]!.conversation,
                id: id(900),
                name: 'garden',
                topic: 'Beds, compost and the hose',
                memberCount: 12,
                joined: false,
              },
            ])
            .filter((c) => c.name.includes(input.query ?? '')),
          next: null,
        });
      if (name === 'listMembers') return wait({ members: members(entries[1]!), users, next: null });
      throw new KithError('unavailable');
    },
    conversations: {
      list,
      status: new Cell(options.loading ? 'loading' : 'ready'),
      totals: new Cell({
        unread: entries.reduce((sum, e) => sum + e.unread, 0),
        mentions: 1,
        conversations: 3,
      }),
      get: (key: string) => byId.get(key) ?? none,
      openDirect: async () => wait(entries[0]!.id),
      create: async () => wait(entries[1]!.id),
      update: done,
      join: done,
      leave: done,
      addMembers: done,
      removeMember: done,
      setRole: done,
      transferOwnership: done,
      markRead: () => undefined,
      members: (key: string) => ({
        view: new Cell({
          status: 'ready',
          members: members(byId.get(key)!.value!),
          atEnd: true,
          loading: false,
        }),
        loadMore: done,
        dispose: () => undefined,
      }),
    },
    timeline: (conversationId: string) => ({
      conversationId,
      view: timelineView(byId.get(conversationId)?.value),
      loadOlder: done,
      loadNewer: done,
      jumpTo: async () => ({ seq: 1 }),
      jumpToEnd: done,
      reload: done,
      dispose: () => undefined,
    }),
    messages: {
      send: () => id(5000),
      retry: () => undefined,
      discard: () => undefined,
      edit: done,
      remove: done,
      react: done,
      get: () => none,
    },
    users: {
      get: (key: string) => userCells.get(key) ?? none,
      search: async (query: string) =>
        wait({
          users: users.filter((u) => u.displayName.toLowerCase().includes(query.toLowerCase())),
          next: null,
        }),
    },
    presence: { get: (key: string) => presences.get(key) ?? none },
    typing: { in: () => new Cell([]), notify: () => undefined },
    receipts: { marks: () => new Cell([]) },
    watch: () => undefined,
    setActive: () => undefined,
    updateProfile: done,
    updateSettings: done,
    sessions: {
      list: async () =>
        wait([
          {
            id: 's1',
            createdAt: new Date(now).toISOString(),
            lastSeenAt: new Date(now).toISOString(),
            expiresAt: new Date(now).toISOString(),
            userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537',
            address: '192.168.1.20',
            current: true,
          },
          {
            id: 's2',
            createdAt: new Date(now).toISOString(),
            lastSeenAt: new Date(now - 30 * hours).toISOString(),
            expiresAt: new Date(now).toISOString(),
            userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5) Version/18.5 Mobile Safari/604.1',
            address: '2001:db8::17',
            current: false,
          },
        ]),
      revoke: done,
      revokeOthers: done,
    },
    onMessage: () => () => undefined,
  };
  return client as unknown as KithClient;
}

const TEXTS = [
  'Morning!',
  'Did you sleep well?',
  'Like a stone. The storm woke me once, then nothing until eight.',
  'Lucky you',
  'I have the keys, so come whenever you like.\nThe **back door** sticks a little.',
  'On my way',
  'Can you bring the `green` folder?',
  '- bread\n- butter\n- something sweet',
  'Yes',
  'See https://example.org/plan for the map',
];
const views = new Map<string, Cell<TimelineView>>();
function timelineView(entry: ConversationEntry | undefined): Cell<TimelineView> {
  const key = entry?.id ?? '';
  const known = views.get(key);
  if (known) return known;
  const people =
    entry?.conversation.kind === 'direct'
      ? (entry.conversation.direct ?? [])
      : users.slice(0, 5).map((user) => user.id);
  const messages: TimelineMessage[] = entry
    ? Array.from({ length: 40 }, (_, i) => {
        const record =
          i === 39
            ? entry.preview!
            : message(
                key,
                people[Math.floor(i / 2.4) % people.length]!,
                entry.activityAt - (40 - i) * (i % 7 === 0 ? 25 : 3) * 60_000,
                TEXTS[(i * 3 + key.length) % TEXTS.length]!,
                i + 1,
              );
        return { key: record.id, record, state: 'read' };
      })
    : [];
  const cell = new Cell<TimelineView>({
    status: 'ready',
    messages,
    atStart: true,
    atEnd: true,
    loading: null,
  });
  views.set(key, cell);
  return cell;
}
export const anyConversation = (index: number): string => id(100 + index);
export const knownUser = (key: string): User | undefined => userById.get(key);
