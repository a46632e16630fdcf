import { describe, expect, it } from 'vitest';
import { nextRate, type Try } from './ladder.ts';

/** Climbs against a system that passes up to `limit`; all rates tried. */
function climb(start: number, limit: number, maxTries = 20): number[] {
  const tries: Try[] = [];
  for (;;) {
    const rate = nextRate({ start, factor: 1.25, maxTries }, tries);
    if (rate === null) return tries.map((one) => one.rate);
    tries.push({ rate, passed: rate <= limit, clear: rate < limit / 3 || rate > limit * 1.5 });
  }
}

const best = (rates: readonly number[], limit: number): number =>
  Math.max(...rates.filter((rate) => rate <= limit));

describe('nextRate', () => {
  it('finds what a system reaches, from below and from above', () => {
    for (const start of [10, 100, 900, 1_000, 1_500, 20_000]) {
      const reached = best(climb(start, 1_000), 1_000);
      expect(reached).toBeGreaterThan(1_000 / 1.26);
    }
  });

  it('needs few tries when it begins near', () => {
    expect(climb(900, 1_000).length).toBeLessThanOrEqual(6);
  });

  it('tries a near miss again, and only once', () => {
    const miss: Try = { rate: 100, passed: false, clear: false };
    expect(nextRate({ start: 100, factor: 1.4, maxTries: 9 }, [miss])).toBe(100);
    expect(nextRate({ start: 100, factor: 1.4, maxTries: 9 }, [miss, miss])).toBeCloseTo(100 / 1.4);
    expect(nextRate({ start: 100, factor: 1.4, maxTries: 9 }, [{ ...miss, clear: true }])).toBeCloseTo(
      100 / 1.4 ** 2,
    );
  });

  it('forgets a failure below a rate that passed', () => {
    const tries = [
      { rate: 100, passed: false, clear: false },
      { rate: 100, passed: true, clear: false },
    ];
    expect(nextRate({ start: 100, factor: 1.4, maxTries: 9 }, tries)).toBeCloseTo(140);
  });

  it('is bounded, upwards and downwards', () => {
    expect(climb(1, Number.POSITIVE_INFINITY, 5)).toHaveLength(5);
    expect(climb(100, 0, 50).length).toBeLessThan(30);
  });
});
