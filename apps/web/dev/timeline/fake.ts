/**
 * A client without a server, for looking at the timeline and measuring it (dev/timeline, never shipped). `window.fake`
 * lets a script send as others, change receipts, fail pages.
 */

import type {
  ConversationEntry,
  KithClient,
  Readable,
  Timeline,
  TimelineMessage,
  TimelineView,
} from '@kith/client';
import { KithError } from '@kith/client';
import type { MessageRecord, User } from '@kith/protocol';

const id = (n: number): string => `01938b2e-7c1d-7e3a-9d5b-${n.toString(16).padStart(12, '0')}`;
export const ids = { me: id(1), ana: id(0xa2), bo: id(0xb7), cleo: id(0xc4), conversation: id(0xffff) };
const NAMES: readonly [string, string][] = [
  [ids.me, 'Mira Stone'],
  [ids.ana, 'Ana Lima'],
  [ids.bo, 'Bo Andersson'],
  [ids.cleo, 'Cleo Park-Whitfield'],
];
const users = new Map<string, User>(
  NAMES.map(([userId, displayName]) => [
    userId,
    { id: userId, username: displayName.toLowerCase().split(' ')[0]!, displayName, role: 'member' },
  ]),
);

class Cell<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();
  constructor(value: T) {
    this.#value = value;
  }
  readonly get = () => this.#value;
  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  set(value: T): void {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }
}

const WORDS =
  'the quick message went to a friend who read it over coffee and smiled because nothing was lost in the long night between two cities'.split(
    ' ',
  );
