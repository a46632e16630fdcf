import type { Head, MessageRecord } from '@kith/protocol';
import { expect, test } from 'vitest';
import { Store } from './store.ts';

const headAt = (rev: number, over: Partial<Head> = {}): Head =>
  ({
    conversation: { id: 'c', rev: 1, memberCount: 2 },
    membership: { conversationId: 'c', rev: 1, state: 'joined', joinedAt: '', visibleAfter: 0 },
    rev,
    lastSeq: rev,
    readSeq: 0,
    unread: rev,
    mentions: 0,
    preview: null,
    othersDeliveredSeq: 0,
    othersReadSeq: 0,
    ...over,
  }) as Head;

test('S9: a head that events have overtaken may still bring news of the marks, which raise no rev', () => {
  const store = new Store(async () => undefined);
  store.setMe('me');
  store.handleHead(headAt(5));
  // Read up to 3 on another device while this one was away; an event came in between the question and its answer.
  const older = headAt(4, { readSeq: 3, unread: 1, othersDeliveredSeq: 4, othersReadSeq: 2 });
  expect(store.handleHead(older)).toEqual({ stale: true, unsure: true });
  expect(store.head('c')).toMatchObject({ rev: 5, readSeq: 3, othersDeliveredSeq: 4, othersReadSeq: 2 });
  // Older marks change nothing.
  expect(store.handleHead(headAt(4, { readSeq: 1 }))).toEqual({ stale: true, unsure: false });
  expect(store.head('c')).toMatchObject({ rev: 5, readSeq: 3 });
});

test('S13: an older leaving that comes late does not let an older joining in', () => {
  const store = new Store(async () => undefined);
  const membership = headAt(1).membership;
  const joined = headAt(7, { membership: { ...membership, rev: 7 } });
  for (const rev of [9, 5]) store.handleLeft({ ...membership, rev, state: 'left' });
  store.handleHead(joined);
  expect(store.head('c')).toBeUndefined();
  store.handleHead(headAt(10, { membership: { ...membership, rev: 10 } }));
  expect(store.head('c')).toBeDefined();
});

test('S18: what one chose elsewhere shows, also where others have chosen since', () => {
  const store = new Store(async () => undefined);
  store.setMe('me');
  store.handleHead(headAt(0, { lastSeq: 0, unread: 0 }));
  store.windows.ensure('c', 0, 0);
  const poll = (rev: number, counts: number[], mine?: number) =>
    ({
      type: 'message',
      id: 'm',
      conversationId: 'c',
      seq: 1,
      rev,
      authorId: 'them',
      createdAt: '',
      body: { type: 'content', content: { type: 'plain', text: '' } },
      poll: {
        voters: 1,
        options: counts.map((count, place) => ({
          count,
          ...(mine !== undefined && { mine: place === mine }),
        })),
      },
    }) as unknown as MessageRecord;
  const told = (rev: number, counts: number[]) =>
    store.handleBatch('c', { from: rev, to: rev, records: [poll(rev, counts)] });
  const mine = () =>
    store.windows
      .get('c')
      ?.byId('m')
      ?.poll?.options.map((option) => option.mine);
  told(1, [0, 0]);
  told(2, [0, 1]);
  expect(mine()).toEqual([false, false]);
  store.handleChosen(poll(2, [0, 1], 1));
  expect(mine()).toEqual([false, true]);
  // Changed there, and somebody else's vote came before it was told.
  told(3, [1, 0]);
  told(4, [1, 1]);
  store.handleChosen(poll(3, [1, 0], 0));
  expect(mine()).toEqual([true, false]);
  expect(store.windows.get('c')?.byId('m')?.rev).toBe(4);
});
