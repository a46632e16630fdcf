/** GIF: a screen, colour tables, and blocks: pictures and extensions. */
import { BrokenImage, type Image } from './format.ts';

const EXTENSION = 0x21;
const PICTURE = 0x2c;
const TRAILER = 0x3b;
const CONTROL = 0xf9;
const APPLICATION = 0xff;
/** The applications that say how often to repeat; others carry metadata. */
const LOOPS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);

const HEADER = 13;
const colourTable = (flags: number): number => ((flags & 0x80) !== 0 ? 3 * 2 ** ((flags & 7) + 1) : 0);

export function readGif(bytes: Buffer): Image {
  const width = bytes.readUInt16LE(6);
  const height = bytes.readUInt16LE(8);
  let at = HEADER + colourTable(bytes.readUInt8(10));
  const kept = [bytes.subarray(0, at)];
  let frames = 0;
  for (;;) {
    const begin = at;
    const kind = bytes.readUInt8(at);
    if (kind === TRAILER) break;
    if (kind === EXTENSION) {
      const label = bytes.readUInt8(at + 1);
      at = endOfBlocks(bytes, at + 2);
      const loops = label === APPLICATION && LOOPS.has(bytes.toString('latin1', begin + 3, begin + 14));
      if (label === CONTROL || loops) kept.push(bytes.subarray(begin, at));
    } else if (kind === PICTURE) {
      const right = bytes.readUInt16LE(at + 1) + bytes.readUInt16LE(at + 5);
      const bottom = bytes.readUInt16LE(at + 3) + bytes.readUInt16LE(at + 7);
      if (right > width || bottom > height) throw new BrokenImage('a frame is larger than the image');
      const data = at + 10 + colourTable(bytes.readUInt8(at + 9));
      at = endOfBlocks(bytes, data + 1);
      frames += 1;
      kept.push(bytes.subarray(begin, at));
    } else {
      throw new BrokenImage('an unknown block');
    }
  }
  if (frames === 0) throw new BrokenImage('there is no picture in it');
  return {
    mime: 'image/gif',
    width,
    height,
    frames,
    bytes: Buffer.concat([...kept, Buffer.from([TRAILER])]),
  };
}

/** Blocks say their length; one of length 0 is the last. */
function endOfBlocks(bytes: Buffer, from: number): number {
  let at = from;
  for (let length = bytes.readUInt8(at); length > 0; length = bytes.readUInt8(at)) at += 1 + length;
  return at + 1;
}
