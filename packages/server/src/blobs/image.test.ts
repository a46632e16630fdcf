import { KithError } from '@kith/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pngChunk, pngOf, type TestImage, testImage, testImages } from '../testing/images.ts';
import type { Image } from './format.ts';
import { readImage } from './image.ts';

const sizes: Record<TestImage, Pick<Image, 'mime' | 'width' | 'height' | 'frames'>> = {
  jpeg: { mime: 'image/jpeg', width: 24, height: 16, frames: 1 },
  // It lies on its side.
  jpegTurned: { mime: 'image/jpeg', width: 16, height: 24, frames: 1 },
  jpegProgressive: { mime: 'image/jpeg', width: 24, height: 16, frames: 1 },
  png: { mime: 'image/png', width: 12, height: 20, frames: 1 },
  apng: { mime: 'image/png', width: 8, height: 8, frames: 3 },
  webp: { mime: 'image/webp', width: 30, height: 10, frames: 1 },
  webpLossless: { mime: 'image/webp', width: 14, height: 9, frames: 1 },
  webpMoving: { mime: 'image/webp', width: 16, height: 16, frames: 2 },
  gif: { mime: 'image/gif', width: 10, height: 6, frames: 1 },
  gifMoving: { mime: 'image/gif', width: 10, height: 6, frames: 3 },
};

const refusal = (bytes: Buffer, side = 512): string => {
  try {
    readImage(bytes, side);
    return 'accepted';
  } catch (error) {
    if (error instanceof KithError) return error.code;
    throw error;
  }
};
const glued = (image: TestImage, tail: string): Buffer =>
  Buffer.concat([testImage(image), Buffer.from(tail, 'latin1')]);

describe('images', () => {
  it.each(testImages)(
    '%s: size and kind, nothing of its metadata, and nothing changes the second time',
    (name) => {
      const { bytes, ...found } = readImage(testImage(name), 512);
      expect(found).toEqual(sizes[name]);
      expect(bytes.includes('SECRET')).toBe(false);
      expect(readImage(bytes, 512).bytes.equals(bytes)).toBe(true);
    },
  );

  it('metadata was there to be removed', () => {
    for (const name of ['jpegTurned', 'png', 'webpLossless', 'webpMoving', 'gif', 'gifMoving'] as const)
      expect(testImage(name).includes('SECRET'), name).toBe(true);
  });

  it.each(testImages)('%s: what is glued to its end is cut off', (name) => {
    const page = '<html><script>alert(1)</script>PK\x03\x04';
    expect(readImage(glued(name, page), 512).bytes.includes('<script>')).toBe(false);
  });

  it.each(testImages)('%s: every part of it that is cut short is refused', (name) => {
    const whole = testImage(name);
    for (let length = 0; length < whole.length - 1; length += 7) {
      expect(refusal(whole.subarray(0, length)), `${length} of ${whole.length}`).toBe('bad_input');
    }
  });

  it('keeps no programs, whatever they are dressed as', () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const text of [
      svg,
      `<?xml version="1.0"?>${svg}`,
      '<html></html>',
      'GIF89a/*',
      'BM',
      '%PDF-1.7',
      '',
    ])
      expect(refusal(Buffer.from(text)), text).toBe('bad_input');
    // A program in a chunk of a picture does not arrive.
    const png = pngOf(4, 4);
    const end = png.length - 12;
    const hidden = Buffer.concat([
      png.subarray(0, end),
      pngChunk('prVt', Buffer.from('<script>')),
      png.subarray(end),
    ]);
    expect(readImage(hidden, 512).bytes.equals(png)).toBe(true);
    const unknown = Buffer.concat([
      png.subarray(0, end),
      pngChunk('PRVT', Buffer.alloc(1)),
      png.subarray(end),
    ]);
    expect(refusal(unknown)).toBe('bad_input');
  });

  it('refuses sizes that would fill the memory of whoever looks', () => {
    expect(refusal(pngOf(513, 1))).toBe('too_large');
    const header = Buffer.alloc(13);
    header.writeUInt32BE(0x7fff_ffff, 0);
    header.writeUInt32BE(0x7fff_ffff, 4);
    const png = pngOf(4, 4);
    const bomb = Buffer.concat([png.subarray(0, 8), pngChunk('IHDR', header), png.subarray(33)]);
    expect(refusal(bomb)).toBe('too_large');
    // Two thousand frames of a sticker's size, each a few bytes.
    const gif = testImage('gifMoving');
    const wide = Buffer.from(gif);
    wide.writeUInt16LE(512, 6);
    wide.writeUInt16LE(512, 8);
    const frame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0, 0]);
    const many = Buffer.concat([
      wide.subarray(0, -1),
      ...Array.from({ length: 2_000 }, () => frame),
      Buffer.from([0x3b]),
    ]);
    expect(refusal(many)).toBe('too_large');
  });

  it('refuses pictures that contradict their header', () => {
    const gif = Buffer.from(testImage('gif'));
    gif.writeUInt16LE(1, 6);
    expect(refusal(gif)).toBe('bad_input');
    const webp = Buffer.from(testImage('webpLossless'));
    webp.writeUIntLE(99, 24, 3);
    expect(refusal(webp)).toBe('bad_input');
    const png = pngOf(4, 4);
    png[20] = (png[20] ?? 0) ^ 1;
    expect(refusal(png)).toBe('bad_input');
  });

  it('throws nothing but refusals, whatever comes', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom(...testImages), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }))
        .map(([name, changes]) => {
          const bytes = Buffer.from(testImage(name));
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          return bytes;
        }),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        expect(['accepted', 'bad_input', 'too_large']).toContain(refusal(bytes));
      }),
      { numRuns: 3_000 },
    );
  });
});
