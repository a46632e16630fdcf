import type { Head, MessageRecord } from '@kith/protocol';
import { limits } from '@kith/protocol/limits';
import { describe, expect, test } from 'vitest';
import { foldHead } from './heads.ts';

const message = (seq: number, rev: number, over: Partial<MessageRecord> = {}): MessageRecord => ({
  type: 'message',
  id: `m${seq}`,
  conversationId: 'c',
  seq,
  rev,
  authorId: 'other',
  createdAt: '',
  body: { type: 'content', content: { type: 'plain', text: '' } },
  ...over,
});
const deleted = { type: 'deleted', at: '', by: 'other' } as const;
const head = (over: Partial<Head> = {}): Head =>
  ({
    conversation: { rev: 1 },
    membership: { rev: 1, visibleAfter: 0 },
    rev: 10,
    lastSeq: 5,
    readSeq: 3,
    unread: 2,
    mentions: 0,
    preview: message(5, 5),
    othersDeliveredSeq: 0,
    othersReadSeq: 0,
    ...over,
  }) as Head;
const fold = (record: MessageRecord, before?: MessageRecord, from = head()) =>
  foldHead(from, { from: record.rev, to: record.rev, records: [record] }, 'me', () => before);

describe('S9: unread and mentions', () => {
  test('a new message of another counts, with a mention of me or all; own, system and deleted ones do not', () => {
    expect(fold(message(6, 11)).head).toMatchObject({ unread: 3, mentions: 0, lastSeq: 6, rev: 11 });
    expect(fold(message(6, 11, { mentions: ['me'] })).head).toMatchObject({ unread: 3, mentions: 1 });
    expect(fold(message(6, 11, { mentionsAll: true })).head).toMatchObject({ unread: 3, mentions: 1 });
    expect(fold(message(6, 11, { authorId: 'me' })).head).toMatchObject({ unread: 2, lastSeq: 6 });
    expect(fold(message(6, 11, { body: { type: 'system', event: { type: 'joined' } } })).head.unread).toBe(2);
    expect(fold(message(6, 11, { body: deleted })).head.unread).toBe(2);
  });

  test('T1: a reply in a thread counts only where it was sent to the main line too', () => {
    const thread = { rootId: 'm1', rootSeq: 1 };
    expect(fold(message(6, 11, { thread, mentions: ['me'] })).head).toMatchObject({
      unread: 2,
      mentions: 0,
      lastSeq: 6,
      preview: { id: 'm5' },
    });
    expect(fold(message(6, 11, { thread: { ...thread, alsoSent: true } })).head).toMatchObject({
      unread: 3,
      preview: { id: 'm6' },
    });
    // Unknown as it was, and yet nothing to ask for.
    const gone = message(4, 11, { thread, body: deleted });
    expect(fold(gone)).toMatchObject({ unsure: false, head: { unread: 2 } });
  });

  test('the same revisions again change nothing', () => {
    const once = fold(message(6, 11)).head;
    expect(fold(message(6, 11), undefined, once).head).toEqual(once);
  });

  test('an unread message deleted or edited: exact when it is known as it was, else unsure', () => {
    expect(fold(message(4, 11, { body: deleted }), message(4, 4))).toMatchObject({
      unsure: false,
      head: { unread: 1 },
    });
    expect(fold(message(4, 11, { body: deleted }))).toMatchObject({ unsure: true });
    const edited = { at: '', count: 1 };
    expect(fold(message(4, 11, { edited, mentions: ['me'] }), message(4, 4))).toMatchObject({
      unsure: false,
      head: { unread: 2, mentions: 1 },
    });
    expect(fold(message(4, 11, { edited }))).toMatchObject({ unsure: true });
    expect(fold(message(4, 11, { reactions: [] }))).toMatchObject({ unsure: false, head: { unread: 2 } });
    expect(fold(message(3, 11, { body: deleted }))).toMatchObject({ unsure: false }); // read long ago
  });

  test('"more than the cap" stays so, and only the server can count back below it', () => {
    const many = head({ unread: limits.unreadCap + 1 });
    expect(fold(message(6, 11), undefined, many).head.unread).toBe(limits.unreadCap + 1);
    expect(fold(message(4, 11, { body: deleted }), message(4, 4), many).unsure).toBe(true);
  });
});

describe('the preview', () => {
  test('is the newest message, as it is now; when it is deleted another must be found', () => {
    expect(fold(message(6, 11)).head.preview?.id).toBe('m6');
    expect(fold(message(5, 11, { edited: { at: '', count: 1 } }), message(5, 5)).head.preview?.rev).toBe(11);
    expect(fold(message(5, 11, { body: deleted }), message(5, 5)).previewGone).toBe(true);
    const both = foldHead(
      head(),
      { from: 11, to: 12, records: [message(5, 11, { body: deleted }), message(6, 12)] },
      'me',
      () => message(5, 5),
    );
    expect(both).toMatchObject({ previewGone: false, head: { preview: { id: 'm6' } } });
  });
});
