import type { Head, MessageRequest, Preference } from '@kith/protocol';
import { defaultPreference, forever } from '@kith/protocol/preferences';
import { expect, test } from 'vitest';
import { Scheduler } from '../reactive.ts';
import { VirtualClock } from '../testing/virtualClock.ts';
import { ConversationList } from './list.ts';
import { pinnedOf, placesAfter } from './pinned.ts';

const head = (
  id: string,
  {
    kind = 'group',
    createdBy = 'me',
    lastSeq = 0,
    day = 1,
    mentions = 0,
  }: {
    kind?: 'group' | 'direct';
    createdBy?: string;
    lastSeq?: number;
    day?: number;
    mentions?: number;
  } = {},
): Head =>
  ({
    conversation: { id, kind, createdBy, createdAt: `2026-01-0${day}T00:00:00.000Z`, rev: 1, memberCount: 2 },
    membership: {
      conversationId: id,
      userId: 'me',
      rev: 1,
      state: 'joined',
      joinedAt: '2026-01-01T00:00:00.000Z',
      visibleAfter: 0,
    },
    rev: 1 + lastSeq,
    lastSeq,
    readSeq: 0,
    unread: lastSeq,
    mentions,
    preview: null,
    othersDeliveredSeq: 0,
    othersReadSeq: 0,
  }) as unknown as Head;

function world() {
  const clock = new VirtualClock();
  const heads = new Map<string, Head>();
  const preferences = new Map<string, Preference>();
  const requests = new Map<string, MessageRequest>();
  const list: ConversationList = new ConversationList(new Scheduler(), clock, {
    pending: () => undefined,
    typing: () => [],
    preference: (id) => preferences.get(id),
    request: (id) => requests.get(id),
    preview: ({ preview }) => preview,
    due: (id) => list.update(id, heads.get(id)),
  });
  const put = (next: Head) => {
    heads.set(next.conversation.id, next);
    list.update(next.conversation.id, next);
  };
  const prefer = (id: string, change: Partial<Preference>) => {
    preferences.set(id, { ...defaultPreference, ...preferences.get(id), ...change });
    list.update(id, heads.get(id));
  };
  const ask = (id: string, request: MessageRequest | undefined) => {
    if (request) requests.set(id, request);
    else requests.delete(id);
    list.update(id, heads.get(id));
  };
  const shown = () => list.list.get().map((entry) => entry.id);
  const archive = () => list.archive.get().map((entry) => entry.id);
  return { clock, list, put, prefer, ask, shown, archive };
}

test('what a stranger began stands apart, and asks for nothing, until it is accepted', () => {
  const { list, put, ask, shown } = world();
  const waiting = () => list.requests.get().map((entry) => entry.id);
  const request = { by: 'them', at: '2026-01-01T00:00:00.000Z' };
  ask('theirs', request);
  put(head('theirs', { kind: 'direct', createdBy: 'them' }));
  expect(waiting()).toEqual([]);
  put(head('theirs', { kind: 'direct', createdBy: 'them', lastSeq: 2, mentions: 1 }));
  expect([shown(), waiting()]).toEqual([[], ['theirs']]);
  expect(list.totals.get()).toEqual({ unread: 0, mentions: 0, conversations: 0 });
  // Whoever knows its address may open it all the same.
  expect(list.get('theirs').get()?.request).toEqual(request);

  ask('theirs', { ...request, declined: true });
  put(head('theirs', { kind: 'direct', createdBy: 'them', lastSeq: 3, mentions: 1 }));
  expect([shown(), waiting()]).toEqual([[], []]);
  ask('theirs', undefined);
  expect([shown(), waiting()]).toEqual([['theirs'], []]);
  expect(list.totals.get()).toEqual({ unread: 3, mentions: 1, conversations: 1 });
});

