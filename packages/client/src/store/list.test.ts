import type { Head } from '@kith/protocol';
import { expect, test } from 'vitest';
import { Scheduler } from '../reactive.ts';
import { ConversationList } from './list.ts';

const direct = (id: string, createdBy: string, lastSeq: number): Head =>
  ({
    conversation: {
      id,
      kind: 'direct',
      createdBy,
      createdAt: '2026-01-01T00:00:00.000Z',
      rev: 1,
      memberCount: 2,
    },
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
    mentions: 0,
    preview: null,
    othersDeliveredSeq: 0,
    othersReadSeq: 0,
  }) as unknown as Head;

test('a direct conversation that somebody opened to me shows with its first message', () => {
  const list = new ConversationList(new Scheduler(), { pending: () => undefined, typing: () => [] });
  list.update('theirs', direct('theirs', 'them', 0));
  list.update('mine', direct('mine', 'me', 0));
  expect(list.list.get().map((entry) => entry.id)).toEqual(['mine']);
  // Whoever knows its address may open it all the same.
  expect(list.get('theirs').get()?.id).toBe('theirs');
  list.update('theirs', direct('theirs', 'them', 1));
  expect(
    list.list
      .get()
      .map((entry) => entry.id)
      .sort(),
  ).toEqual(['mine', 'theirs']);
});
