import { expect, it } from 'vitest';
import { clockText, sizeText } from './words.ts';

it('says sizes in the largest unit that is not a fraction', () => {
  expect([0, 999, 1_000, 12_345, 999_600, 4_530_000, 123_456_789, 2_100_000_000].map(sizeText)).toEqual([
    '0 bytes',
    '999 bytes',
    '1 kB',
    '12 kB',
    '1 MB',
    '4.5 MB',
    '123 MB',
    '2.1 GB',
  ]);
});

it('says lengths as a clock does', () => {
  expect([0, 499, 7_000, 59_600, 750_000, 3_723_000].map(clockText)).toEqual([
    '0:00',
    '0:00',
    '0:07',
    '1:00',
    '12:30',
    '1:02:03',
  ]);
});
