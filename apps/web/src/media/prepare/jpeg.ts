/** JPEG: segments, each begun by a marker, with the compressed picture between them. */
import type { Bytes } from './bytes.ts';
import type { Size } from './choice.ts';
import { orientationOf, orientationSegment } from './exif.ts';
import type { Told } from './look.ts';

const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;
const EXIF = 'Exif\0\0';
const ICC = 'ICC_PROFILE\0';

/** All frame headers, without the tables that stand among their numbers. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

/** The size as it is shown, and what would be left without metadata. @throws RangeError when it is broken. */
export function readJpeg(bytes: Bytes): Size & { readonly told: Told } {
  const kept: Uint8Array<ArrayBuffer>[] = [bytes.part(0, 2)];
  let size: Size | undefined;
  let orientation = 1;
  let cut = false;
  let at = 2;
  for (;;) {
    if (bytes.u8(at) !== 0xff) throw new RangeError('a segment does not begin with a marker');
    // Any number of 0xff may fill the place before a marker.
    while (bytes.u8(at + 1) === 0xff) at += 1;
    const marker = bytes.u8(at + 1);
    if (marker === EOI) break;
    const data = at + 4;
    const end = at + 2 + bytes.u16(at + 2);
    if (end > bytes.length || end < data) throw new RangeError('a segment ends after the file');
    if (isFrame(marker)) size ??= { height: bytes.u16(data + 1), width: bytes.u16(data + 3) };
    const is = (name: string): boolean => end - data > name.length && bytes.text(data, name.length) === name;
    if (marker === APP1 && is(EXIF)) orientation = orientationOf(bytes.part(data + EXIF.length, end));
    const draws = marker === APP0 || marker === APP14 || (marker === APP2 && is(ICC)) || !isNote(marker);
    const stop = marker === SOS ? endOfScan(bytes, end) : end;
    if (draws) kept.push(bytes.part(at, stop));
    else cut = true;
    at = stop;
  }
  if (!size) throw new RangeError('there is no picture in it');
  // What follows is not drawn: a moving picture that a phone hides there, say.
  if (at + 2 < bytes.length) cut = true;
  kept.push(bytes.part(at, at + 2));
  if (orientation !== 1) kept.splice(1, 0, orientationSegment(orientation));
  // From 5 on it lies on its side.
  const shown = orientation >= 5 ? { width: size.height, height: size.width } : size;
  return { ...shown, told: cut ? { type: 'cut', parts: kept } : { type: 'nothing' } };
}

const isNote = (marker: number): boolean => marker === COM || (marker >= APP0 && marker <= APP15);

/** Where the next marker stands: within a scan, 0xff is followed by 0 or is a restart. */
function endOfScan(bytes: Bytes, from: number): number {
  const rest = bytes.part(0);
  for (let at = rest.indexOf(0xff, from); at >= 0; at = rest.indexOf(0xff, at + 1)) {
    const next = bytes.u8(at + 1);
    if (next === 0xff) continue;
    if (next !== 0 && !isRestart(next)) return at;
  }
  throw new RangeError('the picture does not end');
}
