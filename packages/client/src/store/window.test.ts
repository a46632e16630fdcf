import type { MessageRecord } from '@kith/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConversationWindow, type HistoryPage } from './window.ts';

const message = (seq: number, rev: number): MessageRecord => ({
  type: 'message',
  id: `m${seq}`,
  conversationId: 'c',
  seq,
  rev,
  authorId: 'a',
  createdAt: '',
  body: { type: 'content', content: { type: 'plain', text: `${seq} at ${rev}` } },
});
const page = (
  messages: MessageRecord[],
  rev: number,
  lastSeq: number,
  over: Partial<HistoryPage> = {},
): HistoryPage => ({
  messages,
  quoted: [],
  users: [],
  rev,
  lastSeq,
  atStart: false,
  atEnd: true,
  ...over,
});
const all = (window: ConversationWindow) =>
  [...window.messages(0, window.endSeq)].map(({ seq, rev }) => [seq, rev]);

describe('S3, S4: a window', () => {
  test('new messages go to the end, older states change nothing', () => {
    const window = new ConversationWindow('c', 5, 3);
    window.insertPage(window.expectPage(), {}, page([message(2, 2), message(3, 3)], 5, 3));
    window.apply({ from: 6, to: 7, records: [message(4, 6), message(2, 7)] });
    expect(all(window)).toEqual([
      [2, 7],
      [3, 3],
      [4, 6],
    ]);
    expect(window.runs).toEqual([{ from: 2, to: 4 }]);
    expect(window.apply({ from: 6, to: 7, records: [message(2, 6)] })).toEqual([]);
    expect(all(window)).toEqual([
      [2, 7],
      [3, 3],
      [4, 6],
    ]);
  });

  test('a jump in the revisions is refused', () => {
    const window = new ConversationWindow('c', 5, 3);
    expect(() => window.apply({ from: 7, to: 7, records: [] })).toThrow(RangeError);
  });

  test('a page older than the changes that came meanwhile does not undo them', () => {
    const window = new ConversationWindow('c', 5, 3);
    const ticket = window.expectPage();
    window.apply({ from: 6, to: 6, records: [message(1, 6)] }); // not loaded yet
    window.apply({ from: 7, to: 7, records: [message(4, 7)] });
    window.insertPage(
      ticket,
      {},
      page([message(1, 1), message(2, 2), message(3, 3)], 5, 3, { atStart: true }),
    );
    window.forgoPage();
    expect(all(window)).toEqual([
      [1, 6],
      [2, 2],
      [3, 3],
      [4, 7],
    ]);
    expect(window.runs).toEqual([{ from: 0, to: 4 }]);
  });

  test('a page newer than the window is true as well; the changes that follow change nothing', () => {
    const window = new ConversationWindow('c', 5, 3);
    window.insertPage(window.expectPage(), {}, page([message(3, 7), message(4, 6)], 7, 4));
    window.forgoPage();
    expect(window.rev).toBe(5);
    window.apply({ from: 6, to: 6, records: [message(4, 6)] });
    window.apply({ from: 7, to: 7, records: [message(3, 7)] });
    expect(all(window)).toEqual([
      [3, 7],
      [4, 6],
    ]);
    expect(window.rev).toBe(7);
  });

  test('so many changes meanwhile that they cannot be kept: the page is asked for again', () => {
    const window = new ConversationWindow('c', 0, 0);
    const ticket = window.expectPage();
    const records = Array.from({ length: 3_000 }, (_, n) => message(n + 1, n + 1));
    window.apply({ from: 1, to: 3_000, records });
    expect(window.insertPage(ticket, {}, page([], 0, 0))).toBe(false);
  });

  test('trimming keeps what is near the reader, and leaves a hole, not a lie', () => {
    const window = new ConversationWindow('c', 0, 0);
    window.apply({ from: 1, to: 100, records: Array.from({ length: 100 }, (_, n) => message(n + 1, n + 1)) });
    window.trim(40, 20);
    expect(window.size).toBe(40);
    expect(window.runs).toEqual([{ from: 1, to: 40 }]);
    window.apply({ from: 101, to: 101, records: [message(101, 101)] });
    expect(window.runs).toEqual([
      { from: 1, to: 40 },
      { from: 101, to: 101 },
    ]);
  });

  test('any interleaving of pages and changes ends up as the server is', () => {
    const event = fc.oneof(
      fc.constant({ type: 'new' } as const),
      fc.record({ type: fc.constant('edit' as const), pick: fc.nat() }),
      fc.record({ type: fc.constant('ask' as const), pick: fc.nat() }),
      fc.constant({ type: 'answer' } as const),
      fc.constant({ type: 'hear' } as const),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        const server: MessageRecord[] = [1, 2, 3, 4, 5].map((seq) => message(seq, seq));
        let rev = 5;
        const told: { rev: number; record: MessageRecord }[] = [];
        const pages: { answer: () => void }[] = [];
        const window = new ConversationWindow('c', rev, 5);
        const hear = () => {
          const next = told.shift();
          if (next) window.apply({ from: next.rev, to: next.rev, records: [next.record] });
        };
        const change = (record: MessageRecord) => {
          server[record.seq - 1] = record;
          told.push({ rev, record });
        };
        for (const each of events) {
          if (each.type === 'new') change(message(server.length + 1, ++rev));
          else if (each.type === 'edit') change(message(1 + (each.pick % server.length), ++rev));
          else if (each.type === 'hear') hear();
          else if (each.type === 'answer') pages.shift()?.answer();
          else {
            // Answered as of now, received later.
            const before = 2 + (each.pick % server.length);
            const from = Math.max(0, before - 4);
            const answer = page(server.slice(from, before - 1), rev, server.length, {
              atStart: from === 0,
              atEnd: before > server.length,
            });
            const ticket = window.expectPage();
            pages.push({
              answer: () => {
                window.insertPage(ticket, { before }, answer);
                window.forgoPage();
              },
            });
          }
        }
        for (const { answer } of pages) answer();
        while (told.length > 0) hear();
        for (const run of window.runs) {
          expect([...window.messages(run.from, run.to)]).toEqual(
            server.slice(Math.max(0, run.from - 1), run.to),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
