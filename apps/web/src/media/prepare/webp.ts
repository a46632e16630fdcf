/** WebP, still and animated: a RIFF list of chunks. */
import type { Bytes } from './bytes.ts';
import type { Size } from './choice.ts';
import { orientationOf } from './exif.ts';
import type { Told } from './look.ts';

/** What draws. */
const KEPT = new Set(['VP8X', 'ICCP', 'ANIM', 'ANMF', 'ALPH', 'VP8 ', 'VP8L']);
/** The bits of VP8X that announce EXIF and XMP. */
const METADATA_BITS = 0x08 | 0x04;
const ANIMATED_BIT = 0x02;
const HEADER = 12;

/** @throws RangeError when it is broken. */
export function readWebp(bytes: Bytes): Size & { readonly animated: boolean; readonly told: Told } {
  const last = 8 + bytes.u32le(4);
  if (last > bytes.length) throw new RangeError('it is shorter than it says');
  const kept: Uint8Array<ArrayBuffer>[] = [];
  let size: Size | undefined;
  let animated = false;
  let turned = false;
  let cut = last < bytes.length;
  for (let at = HEADER; at < last; ) {
    const name = bytes.text(at, 4);
    const data = at + 8;
    const length = bytes.u32le(at + 4);
    const end = Math.min(data + length + (length % 2), last);
    if (data + length > last) throw new RangeError('a chunk ends after the file');
    if (name === 'VP8X') {
      animated = (bytes.u8(data) & ANIMATED_BIT) !== 0;
      const header = bytes.part(at, end).slice();
      header[8] = bytes.u8(data) & ~METADATA_BITS;
      kept.push(header);
    } else if (KEPT.has(name)) kept.push(bytes.part(at, end));
    else cut = true;
    if (name === 'EXIF') turned = orientationOf(tiffOf(bytes, data, data + length)) !== 1;
    size ??= sizeIn(bytes, name, data);
    at = end;
  }
  if (!size) throw new RangeError('there is no picture in it');
  if (turned) return { ...size, animated, told: { type: 'stuck' } };
  return {
    ...size,
    animated,
    told: cut ? { type: 'cut', parts: [riff(kept), ...kept] } : { type: 'nothing' },
  };
}

/** Some programs put the beginning there that EXIF has in a JPEG. */
const tiffOf = (bytes: Bytes, from: number, to: number): Uint8Array<ArrayBuffer> =>
  bytes.part(to - from > 6 && bytes.text(from, 4) === 'Exif' ? from + 6 : from, to);

/** The first that says it is the one. */
function sizeIn(bytes: Bytes, name: string, data: number): Size | undefined {
  switch (name) {
    case 'VP8X':
      return { width: bytes.u24le(data + 4) + 1, height: bytes.u24le(data + 7) + 1 };
    case 'VP8 ':
      return { width: bytes.u16le(data + 6) & 0x3fff, height: bytes.u16le(data + 8) & 0x3fff };
    case 'VP8L': {
      const bits = bytes.u32le(data + 1);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    default:
      return undefined;
  }
}

function riff(kept: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const head = Uint8Array.from('RIFF\0\0\0\0WEBP', (letter) => letter.charCodeAt(0));
  const length = kept.reduce((sum, chunk) => sum + chunk.length, 4);
  new DataView(head.buffer).setUint32(4, length, true);
  return head;
}
