import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeHidden, hiddenChanges, isHidden, type SeqRange } from './hidden.ts';

const seqs = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 20 });
const places = (ranges: readonly SeqRange[]): number[] =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));

describe('what a person hid', () => {
  test('is what was hidden and not shown again, in ranges that neither meet nor touch', () => {
    fc.assert(
      fc.property(seqs, seqs, seqs, (first, hide, show) => {
        const before = changeHidden([], first, []);
        const after = changeHidden(before, hide, show);
        const expected = new Set([...first.filter((seq) => !show.includes(seq)), ...hide]);
        expect(places(after)).toEqual([...expected].sort((a, b) => a - b));
        for (const [index, [from]] of after.entries())
          expect(from).toBeGreaterThan((after[index - 1]?.[1] ?? -1) + 1);
        for (let seq = 0; seq <= 42; seq++) expect(isHidden(after, seq)).toBe(expected.has(seq));
      }),
    );
  });

  test('says what appears and what goes', () => {
    fc.assert(
      fc.property(seqs, seqs, (a, b) => {
        const before = changeHidden([], a, []);
        const after = changeHidden([], b, []);
        const changed = [...hiddenChanges(before, after)];
        for (let seq = 1; seq <= 42; seq++) {
          const told = changed.filter(({ from, to }) => from <= seq && seq <= to);
          const flips = a.includes(seq) !== b.includes(seq);
          expect(told.map(({ hidden }) => hidden)).toEqual(flips ? [b.includes(seq)] : []);
        }
      }),
    );
  });
});
