/** PNG, still and animated: a list of chunks, each with length, name and checksum. */
import type { Bytes } from './bytes.ts';
import type { Size } from './choice.ts';
import { orientationOf } from './exif.ts';
import type { Told } from './look.ts';

const SIGNATURE = 8;
/** What draws. Not among them: texts, time, EXIF, and what only one program knows. */
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
  'iCCP',
  'cICP',
  'mDCV',
  'cLLI',
  'sBIT',
  'pHYs',
  'acTL',
  'fcTL',
  'fdAT',
]);

/** @throws RangeError when it is broken. */
export function readPng(bytes: Bytes): Size & { readonly animated: boolean; readonly told: Told } {
  const kept = [bytes.part(0, SIGNATURE)];
  const size = { width: bytes.u32(16), height: bytes.u32(20) };
  let animated = false;
  let cut = false;
  let turned = false;
  let at = SIGNATURE;
  for (;;) {
    const end = at + 12 + bytes.u32(at);
    if (end > bytes.length) throw new RangeError('a chunk ends after the file');
    const name = bytes.text(at + 4, 4);
    if (name === 'acTL') animated = bytes.u32(at + 8) > 1;
    if (name === 'eXIf') turned = orientationOf(bytes.part(at + 8, end - 4)) !== 1;
    // A large first letter: who does not know it cannot draw the picture.
    if (KEPT.has(name) || /^[A-Z]/.test(name)) kept.push(bytes.part(at, end));
    else cut = true;
    at = end;
    if (name === 'IEND') break;
  }
  if (at < bytes.length) cut = true;
  if (turned) return { ...size, animated, told: { type: 'stuck' } };
  return { ...size, animated, told: cut ? { type: 'cut', parts: kept } : { type: 'nothing' } };
}