let seed = 7;
const random = () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};
const sentence = (n: number) => {
  const words = Array.from({ length: n }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export interface FakeOptions {
  readonly count: number;
  readonly kind: 'direct' | 'group';
  /** The message before which everything is read; 0: all read. */
  readonly unreadFrom: number;
  readonly latency: number;
  readonly page: number;
  readonly special: readonly Partial<MessageRecord & { text: string }>[];
  readonly endAt: number;
}

export function makeFake(options: FakeOptions) {
  const { count, kind, latency, page } = options;
  const authors = kind === 'direct' ? [ids.me, ids.ana] : [ids.me, ids.ana, ids.bo, ids.cleo];
  let at = options.endAt - count * 90_000;
  let nextSeq = 1;
  const all: TimelineMessage[] = [];
  const record = (authorId: string, text: string, more: Partial<MessageRecord> = {}): MessageRecord => ({
    type: 'message',
    id: id(0x100000 + nextSeq),
    conversationId: ids.conversation,
    seq: nextSeq,
    rev: nextSeq++,
    authorId,
    createdAt: new Date(at).toISOString(),
    body: { type: 'content', content: { type: 'plain', text } },
    ...more,
  });
  const item = (
    r: MessageRecord,
    state: TimelineMessage['state'] = r.authorId === ids.me ? 'read' : 'sent',
  ): TimelineMessage => ({
    key: r.id,
    record: r,
    state,
  });
  let author = authors[0]!;
  for (let i = 0; i < count; i++) {
    at += random() < 0.15 ? 20 * 60_000 : 20_000 + random() * 60_000;
    if (random() < 0.45) author = authors[Math.floor(random() * authors.length)]!;
    const roll = random();
    const text =
      roll < 0.02
        ? sentence(180)
        : roll < 0.15
          ? sentence(40)
          : roll < 0.18
            ? '👍'
            : sentence(2 + Math.floor(random() * 14));
    all.push(item(record(author, text)));
  }
  at = options.endAt - options.special.length * 60_000;
  for (const { text, ...more } of options.special) {
    at += 60_000;
    const r = record(more.authorId ?? ids.ana, text ?? '', more);
    all.push(item(r));
  }

  const watching = new Set<() => void>();
  const views = () => {
    for (const notify of watching) notify();
  };
  const byId = new Map<string, Cell<MessageRecord | null | undefined>>();
  const cellOf = (messageId: string) => {
    let cell = byId.get(messageId);
    if (!cell) {
      cell = new Cell<MessageRecord | null | undefined>(
        all.find((m) => m.record.id === messageId)?.record ?? null,
      );
      byId.set(messageId, cell);
    }
    return cell;
  };
  const userCells = new Map<string, Cell<User | undefined>>();
  const entry = () =>
    ({
      id: ids.conversation,
      conversation: { kind, name: 'Team', direct: kind === 'direct' ? [ids.me, ids.ana] : undefined },
      membership: { role: 'owner', state: 'joined' },
      unread: all.filter((m) => m.record.seq > state.readSeq && m.record.authorId !== ids.me).length,
      typing: [],
    }) as unknown as ConversationEntry;
  const state = {
    readSeq: options.unreadFrom ? options.unreadFrom - 1 : Number.MAX_SAFE_INTEGER,
    fail: false,
    latency,
    marked: 0,
    requests: [] as string[],
  };
  const entryCell = new Cell(entry());
  const messageListeners = new Set<(message: MessageRecord, entry: ConversationEntry) => void>();
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  function replace(messageId: string, change: (m: TimelineMessage) => TimelineMessage): void {
    const index = all.findIndex((m) => m.record.id === messageId);
    if (index < 0) return;
    all[index] = change(all[index]!);
    byId.get(messageId)?.set(all[index].record);
    views();
  }

  function timeline(): Timeline {
    let from = 0;
    let to = 0;
    let status: TimelineView['status'] = 'loading';
    let loading: TimelineView['loading'] = null;
    let error: KithError | undefined;
    const firstUnreadSeq = options.unreadFrom || undefined;
    const make = (): TimelineView =>
      ({
        status,
        messages: all.slice(from, to),
        atStart: from === 0,
        atEnd: to === all.length,
        loading,
        ...(error ? { error } : {}),
        ...(firstUnreadSeq && { firstUnreadSeq }),
      }) as TimelineView;
    const view = new Cell(make());
    let following = false;
    const update = () => {
      if (following) to = all.length;
      following = to === all.length && status === 'ready';
      view.set(make());
    };
    watching.add(update);
    const around = (index: number) => {
      from = Math.max(0, index - page / 2);
      to = Math.min(all.length, index + page / 2);
    };
    const first = firstUnreadSeq ? all.findIndex((m) => m.record.seq >= firstUnreadSeq) : -1;
    void wait(state.latency).then(() => {
      if (first >= 0) around(first);
      else {
        to = all.length;
        from = Math.max(0, to - page);
      }
      status = 'ready';
      following = to === all.length;
      update();
    });
    const load = async (side: 'older' | 'newer') => {
      if (loading) return;
      loading = side;
      error = undefined;
      update();
      await wait(state.latency);
      loading = null;
      if (state.fail) error = new KithError('unavailable');
      else if (side === 'older') from = Math.max(0, from - page);
      else to = Math.min(all.length, to + page);
      update();
    };
    return {
      conversationId: ids.conversation,
      view,
      loadOlder: () => load('older'),
      loadNewer: () => load('newer'),
      async jumpTo(target) {
        await wait(state.latency);
        const index = all.findIndex((m) =>
          'seq' in target ? m.record.seq === target.seq : m.record.id === target.messageId,
        );
        if (index < 0) throw new Error('not found');
        following = false;
        around(index);
        update();
        return { seq: all[index]!.record.seq };
      },
      async jumpToEnd() {
        await wait(state.latency);
        to = all.length;
        from = Math.max(0, to - page);
        following = true;
        update();
      },
      reload: async () => undefined,
      dispose: () => void watching.delete(update),
    };
  }

  const react = async (_: string, messageId: string, emoji: string, on: boolean) =>
    replace(messageId, (m) => {
      const before = m.record.reactions ?? [];
      const known = before.find((r) => r.emoji === emoji);
      const userIds = on
        ? [ids.me, ...(known?.userIds ?? [])]
        : (known?.userIds ?? []).filter((u) => u !== ids.me);
      const changed = userIds.length ? [{ emoji, count: userIds.length, userIds, mine: on }] : [];
      const reactions = known
        ? before.flatMap((r) => (r === known ? changed : [r]))
        : [...before, ...changed];
      return { ...m, record: { ...m.record, rev: m.record.rev + 1, reactions } };
    });

  const client = {
    me: new Cell({ user: users.get(ids.me)! }),
    conversations: {
      get: () => entryCell,
      markRead: (_: string, seq: number) => {
        state.marked = Math.max(state.marked, seq);
        state.readSeq =
          state.readSeq === Number.MAX_SAFE_INTEGER ? state.readSeq : Math.max(state.readSeq, seq);
        entryCell.set(entry());
      },
    },
    users: {
      get: (userId: string) => {
        let cell = userCells.get(userId);
        cell ??= new Cell(users.get(userId));
        userCells.set(userId, cell);
        return cell;
      },
    },
    timeline,
    messages: {
      get: (_: string, messageId: string) => cellOf(messageId),
      send(_: string, text: string, { replyTo }: { replyTo?: string } = {}) {
        at = Date.now();
        const reply = replyTo && all.find((m) => m.record.id === replyTo);
        const r = record(
          ids.me,
          text,
          reply ? { replyTo: { messageId: reply.record.id, seq: reply.record.seq } } : {},
        );
        all.push(item(r, 'pending'));
        views();
        setTimeout(
          () => replace(r.id, (m) => ({ ...m, state: text.includes('fail') ? 'failed' : 'sent' })),
          250,
        );
        setTimeout(() => replace(r.id, (m) => (m.state === 'sent' ? { ...m, state: 'delivered' } : m)), 900);
        return r.id;
      },
      retry: (messageId: string) => replace(messageId, (m) => ({ ...m, state: 'sent' })),
      discard: (messageId: string) => {
        all.splice(
          all.findIndex((m) => m.record.id === messageId),
          1,
        );
        views();
      },
      edit: async (_: string, messageId: string, text: string) =>
        replace(messageId, (m) => ({
          ...m,
          record: {
            ...m.record,
            body: { type: 'content', content: { type: 'plain', text } },
            edited: { at: new Date().toISOString(), count: 1 },
          },
        })),
      remove: async (_: string, messageId: string) =>
        replace(messageId, (m) => ({
          ...m,
          record: { ...m.record, body: { type: 'deleted', at: new Date().toISOString(), by: ids.me } },
        })),
      react,
    },
    typing: { notify: () => undefined },
    watch: () => undefined,
    onMessage: (listener: (message: MessageRecord, e: ConversationEntry) => void) => {
      messageListeners.add(listener);
      return () => void messageListeners.delete(listener);
    },
    async request(name: string, input: { query?: string }) {
      state.requests.push(name);
      await wait(40);
      if (name === 'listMembers') {
        const q = (input.query ?? '').toLowerCase();
        const found = [...users.values()].filter((u) =>
          u.displayName
            .toLowerCase()
            .split(' ')
            .some((w) => w.startsWith(q)),
        );
        return { members: found.map((u) => ({ userId: u.id })), users: found, next: null };
      }
      if (name === 'getReceipts')
        return {
          receipts: [
            { userId: ids.ana, deliveredAt: new Date().toISOString(), readAt: new Date().toISOString() },
            { userId: ids.bo, deliveredAt: new Date().toISOString(), readAt: null },
          ],
          users: [],
          next: null,
        };
      if (name === 'getMessageEdits')
        return {
          versions: [
            { content: { type: 'plain', text: 'An **earlier** version' }, at: new Date().toISOString() },
          ],
          next: null,
        };
      throw new Error(name);
    },
  };

  return {
    client: client as unknown as KithClient,
    state,
    all,
    receive(text: string, authorId: string = ids.ana) {
      at = Date.now();
      const r = record(authorId, text);
      all.push(item(r));
      entryCell.set(entry());
      views();
      for (const listener of messageListeners) listener(r, entryCell.get());
      return r.id;
    },
    replace,
  };
}
