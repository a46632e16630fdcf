import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, changesOf, shortened } from './changes.ts';

const SIGNS = { same: '', removed: '-', added: '+' } as const;
const flat = (changes: readonly Change[] | undefined) =>
  changes?.map(({ type, text }) => `${SIGNS[type]}${text}`);

describe('changesOf', () => {
  it.each([
    ['We meet at fvie', 'We meet at five', ['We meet at ', '-fvie', '+five']],
    ['a b', 'a b c', ['a b', '+ c']],
    ['same', 'same', ['same']],
    ['', 'new', ['+new']],
    ['Café crème', 'Café noir', ['Café ', '-crème', '+noir']],
    ['اللقاء في الخامسة', 'اللقاء في السادسة', ['اللقاء في ', '-الخامسة', '+السادسة']],
    ['我们五点见面', '我们六点见面', ['我们', '-五', '+六', '点见面']],
  ])('%j to %j', (before, after, expected) => {
    expect(flat(changesOf(before, after))).toEqual(expected);
  });

  it('tells both texts whole, whatever they are', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 80 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const changes = changesOf(before, after) ?? [];
        const side = (hidden: Change['type']) =>
          changes.flatMap((change) => (change.type === hidden ? [] : [change.text])).join('');
        expect([side('added'), side('removed')]).toEqual([before, after]);
      }),
    );
  });

  it('gives up in time where all is different', () => {
    const long = (word: string) => Array.from({ length: 3_300 }, (_, n) => `${word}${n}`).join(' ');
    const start = performance.now();
    expect(changesOf(long('a'), long('b'))).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('shortened', () => {
  it('keeps what stands around a change, and no letter in halves', () => {
    const smiles = '😀'.repeat(200);
    const [before, , after] = shortened([
      { type: 'same', text: `x${smiles}` },
      { type: 'added', text: 'new' },
      { type: 'same', text: `${smiles}x` },
    ]);
    for (const change of [before, after]) {
      expect(change?.text.length).toBeLessThan(70);
      expect(change?.text.isWellFormed()).toBe(true);
    }
    expect(before?.text.startsWith('…')).toBe(true);
    expect(after?.text.endsWith('…')).toBe(true);
  });

  it('shows all of what was not changed', () => {
    const all = [{ type: 'same', text: 'a '.repeat(500) }] as const;
    expect(shortened(all)).toEqual(all);
  });
});
