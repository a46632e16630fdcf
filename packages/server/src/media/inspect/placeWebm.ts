/**
 * Where a film in WebM or Matroska was taken: it is among its tags. These are made a void of the same length where they lie, so that
 * nothing else in the file has to know of it.
 */
import type { Pages } from './bytes.ts';
import type { Patch } from './inspector.ts';
import { CLUSTER, type Element, elementAt, SEGMENT } from './webm.ts';

const TAGS = 0x1254c367;
const SEEK_HEAD = 0x114d9b74;
const SEEK = 0x4dbb;
const SEEK_POSITION = 0x53ac;
const VOID = 0xec;

/** Tags that name a place, or coordinates under whatever name. */
const PLACE = /location|gps|xyz|[+-]\d{2}\.\d+[+-]\d{3}/i;
/** Of all tags. What claims to be more is made to cost memory. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Parts of pictures too, where whoever recorded did not say how many there are. */
const MOST_STEPS = 20_000;
const MOST_NAMED = 20;
const PIECE = 32 * 1024;

/** What is to be written over `size` bytes; nothing, for a film that does not say. */
export async function placesOfWebm(pages: Pages, size: number): Promise<Patch[]> {
  const found = new Map<number, Patch>();
  let segment = 0;
  let steps = MOST_STEPS;
  let left = MOST_BYTES;
  let named = MOST_NAMED;

  const blankTags = async ({ at, from, to }: Element, end: number): Promise<void> => {
    if (to === null || end - at > left || found.has(at)) return;
    left -= end - at;
    if (await isSaid(from, end)) found.set(at, { at, bytes: voidOf(end - at) });
  };

  const isSaid = async (from: number, to: number): Promise<boolean> => {
    // Each with the end of the one before it: a name may lie across.
    let before = '';
    for (let at = from; at < to; at += PIECE) {
      const piece = (await pages.at(at, Math.min(PIECE, to - at))).toString('latin1');
      // Tags that cannot be read are not kept.
      if (piece.length === 0 || PLACE.test(before + piece)) return true;
      before = piece.slice(-64);
    }
    return false;
  };

  /** What its own index names is looked at first: a long film lies between. */
  const indexed = async ({ from, to }: Element): Promise<void> => {
    for (let at = from; to !== null && at < to && named > 0 && steps > 0; steps -= 1) {
      const entry = await elementAt(pages, at);
      if (!entry || entry.to === null) return;
      // Into an entry, past what it holds.
      at = entry.id === SEEK ? entry.from : entry.to;
      if (entry.id !== SEEK_POSITION || entry.to - entry.from > 6) continue;
      named -= 1;
      const bytes = await pages.at(entry.from, entry.to - entry.from);
      const place = bytes.length === 0 ? size : segment + bytes.readUIntBE(0, bytes.length);
      const element = place < size ? await elementAt(pages, place) : undefined;
      if (element?.id === TAGS) await blankTags(element, Math.min(element.to ?? size, size));
      if (element?.id === SEEK_HEAD) await indexed(element);
    }
  };

  for (let at = 0; at < size && steps > 0; steps -= 1) {
    const element = await elementAt(pages, at);
    if (!element) break;
    const { id, to } = element;
    const end = Math.min(to ?? size, size);
    if (id === SEGMENT) segment = element.from;
    if (id === SEEK_HEAD) await indexed(element);
    if (id === TAGS) await blankTags(element, end);
    // What is in pictures of unknown length has other names than what follows them.
    at = id === SEGMENT || (id === CLUSTER && to === null) ? element.from : end;
  }
  return [...found.values()].sort((a, b) => a.at - b.at).filter(isApart());
}

/** None over another, whatever the file says. */
const isApart = (): ((patch: Patch) => boolean) => {
  let end = 0;
  return ({ at, bytes }) => {
    if (at < end) return false;
    end = at + bytes.length;
    return true;
  };
};

/** An element that means nothing, all its bytes told. */
function voidOf(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt8(VOID, 0);
  if (length < 9) bytes.writeUInt8(0x80 | (length - 2), 1);
  else {
    bytes.writeUInt8(0x01, 1);
    bytes.writeUIntBE(length - 9, 3, 6);
  }
  return bytes;
}
