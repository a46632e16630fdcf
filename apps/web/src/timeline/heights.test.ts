import { describe, expect, it } from 'vitest';
import { Heights, rowAt } from './heights.ts';

const rows = (keys: string) => [...keys].map((key) => ({ key }));

describe('heights', () => {
  it('are guessed until they are measured, and stay with their row wherever it goes', () => {
    const heights = new Heights();
    const guess = heights.tops(rows('a'))[1]!;
    expect(guess).toBeGreaterThan(0);
    expect(heights.note('b', 100.5)).toBe(true);
    expect(heights.note('b', 100.5)).toBe(false);
    expect([...heights.tops(rows('abc'))]).toEqual([0, guess, guess + 100.5, 2 * guess + 100.5]);
    expect([...heights.tops(rows('b'))]).toEqual([0, 100.5]);
    expect(heights.note('b', 90)).toBe(true);
    expect([...heights.tops(rows('ba'))]).toEqual([0, 90, 90 + guess]);
  });

  it('are not known of more rows than anybody looks at', () => {
    const heights = new Heights();
    for (let i = 0; i <= 20_000; i += 1) heights.note(`row ${i}`, 10);
    const [first, second] = [heights.tops([{ key: 'row 0' }])[1], heights.tops([{ key: 'row 1' }])[1]];
    expect(first).toBe(heights.tops([{ key: 'never drawn' }])[1]);
    expect(second).toBe(10);
  });

  it('tell which row is where', () => {
    const tops = Float64Array.of(0, 10, 30, 30, 60);
    const found = [-5, 0, 9.9, 10, 29, 30, 59, 60, 1_000].map((y) => rowAt(tops, y));
    expect(found).toEqual([0, 0, 0, 1, 1, 3, 3, 3, 3]);
    expect(rowAt(Float64Array.of(0), 5)).toBe(-1);
    expect(rowAt(Float64Array.of(0, 10), 50)).toBe(0);
  });
});
