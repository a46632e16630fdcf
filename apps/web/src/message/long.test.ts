import { expect, it } from 'vitest';
import { cutLong } from './long.ts';

it('cuts what is long, by lines or by length', () => {
  expect(cutLong('short')).toBeUndefined();
  expect(cutLong('a\n'.repeat(44))).toBeUndefined();
  expect(cutLong('a\n'.repeat(60))?.split('\n')).toHaveLength(40);
  expect(cutLong('word '.repeat(640))).toBeUndefined();
  expect(cutLong('word '.repeat(1_000))?.length).toBeLessThanOrEqual(3_000);
  expect(cutLong('😀'.repeat(5_000))?.isWellFormed()).toBe(true);
  expect(cutLong(`a${'😀'.repeat(5_000)}`)?.isWellFormed()).toBe(true);
  expect(cutLong('\n'.repeat(20_000))?.length).toBeLessThan(60);
});
