import { describe, expect, it } from 'vitest';
import { fuzzyScore } from './fuzzy.ts';

const ranked = (typed: string, names: readonly string[]): string[] =>
  names
    .flatMap((name) => {
      const score = fuzzyScore(typed, name);
      return score === null ? [] : [{ name, score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ name }) => name);

describe('a fuzzy score', () => {
  it.each([
    ['gen', ['Origen', 'General', 'Garden'], ['General', 'Garden', 'Origen']],
    ['bc', ['Abacus', 'Book Club', 'ABC'], ['Book Club', 'ABC', 'Abacus']],
    ['ann', ['Anna Meier', 'Joanna', 'Anna'], ['Anna', 'Anna Meier', 'Joanna']],
    ['zoe', ['Zoë', 'Zone'], ['Zoë', 'Zone']],
    ['dsg', ['design-systems-guild', 'Desk'], ['design-systems-guild']],
    ['xyz', ['Anna'], []],
  ])('of %s ranks %j as %j', (typed, names, expected) => {
    expect(ranked(typed, names)).toEqual(expected);
  });

  it('ignores spaces, and takes everything for nothing', () => {
    expect(fuzzyScore('book cl', 'Book Club')).not.toBeNull();
    expect(fuzzyScore('  ', 'Anna')).toBe(0);
  });

  it('is quick with long names', () => {
    const began = performance.now();
    for (let i = 0; i < 20; i += 1) fuzzyScore('a'.repeat(250), 'a'.repeat(5_000));
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
