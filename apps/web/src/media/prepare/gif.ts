/** GIF: a screen, colour tables, and blocks: pictures and extensions. */
import type { Bytes } from './bytes.ts';
import type { Size } from './choice.ts';
import type { Told } from './look.ts';

const EXTENSION = 0x21;
const PICTURE = 0x2c;
const TRAILER = 0x3b;
const CONTROL = 0xf9;
const APPLICATION = 0xff;
/** The applications that say how often to repeat; others carry metadata. */
const LOOPS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);

const HEADER = 13;
const colourTable = (flags: number): number => ((flags & 0x80) !== 0 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** @throws RangeError when it is broken. */
export function readGif(bytes: Bytes): Size & { readonly animated: boolean; readonly told: Told } {
  const size = { width: bytes.u16le(6), height: bytes.u16le(8) };
  let at = HEADER + colourTable(bytes.u8(10));
  const kept = [bytes.part(0, at)];
  let frames = 0;
  let cut = false;
  // Some end without a trailer; browsers draw them all the same.
  while (at < bytes.length) {
    const begin = at;
    const kind = bytes.u8(at);
    if (kind === TRAILER) break;
    if (kind === EXTENSION) {
      const label = bytes.u8(at + 1);
      at = endOfBlocks(bytes, at + 2);
      const loops = label === APPLICATION && LOOPS.has(bytes.text(begin + 3, 11));
      if (label === CONTROL || loops) kept.push(bytes.part(begin, at));
      else cut = true;
    } else if (kind === PICTURE) {
      at = endOfBlocks(bytes, at + 11 + colourTable(bytes.u8(at + 9)));
      frames += 1;
      kept.push(bytes.part(begin, at));
    } else {
      throw new RangeError('an unknown block');
    }
  }
  if (frames === 0) throw new RangeError('there is no picture in it');
  if (at + 1 < bytes.length) cut = true;
  kept.push(Uint8Array.of(TRAILER));
  return { ...size, animated: frames > 1, told: cut ? { type: 'cut', parts: kept } : { type: 'nothing' } };
}

/** Blocks say their length; one of length 0 is the last. */
function endOfBlocks(bytes: Bytes, from: number): number {
  let at = from;
  for (let length = bytes.u8(at); length > 0; length = bytes.u8(at)) at += 1 + length;
  return at + 1;
}
