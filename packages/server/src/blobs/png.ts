/** PNG, still and animated: a list of chunks, each with length, name and checksum. */
import { crc32 } from 'node:zlib';
import { BrokenImage, type Image } from './format.ts';

const SIGNATURE = 8;
/** What draws. Not among them: text, time, EXIF, and colour profiles, which are compressed and could be anything. */
const KEPT = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'bKGD',
  'gAMA',
  'cHRM',
  'sRGB',
  'sBIT',
  'pHYs',
  'acTL',
  'fcTL',
  'fdAT',
]);

/** What a photo's or a screen's colours are; in a small image they are not worth what else may lie in them. */
const COLOURS = new Set(['iCCP', 'cICP', 'mDCV', 'cLLI']);

export function readPng(bytes: Buffer, { colours = false } = {}): Image {
  const kept = [bytes.subarray(0, SIGNATURE)];
  let at = SIGNATURE;
  let size = { width: 0, height: 0 };
  let frames = 0;
  let drawn = false;
  for (;;) {
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw new BrokenImage('a chunk ends after the file');
    const name = bytes.toString('latin1', at + 4, at + 8);
    const data = bytes.subarray(at + 8, end - 4);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4))
      throw new BrokenImage('a checksum is wrong');
    if ((at === SIGNATURE) !== (name === 'IHDR'))
      throw new BrokenImage('the header is not first, or not once');
    if (name === 'IHDR') size = { width: data.readUInt32BE(0), height: data.readUInt32BE(4) };
    if (name === 'IDAT') drawn = true;
    if (name === 'fcTL') {
      frames += 1;
      const { width, height } = size;
      const right = data.readUInt32BE(4) + data.readUInt32BE(12);
      const bottom = data.readUInt32BE(8) + data.readUInt32BE(16);
      if (right > width || bottom > height) throw new BrokenImage('a frame is larger than the image');
    }
    // A large first letter: who does not know it cannot draw the image.
    if (!KEPT.has(name) && /^[A-Z]/.test(name))
      throw new BrokenImage(`an unknown chunk ${JSON.stringify(name)}`);
    if (KEPT.has(name) || (colours && COLOURS.has(name))) kept.push(bytes.subarray(at, end));
    at = end;
    if (name === 'IEND') break;
  }
  if (!drawn) throw new BrokenImage('there is no picture in it');
  return { mime: 'image/png', ...size, frames: Math.max(1, frames), bytes: Buffer.concat(kept) };
}
