import { describe, expect, it } from 'vitest';
import { logScale, spread } from './plotScale.ts';

describe('logScale', () => {
  it('gives each power of ten the same room', () => {
    const { at, ticks } = logScale(1, 1_000, 300);
    expect(at(1)).toBeCloseTo(0);
    expect(at(10)).toBeCloseTo(100);
    expect(at(1_000)).toBeCloseTo(300);
    expect(ticks).toEqual([1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]);
  });
});

describe('spread', () => {
  it('keeps what is far enough apart', () => {
    expect(spread([10, 50, 90], 15, 100)).toEqual([10, 50, 90]);
  });

  it('makes room, keeps the order and stays within the end', () => {
    const [a, b, c] = spread([98, 97, 10], 15, 100) as [number, number, number];
    expect(c).toBe(10);
    expect(a - b).toBeGreaterThanOrEqual(15);
    expect(a).toBeLessThanOrEqual(100);
  });
});
