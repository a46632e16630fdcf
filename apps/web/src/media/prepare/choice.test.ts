import { describe, expect, it } from 'vitest';
import { choose, fit, isFlat, isSeeThrough, sideOf } from './choice.ts';

describe('the size', () => {
  it.each([
    [{ width: 4000, height: 3000 }, 'standard', { width: 2048, height: 1536 }],
    [{ width: 3000, height: 4000 }, 'high', { width: 3000, height: 4000 }],
    [{ width: 8000, height: 10 }, 'high', { width: 4096, height: 5 }],
    [{ width: 9000, height: 1 }, 'standard', { width: 2048, height: 1 }],
    [{ width: 9000, height: 9000 }, 'original', { width: 9000, height: 9000 }],
  ] as const)('%o sent %s', (size, manner, expected) => {
    expect(fit(size, sideOf(manner))).toEqual(expected);
  });
});

describe('what goes out', () => {
  const photo = { resized: true, crisp: false };
  it.each([
    ['a photo made smaller', { ...photo, original: 4e6, lossy: 4e5 }, 'lossy'],
    ['one that was small already', { ...photo, resized: false, original: 1e5, lossy: 1.2e5 }, 'original'],
    [
      'one that would hardly be lighter',
      { ...photo, resized: false, original: 1e5, lossy: 9.5e4 },
      'original',
    ],
    ['one that grows when it shrinks', { ...photo, original: 1e5, lossy: 1.1e5 }, 'original'],
    ['one that must not go as it is', { ...photo, lossy: 1.1e9 }, 'lossy'],
    ['a screenshot', { resized: false, crisp: true, original: 9e4, lossy: 8e4, png: 9.5e4 }, 'original'],
    ['a large screenshot', { resized: true, crisp: true, original: 3e5, lossy: 8e4, png: 1e5 }, 'png'],
    [
      'a drawing that is heavy without loss',
      { resized: false, crisp: true, original: 9e6, lossy: 3e5, png: 8e6 },
      'lossy',
    ],
    [
      'a PNG that grows when it shrinks',
      { resized: true, crisp: true, original: 5e4, lossy: 7e4, png: 9e4 },
      'original',
    ],
  ] as const)('%s: %o', (_, candidates, expected) => {
    expect(choose(candidates)).toBe(expected);
  });
});

describe('pixels', () => {
  const rgba = (count: number, colour: (i: number) => readonly number[]): Uint8ClampedArray =>
    Uint8ClampedArray.from(Array.from({ length: count }, (_, i) => colour(i)).flat());

  it('of a drawing have few colours, of a photo many', () => {
    expect(isFlat(rgba(4096, (i) => [i % 20, 0, 0, 255]))).toBe(true);
    expect(isFlat(rgba(4096, (i) => [i % 256, i >> 4, (i * 7) % 256, 255]))).toBe(false);
  });

  it('are counted also where they do not begin their buffer', () => {
    const all = rgba(2048, (i) => (i < 1024 ? [i % 256, i >> 2, i % 199, 255] : [9, 9, 9, 255]));
    expect([isFlat(all.subarray(0, 4096)), isFlat(all.subarray(4096))]).toEqual([false, true]);
  });

  it('may let something shine through', () => {
    expect(isSeeThrough(rgba(9, () => [1, 2, 3, 255]))).toBe(false);
    expect(isSeeThrough(rgba(9, (i) => [1, 2, 3, i === 8 ? 254 : 255]))).toBe(true);
  });
});
