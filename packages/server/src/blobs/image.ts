/**
 * What an image is, by its bytes: nobody's word for it is taken. A reader walks the whole container, keeps the parts that draw and
 * drops the rest: place and time of the picture, comments, thumbnails, whatever follows its end (a page or an archive glued
 * to it). Nothing is decompressed here: sizes stand in headers, and a part that contradicts its header is refused.
 */
import { type ImageType, KithError } from '@kith/protocol';
import { BrokenImage, type Image } from './format.ts';
import { readGif } from './gif.ts';
import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import { readWebp } from './webp.ts';

const readers: readonly {
  readonly mime: ImageType;
  readonly begins: (bytes: Buffer) => boolean;
  readonly read: (bytes: Buffer) => Image;
}[] = [
  {
    mime: 'image/png',
    begins: (bytes) => bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
    read: (bytes) => readPng(bytes),
  },
  {
    mime: 'image/jpeg',
    begins: (bytes) => bytes.length > 3 && bytes.readUIntBE(0, 3) === 0xffd8ff,
    read: (bytes) => readJpeg(bytes),
  },
  {
    mime: 'image/webp',
    begins: (bytes) =>
      bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
    read: readWebp,
  },
  { mime: 'image/gif', begins: (bytes) => /^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6)), read: readGif },
];

/** Moving pictures are drawn frame by frame: all frames together, pixels. Some 150 of a sticker's usual size. */
const MOST_PIXELS = 40_000_000;

/** @throws KithError bad_input, with words for a person. */
export function readImage(bytes: Buffer, longestSide: number): Image {
  const image = recognise(bytes);
  const { width, height, frames } = image;
  if (width > longestSide || height > longestSide) {
    throw new KithError('too_large', {
      message: `The image is ${width} × ${height} pixels; at most ${longestSide} a side.`,
    });
  }
  if (width * height * frames > MOST_PIXELS) {
    throw new KithError('too_large', { message: 'The moving image is too long for its size.' });
  }
  return image;
}

/** What the first bytes say; null: no image that browsers draw and we know. */
export const imageTypeOf = (bytes: Buffer): ImageType | null =>
  readers.find(({ begins }) => begins(bytes))?.mime ?? null;

function recognise(bytes: Buffer): Image {
  const reader = readers.find(({ begins }) => begins(bytes));
  if (!reader) {
    throw new KithError('bad_input', {
      message: 'This is no image of a kind we keep: PNG, JPEG, WebP or GIF.',
    });
  }
  try {
    const image = reader.read(bytes);
    if (image.width < 1 || image.height < 1) throw new BrokenImage('no size');
    return image;
  } catch (cause) {
    // Buffers throw a RangeError where a file ends before it should.
    if (!(cause instanceof BrokenImage || cause instanceof RangeError)) throw cause;
    throw new KithError('bad_input', { message: 'The image is broken.', cause });
  }
}
