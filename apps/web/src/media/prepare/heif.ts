/** AVIF and HEIC: boxes within boxes, as in a video. Read only as far as their size and what is announced in them. */
import type { Bytes } from './bytes.ts';
import type { Size } from './choice.ts';
import type { Told } from './look.ts';

const AVIF = new Set(['avif', 'avis']);
const HEIC = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

/** By the brand that the file says to be of. */
export function isHeif(bytes: Bytes): 'image/avif' | 'image/heic' | undefined {
  if (bytes.text(4, 4) !== 'ftyp') return undefined;
  const brand = bytes.text(8, 4);
  if (AVIF.has(brand)) return 'image/avif';
  if (!HEIC.has(brand)) return undefined;
  // "mif1" is any picture of the family: what it agrees with besides says which.
  const others = bytes.text(16, Math.max(0, Math.min(bytes.u32(0), bytes.length) - 16));
  return brand === 'mif1' && others.includes('avif') ? 'image/avif' : 'image/heic';
}

/** @throws RangeError when it is broken. */
export function readHeif(bytes: Bytes): Size & { readonly animated: boolean; readonly told: Told } {
  const meta = boxIn(bytes, 'meta');
  // Of a picture made of tiles, each has a size too, and the whole is the largest.
  let size: Size = { width: 0, height: 0 };
  for (const at of named(bytes, 'ispe', meta)) {
    const one = { width: bytes.u32(at + 8), height: bytes.u32(at + 12) };
    if (one.width * one.height > size.width * size.height) size = one;
  }
  if (size.width === 0) throw new RangeError('it says no size');
  const tells = ['Exif', 'mime'].some((item) => !named(bytes, item, meta).next().done);
  const animated = /^(?:avis|hevc|hevx|msf1)$/.test(bytes.text(8, 4));
  return { ...size, animated, told: { type: tells ? 'stuck' : 'nothing' } };
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

function boxIn(bytes: Bytes, name: string): Stretch {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.u32(at);
    if (bytes.text(at + 4, 4) === name) return { from: at, to: Math.min(bytes.length, at + length) };
    // 0: to the end of the file; 1: longer than any picture.
    if (length < 8) break;
    at += length;
  }
  throw new RangeError(`there is no ${name}`);
}

/** Where these four letters stand. They might stand there for something else: then the picture is drawn anew, no harm done. */
function* named(bytes: Bytes, name: string, { from, to }: Stretch): Generator<number> {
  const stretch = bytes.part(from, to);
  const first = name.charCodeAt(0);
  for (
    let at = stretch.indexOf(first);
    at >= 0 && at + 16 <= stretch.length;
    at = stretch.indexOf(first, at + 1)
  )
    if (bytes.text(from + at, 4) === name) yield from + at;
}
