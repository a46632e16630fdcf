/** The one thing that EXIF tells which must not be lost: which side is up. */
import { bytesOf } from './bytes.ts';

const ORIENTATION = 0x0112;

/** 1 to 8, from TIFF's first directory; 1 where it is not told or not in order: a picture turned wrong is no danger. */
export function orientationOf(tiff: Uint8Array<ArrayBuffer>): number {
  const bytes = bytesOf(tiff);
  try {
    const little = bytes.text(0, 2) === 'II';
    const u16 = little ? bytes.u16le : bytes.u16;
    const directory = (little ? bytes.u32le : bytes.u32)(4);
    const entries = u16(directory);
    for (let i = 0; i < entries; i += 1) {
      const entry = directory + 2 + i * 12;
      if (u16(entry) !== ORIENTATION) continue;
      const value = u16(entry + 8);
      return value >= 1 && value <= 8 ? value : 1;
    }
  } catch {
    // Cut off: it tells nothing.
  }
  return 1;
}

/** EXIF of a JPEG that says which side is up, and nothing else: a whole segment. */
export function orientationSegment(orientation: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0xff, 0xe1, 0, 34],
    ...[0x45, 0x78, 0x69, 0x66, 0, 0],
    // TIFF, the large end first: one directory with one short value, and none after it.
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1],
    ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0],
    ...[0, 0, 0, 0],
  ]);
}
