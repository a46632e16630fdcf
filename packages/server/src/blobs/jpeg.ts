/** JPEG: segments, each begun by a marker, with the compressed picture between them. */
import { BrokenImage, type Image } from './format.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const ICC = 'ICC_PROFILE\0';
const EXIF = 'Exif\0\0';

/** Tables and restart intervals: DHT, DAC, DQT, DNL, DRI. */
const TABLES = new Set([0xc4, 0xcc, 0xdb, 0xdc, 0xdd]);
/** The frame headers of what browsers draw: baseline, extended, progressive. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2]);
const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

/** `upright`: the picture is the right way up already, whatever is written beside it. */
export function readJpeg(bytes: Buffer, { upright = false } = {}): Image {
  const kept: Buffer[] = [bytes.subarray(0, 2)];
  let size: { readonly width: number; readonly height: number } | null = null;
  let orientation = 1;
  let scans = 0;
  let at = 2;
  for (;;) {
    if (bytes.readUInt8(at) !== 0xff) throw new BrokenImage('a segment does not begin with a marker');
    // Any number of 0xff may fill the place before a marker.
    while (bytes.readUInt8(at + 1) === 0xff) at += 1;
    const marker = bytes.readUInt8(at + 1);
    if (marker === EOI) break;
    if (marker === SOI || isRestart(marker) || marker < 0xc0) throw new BrokenImage('a marker out of place');
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length || end < at + 4) throw new BrokenImage('a segment ends after the file');
    const segment = bytes.subarray(at, end);
    const data = segment.subarray(4);
    at = end;
    if (FRAMES.has(marker)) {
      if (size) throw new BrokenImage('two frame headers');
      size = { height: data.readUInt16BE(1), width: data.readUInt16BE(3) };
      kept.push(segment);
    } else if (marker === SOS) {
      if (!size) throw new BrokenImage('a picture before its header');
      scans += 1;
      at = endOfScan(bytes, end);
      kept.push(bytes.subarray(segment.byteOffset - bytes.byteOffset, at));
    } else if (marker === APP1) {
      if (!upright && data.toString('latin1', 0, EXIF.length) === EXIF)
        orientation = orientationOf(data.subarray(EXIF.length));
    } else if (TABLES.has(marker) || marker === APP0 || marker === APP14 || isProfile(marker, data)) {
      kept.push(segment);
    } else if (marker > 0xc0 && marker < 0xd0) {
      throw new BrokenImage('a kind of JPEG that browsers do not draw');
    }
  }
  if (!size || scans === 0) throw new BrokenImage('there is no picture in it');
  kept.push(Buffer.from([0xff, EOI]));
  if (orientation !== 1) kept.splice(1, 0, orientationSegment(orientation));
  // From 5 on it lies on its side.
  const shown = orientation >= 5 ? { width: size.height, height: size.width } : size;
  return { mime: 'image/jpeg', ...shown, frames: 1, bytes: Buffer.concat(kept) };
}

const isProfile = (marker: number, data: Buffer): boolean =>
  marker === APP2 && data.toString('latin1', 0, ICC.length) === ICC;

/** Where the next marker stands: within a scan, 0xff is followed by 0 or is a restart. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes.readUInt8(at + 1);
    if (next === 0xff) continue;
    if (next !== 0 && !isRestart(next)) return at;
    at += 1;
  }
  throw new BrokenImage('the picture does not end');
}

const ORIENTATION = 0x0112;

/** 1 to 8 from the first directory of EXIF; 1 where it is not told or not in order: a picture turned wrong is no danger. */
function orientationOf(tiff: Buffer): number {
  if (tiff.length < 8) return 1;
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const u16 = (at: number) =>
    at + 2 > tiff.length ? 0 : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  const directory = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  const entries = u16(directory);
  for (let i = 0; i < entries; i += 1) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.length) return 1;
    if (u16(entry) !== ORIENTATION) continue;
    const value = u16(entry + 8);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** EXIF that says which side is up, and nothing else. */
function orientationSegment(orientation: number): Buffer {
  const tiff = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex');
  tiff.writeUInt16BE(orientation, 18);
  const data = Buffer.concat([Buffer.from(EXIF, 'latin1'), tiff]);
  const head = Buffer.from([0xff, APP1, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}
