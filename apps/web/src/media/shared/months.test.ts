import { expect, it } from 'vitest';
import { byMonth } from './months.ts';

/** By the clock here, wherever that is. */
const at = (year: number, month: number, day: number, hour = 12): string =>
  new Date(year, month - 1, day, hour).toISOString();

it('parts a list at the ends of months, by the calendar here', () => {
  const times = [at(2026, 11, 1, 0), at(2026, 10, 31, 23), at(2026, 10, 2), at(2026, 3, 15), at(2025, 3, 15)];
  const months = byMonth(times, (time) => time);
  expect(months.map(({ key, items }) => [key, items.length])).toEqual([
    ['2026-11', 1],
    ['2026-10', 2],
    ['2026-03', 1],
    ['2025-03', 1],
  ]);
  expect(months.flatMap(({ items }) => items)).toEqual(times);
  expect(new Date(months[2]?.at ?? 0).getMonth()).toBe(2);
});

it('nothing has no months', () => {
  expect(byMonth([], () => '')).toEqual([]);
});
