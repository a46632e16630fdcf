import { expect, it } from 'vitest';
import { parseStat } from './processes.ts';

it('reads the times after a name with brackets and spaces', () => {
  const line = '42 (a) b (c)) S 7 42 42 0 -1 4194560 100 200 0 0 11 5 3 2 20 0 1 0 100 1000 10';
  expect(parseStat(line)).toEqual({ pid: 42, parent: 7, cpuMs: 210 });
});
