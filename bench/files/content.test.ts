import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { CHUNK_BYTES, contentOf, digestOf, noiseOf } from './content.ts';

const lengths = (size: number): number[] => [...noiseOf(size).pieces()].map((piece) => piece.length);

it('is sent in chunks, the last of them shorter', () => {
  expect(lengths(100_000)).toEqual([100_000]);
  expect(lengths(CHUNK_BYTES)).toEqual([CHUNK_BYTES]);
  expect(lengths(2 * CHUNK_BYTES + 1)).toEqual([CHUNK_BYTES, CHUNK_BYTES, 1]);
});

it('has the digest of its bytes, which are no zeros', () => {
  const bytes = Buffer.concat([...noiseOf(CHUNK_BYTES + 3).pieces()]);
  expect(digestOf(noiseOf(CHUNK_BYTES + 3))).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(new Set(bytes.subarray(0, 4_096)).size).toBeGreaterThan(200);
});

it('refuses a picture that would take two requests', () => {
  expect(() => contentOf(Buffer.alloc(CHUNK_BYTES + 1), 'image/png')).toThrow('one request');
});
