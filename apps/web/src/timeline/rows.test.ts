import type { TimelineMessage } from '@kith/client';
import { describe, expect, it } from 'vitest';
import { indexOfMessage, type Row, toRows } from './rows.ts';

const me = 'me';
let seq = 0;
function message(author: string, at: string, type: 'content' | 'system' = 'content'): TimelineMessage {
  seq++;
  const id = `m${seq}`;
  return {
    key: id,
    state: 'sent',
    record: {
      type: 'message',
      id,
      conversationId: 'c',
      seq,
      rev: seq,
      authorId: author,
      createdAt: new Date(`2026-03-0${at}`).toISOString(),
      body:
        type === 'system'
          ? { type: 'system', event: { type: 'joined' } }
          : { type: 'content', content: { type: 'plain', text: 'hi' } },
    },
  };
}
const rowsOf = (
  messages: TimelineMessage[],
  firstUnreadSeq?: number,
  previous: readonly Row[] = [],
  atStart = true,
) => toRows({ messages, meId: me, firstUnreadSeq, atStart }, previous);
const draw = (rows: readonly Row[]): string =>
  rows
    .map((row) => {
      if (row.type === 'message')
        return `${row.first ? '(' : ''}${row.message.record.authorId}${row.last ? ')' : ''}`;
      return row.type === 'system' ? `s${row.messages.length}` : row.type;
    })
    .join(' ');

describe('rows', () => {
  it('groups by author, five minutes and day', () => {
    const messages = [
      message('a', '1T10:00'),
      message('a', '1T10:04'),
      message('a', '1T10:10'),
      message('me', '1T10:11'),
      message('me', '1T23:59'),
      message('me', '2T00:01'),
    ];
    expect(draw(rowsOf(messages))).toBe('day (a a) (a) (me) (me) day (me)');
  });

  it('gathers system events and puts the unread line once', () => {
    const messages = [
      message('a', '1T10:00', 'system'),
      message('a', '1T10:00', 'system'),
      message('a', '1T10:01'),
      message('a', '1T10:02'),
      message('a', '1T10:03', 'system'),
    ];
    const unread = messages[3]!.record.seq;
    expect(draw(rowsOf(messages, unread))).toBe('day s2 (a) unread (a) s1');
    expect(indexOfMessage(rowsOf(messages, unread), messages[1]!.key)).toBe(1);
  });

  it('takes nothing from the oldest row when older ones come', () => {
    const messages = [
      message('a', '1T10:00'),
      message('a', '1T10:01'),
      message('a', '1T10:02'),
      message('me', '1T10:03'),
    ];
    const unread = messages[0]!.record.seq;
    const part = rowsOf(messages.slice(2), unread, [], false);
    expect(draw(part)).toBe('a) (me)');
    expect(draw(rowsOf(messages.slice(1), unread, part, false))).toBe('a a) (me)');
    const all = rowsOf(messages, unread, part);
    expect(draw(all)).toBe('day unread (a a a) (me)');
    expect(all.slice(-2)).toEqual(part);
    expect(all.at(-2)).toBe(part[0]);
    // The line stands where it is known to belong.
    expect(draw(rowsOf(messages, unread, [], false))).toBe('unread a a a) (me)');
  });

  it('keeps the objects of rows that did not change', () => {
    const messages = [message('a', '1T10:00'), message('a', '1T10:01'), message('me', '1T10:02')];
    const before = rowsOf(messages);
    expect(rowsOf(messages, undefined, before)).toBe(before);
    const after = rowsOf([...messages, message('me', '1T10:03')], undefined, before);
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[1]);
    expect(after[3]).not.toBe(before[3]);
  });
});
