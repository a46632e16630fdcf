/**
 * What the boxes of an MP4 or QuickTime file say of it, read where they lie: the largest film is measured by a few pages of it, and
 * nothing is decoded.
 */
import { type Box, boxesOf } from './boxes.ts';
import type { Pages } from './bytes.ts';

/** What is in a film or a recording. */
export interface Tracks {
  readonly hasPicture: boolean;
  readonly hasSound: boolean;
  /** As shown, pixels. */
  readonly width?: number;
  readonly height?: number;
  /** ms */
  readonly duration?: number;
}

/** The longest header that is read: of a track, in its long form. */
const HEADER = 96;

/** Null: it has no such boxes, or they contradict each other. */
export async function tracksOfMp4(pages: Pages, size: number): Promise<Tracks | null> {
  const { within, inside, head } = boxesOf(pages);
  let hasPicture = false;
  let hasSound = false;
  let shown: Pick<Tracks, 'width' | 'height'> = {};
  let timescale = 0;
  let length = 0;
  let found = false;

  const header = (box: Box): Promise<Buffer> => head(box, HEADER);

  const track = async (box: Box): Promise<void> => {
    let size: Pick<Tracks, 'width' | 'height'> = {};
    for await (const inner of inside(box)) {
      if (inner.name === 'tkhd') size = sizeOf(await header(inner));
      if (inner.name !== 'mdia') continue;
      for await (const medium of inside(inner)) {
        if (medium.name !== 'hdlr') continue;
        const kind = (await header(medium)).toString('latin1', 8, 12);
        if (kind === 'soun') hasSound = true;
        if (kind === 'vide') {
          if (!hasPicture) shown = size;
          hasPicture = true;
        }
      }
    }
  };

  for await (const box of within(0, size)) {
    if (box.name !== 'moov') continue;
    found = true;
    for await (const inner of inside(box)) {
      if (inner.name === 'mvhd') [timescale, length] = timesOf(await header(inner));
      if (inner.name === 'trak') await track(inner);
      if (inner.name !== 'mvex') continue;
      for await (const extension of inside(inner)) {
        if (extension.name === 'mehd') length = Math.max(length, lengthOf(await header(extension)));
      }
    }
    break;
  }
  if (!found) return null;
  const duration = timescale > 0 && length > 0 ? Math.round((length / timescale) * 1_000) : undefined;
  return { hasPicture, hasSound, ...shown, ...(duration !== undefined && { duration }) };
}

const isLong = (box: Buffer): boolean => box.length > 0 && box.readUInt8(0) === 1;
const UNTOLD = 0xffff_ffff;

/** Steps in a second, and how many it has. */
function timesOf(mvhd: Buffer): [number, number] {
  if (mvhd.length < (isLong(mvhd) ? 32 : 20)) return [0, 0];
  if (isLong(mvhd)) return [mvhd.readUInt32BE(20), longer(mvhd, 24)];
  const length = mvhd.readUInt32BE(16);
  return [mvhd.readUInt32BE(12), length === UNTOLD ? 0 : length];
}

function lengthOf(mehd: Buffer): number {
  if (mehd.length < (isLong(mehd) ? 12 : 8)) return 0;
  return isLong(mehd) ? longer(mehd, 4) : mehd.readUInt32BE(4);
}

const longer = (box: Buffer, at: number): number => {
  const value = box.readBigUInt64BE(at);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? 0 : Number(value);
};

/** Of a track: its size in 16.16, and how it is laid on the screen. */
function sizeOf(tkhd: Buffer): Pick<Tracks, 'width' | 'height'> {
  const matrix = isLong(tkhd) ? 52 : 40;
  if (tkhd.length < matrix + 44) return {};
  const width = tkhd.readUInt16BE(matrix + 36);
  const height = tkhd.readUInt16BE(matrix + 40);
  // A quarter turn: what is along the side is of the other direction only.
  const isTurned = tkhd.readInt32BE(matrix) === 0 && tkhd.readInt32BE(matrix + 4) !== 0;
  return isTurned ? { width: height, height: width } : { width, height };
}
