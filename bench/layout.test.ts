import { expect, test } from 'vitest';
import { gatherings } from './layout.ts';

test('everybody is in as many groups as asked, of the size asked, each time with others', () => {
  const groups = gatherings(500, 50, 20);
  expect(groups.length).toBe(200);
  expect(new Set(groups.map((group) => group.length))).toEqual(new Set([50]));
  const counts = new Map<number, number>();
  for (const i of groups.flat()) counts.set(i, (counts.get(i) ?? 0) + 1);
  expect([...counts.values()].every((count) => count === 20)).toBe(true);
  expect(groups[0]).not.toEqual(groups[10]);
});

test('a few people still gather', () => {
  expect(gatherings(3, 50, 2)).toEqual([
    [0, 1, 2],
    [0, 1, 2],
  ]);
});
