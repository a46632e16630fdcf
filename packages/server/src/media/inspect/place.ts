/**
 * Where a film was taken: telephones and cameras write it into boxes beside its pictures. These are blanked where they lie, as boxes
 * that mean nothing: not a byte moves, so that nothing else in the file has to know of it.
 */
import { type Box, type Boxes, boxesOf } from './boxes.ts';
import type { Pages } from './bytes.ts';
import type { Patch } from './inspector.ts';

/** Of QuickTime, of 3GPP, and of Adobe, whose XMP has the place among the rest. */
const PLACES: ReadonlySet<string> = new Set(['\xa9xyz', 'loci', 'XMP_']);
const XMP = 'be7acfcb97a942e89c71999491e3afac';
/** `com.apple.quicktime.location.ISO6709`, and what else is said of the place; others' keys likewise. */
const PLACE_KEY = /location|gps|xyz$/i;
/** Of all that is blanked. Metadata is small: what claims to be more is made to cost memory. */
const MOST_BYTES = 4 * 1024 * 1024;
/** What cameras write of a recording in words of their own, the place among them. */
const WORDS: ReadonlySet<string> = new Set(['xml ', 'bxml']);
const MOST_KEYS = 500;
const MOST_KEY_BYTES = 64 * 1024;

/** What is to be written over `size` bytes; nothing, for a film that does not say. */
export async function placesOfMp4(pages: Pages, size: number): Promise<Patch[]> {
  const boxes = boxesOf(pages);
  const found: Patch[] = [];
  let left = MOST_BYTES;

  const blank = ({ at, from, to }: Box): void => {
    if (to - from > left) return;
    left -= to - from;
    // Its length stays as it is written, in whichever form.
    found.push({ at: at + 4, bytes: Buffer.from('free', 'latin1') });
    found.push({ at: from, bytes: Buffer.alloc(to - from) });
  };

  /** Names first, then values that say which name is theirs. */
  const meta = async (box: Box): Promise<void> => {
    const skip = await versionOf(boxes, box);
    let keys: readonly string[] = [];
    for await (const inner of boxes.inside(box, skip)) {
      if (WORDS.has(inner.name)) blank(inner);
      if (inner.name === 'keys') keys = keysIn(await boxes.head(inner, MOST_KEY_BYTES));
      if (inner.name !== 'ilst') continue;
      for await (const item of boxes.inside(inner)) {
        const key = keys[Buffer.from(item.name, 'latin1').readUInt32BE(0) - 1];
        if (PLACES.has(item.name) || (key !== undefined && PLACE_KEY.test(key))) blank(item);
      }
    }
  };

  const userData = async (box: Box): Promise<void> => {
    for await (const inner of boxes.inside(box)) {
      if (PLACES.has(inner.name)) blank(inner);
      else if (inner.name === 'meta') await meta(inner);
    }
  };

  const holder = async (box: Box): Promise<void> => {
    for await (const inner of boxes.inside(box)) {
      if (inner.name === 'udta') await userData(inner);
      else if (inner.name === 'meta') await meta(inner);
      else if (inner.name === 'trak') await holder(inner);
      else if (await isXmp(boxes, inner)) blank(inner);
    }
  };

  for await (const box of boxes.within(0, size)) {
    if (box.name === 'moov') await holder(box);
    else if (box.name === 'meta') await meta(box);
    else if (box.name === 'udta') await userData(box);
    // Of one in pieces these come between its pictures, too.
    else if (await isXmp(boxes, box)) blank(box);
  }
  return found.sort((a, b) => a.at - b.at);
}

const isXmp = async (boxes: Boxes, box: Box): Promise<boolean> =>
  box.name === 'uuid' && (await boxes.head(box, 16)).toString('hex') === XMP;

/** Of MP4 it begins with a version, of QuickTime with the first box in it. */
async function versionOf(boxes: Boxes, box: Box): Promise<number> {
  return (await boxes.head(box, 8)).toString('latin1', 4, 8) === 'hdlr' ? 0 : 4;
}

function keysIn(box: Buffer): string[] {
  const keys: string[] = [];
  for (let at = 8; at + 8 <= box.length && keys.length < MOST_KEYS; ) {
    const length = box.readUInt32BE(at);
    if (length < 8 || at + length > box.length) break;
    keys.push(box.toString('utf8', at + 8, at + length));
    at += length;
  }
  return keys;
}
