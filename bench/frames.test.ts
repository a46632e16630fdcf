import { describe, expect, it } from 'vitest';
import { readFrames, stampedText } from './frames.ts';

const event = (messages: { seq: number; text: string }[]): string =>
  JSON.stringify({
    t: 'event',
    event: {
      type: 'records',
      records: messages.map(({ seq, text }) => ({ type: 'message', seq, body: { content: { text } } })),
    },
  });

function read(text: string): unknown[] {
  const seen: unknown[] = [];
  readFrames(text, {
    reply: (id) => seen.push(['reply', id]),
    failed: (id) => seen.push(['failed', id]),
    message: (due, sender) => seen.push(['message', due, sender]),
    lastSeq: (seq) => seen.push(['seq', seq]),
    other: (frame) => seen.push(['other', frame]),
  });
  return seen;
}

describe('readFrames', () => {
  it('finds every stamped message of an event, and the last place', () => {
    const text = event([
      { seq: 7, text: stampedText(12.5, 3, 60) },
      { seq: 8, text: stampedText(13.25, 99_999, 60) },
    ]);
    expect(read(text)).toEqual([
      ['message', 12.5, 3],
      ['message', 13.25, 99_999],
      ['seq', 8],
    ]);
  });

  it('keeps the frames of one message apart', () => {
    const ping = '{"t":"pong"}';
    const lines = [
      '{"t":"reply","id":41,"output":{"seq":5}}',
      event([{ seq: 1, text: stampedText(1, 2, 40) }]),
      ping,
      '{"t":"failed","id":42,"error":{}}',
    ];
    expect(read(lines.join('\n'))).toEqual([
      ['reply', 41],
      ['message', 1, 2],
      ['seq', 1],
      ['other', ping],
      ['failed', 42],
    ]);
  });

  it('makes texts of the asked length', () => {
    expect(stampedText(1, 2, 100)).toHaveLength(100);
  });
});
