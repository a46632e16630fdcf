import { describe, expect, it } from 'vitest';
import { split } from './split.ts';
import { mentionDraft, replace, toWire } from './text.ts';

const of = (text: string, limit: number): string[] =>
  split({ text, mentions: [] }, limit).map((part) => part.text);

describe('split', () => {
  it('cuts between paragraphs, else lines, else words, else letters', () => {
    expect(of('one two three\n\nfour five', 16)).toEqual(['one two three\n\n', 'four five']);
    expect(of('one two three\nfour five', 16)).toEqual(['one two three\n', 'four five']);
    expect(of('one two three four', 16)).toEqual(['one two three ', 'four']);
    expect(of('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
  });

  it('loses nothing, fits, and leaves letters whole', () => {
    const text = `${'word '.repeat(9_000)}${'😀'.repeat(20_001)}\n\n${'y'.repeat(30_000)}`;
    const parts = of(text, 20_000);
    expect(parts.join('')).toBe(text);
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(20_000);
      expect(part.isWellFormed()).toBe(true);
    }
  });

  it('leaves mentions whole, and counts them as they are sent', () => {
    const id = '0192f0aa-0000-7000-8000-000000000001';
    let draft = { text: 'a'.repeat(40), mentions: [] } as ReturnType<typeof mentionDraft>;
    for (let n = 0; n < 6; n += 1)
      draft = replace(draft, draft.text.length, draft.text.length, mentionDraft('Ana Lima', id));
    const parts = split(draft, 100);
    expect(parts.map(({ text }) => text).join('')).toBe(draft.text);
    expect(parts.flatMap(({ mentions }) => mentions)).toHaveLength(6);
    for (const part of parts) expect(toWire(part).length).toBeLessThanOrEqual(100);
  });

  it('makes no parts of nothing', () => {
    expect(of('', 10)).toEqual([]);
    expect(of(' '.repeat(30), 10)).toEqual([]);
  });
});