test('a direct conversation that somebody opened to me shows with its first message', () => {
  const { list, put, shown } = world();
  put(head('theirs', { kind: 'direct', createdBy: 'them' }));
  put(head('mine', { kind: 'direct' }));
  expect(shown()).toEqual(['mine']);
  // Whoever knows its address may open it all the same.
  expect(list.get('theirs').get()?.id).toBe('theirs');
  put(head('theirs', { kind: 'direct', createdBy: 'them', lastSeq: 1 }));
  expect(shown().toSorted()).toEqual(['mine', 'theirs']);
});

test('pinned ones stand on top in their order, whatever happens elsewhere', () => {
  const { put, prefer, shown } = world();
  for (const [n, id] of ['a', 'b', 'c', 'd'].entries()) put(head(id, { day: n + 1 }));
  expect(shown()).toEqual(['d', 'c', 'b', 'a']);
  prefer('a', { pinned: 1 });
  prefer('b', { pinned: 2 });
  expect(shown()).toEqual(['b', 'a', 'd', 'c']);
  put(head('c', { day: 9 }));
  put(head('a', { day: 8 }));
  expect(shown()).toEqual(['b', 'a', 'c', 'd']);
  prefer('b', { pinned: null });
  expect(shown()).toEqual(['a', 'c', 'd', 'b']);
});

test('moving a pinned one writes one number, until there is none between; the order is right each time', () => {
  const { list, put, prefer, shown } = world();
  for (const [n, id] of ['a', 'b', 'c', 'd'].entries()) {
    put(head(id));
    prefer(id, { pinned: 4 - n });
  }
  let most = 0;
  for (let n = 0; n < 200; n++) {
    // Always the last between the first two: the gap halves each time.
    const ids = shown();
    const moved = ids.at(-1)!;
    const places = placesAfter(pinnedOf(list.list.get()), moved, 1);
    most = Math.max(most, places.size);
    for (const [id, pinned] of places) prefer(id, { pinned });
    expect(shown()).toEqual([ids[0], moved, ...ids.slice(1, -1)]);
  }
  expect(most).toBe(4);
  expect(placesAfter(pinnedOf(list.list.get()), shown()[2]!, 2).size).toBe(0);
});

test('an archived one comes back with the next message, unless it is muted', async () => {
  const { clock, put, prefer, shown, archive } = world();
  put(head('a', { lastSeq: 3 }));
  put(head('b', { lastSeq: 3 }));
  prefer('a', { archivedSeq: 3 });
  prefer('b', { archivedSeq: 3, mutedUntil: new Date(clock.now() + 3_600_000).toISOString() });
  expect([shown(), archive().toSorted()]).toEqual([[], ['a', 'b']]);
  put(head('a', { lastSeq: 4 }));
  put(head('b', { lastSeq: 4 }));
  expect([shown(), archive()]).toEqual([['a'], ['b']]);
  // And by itself when its silence is over.
  await clock.pass(3_599_000);
  expect(archive()).toEqual(['b']);
  await clock.pass(2_000);
  expect([shown().toSorted(), archive()]).toEqual([['a', 'b'], []]);
});

test('what is archived or muted counts with its mentions only; marked unread counts as one', () => {
  const { list, put, prefer } = world();
  put(head('loud', { lastSeq: 5 }));
  put(head('muted', { lastSeq: 7, mentions: 2 }));
  put(head('archived', { lastSeq: 9 }));
  put(head('read'));
  prefer('muted', { mutedUntil: forever });
  prefer('archived', { archivedSeq: 9 });
  expect(list.totals.get()).toEqual({ unread: 7, mentions: 2, conversations: 2 });
  prefer('read', { markedUnread: true });
  expect(list.totals.get()).toEqual({ unread: 8, mentions: 2, conversations: 3 });
  prefer('archived', { archivedSeq: null });
  prefer('muted', { mutedUntil: null });
  expect(list.totals.get()).toEqual({ unread: 22, mentions: 2, conversations: 4 });
});
