/**
 * What a picture in HEIF or AVIF that stays as it came tells of its camera and place: items that its own lists name. They are written
 * over where they lie, by ones that say nothing: not a byte moves.
 */
import { type Box, boxesOf } from './boxes.ts';
import { type Pages, pagesOf } from './bytes.ts';
import type { Findings, Inspected, Patch } from './inspector.ts';

/** The longest lists that are read, and all that is written over. */
const MOST_LIST = 64 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_ITEMS = 5_000;

/** Nothing to turn, nothing to tell: where the header begins, then a header with an empty list. */
const NO_EXIF = Buffer.from('000000004d4d002a00000008000000000000', 'hex');

const FORMS: ReadonlySet<string> = new Set(['image/heic', 'image/heif', 'image/avif']);
/** Lists lie at the front. */
const MOST_PAGES = 50;

/** Of one that is not kept in another form: what else is found, and what of its bytes is to be written over. */
export async function withoutTelling(file: Inspected, found: Findings): Promise<Findings> {
  if (found.replacement || !FORMS.has(found.mime)) return found;
  const patches = await tellingItems(pagesOf(file, MOST_PAGES), file.size);
  return patches.length > 0 ? { ...found, patches } : found;
}

type Kind = 'exif' | 'xmp';

/** What is to be written over `size` bytes; nothing, for a picture that does not tell. */
export async function tellingItems(pages: Pages, size: number): Promise<Patch[]> {
  const boxes = boxesOf(pages);
  const patches: Patch[] = [];
  for await (const box of boxes.within(0, size)) {
    if (box.name !== 'meta') continue;
    const kinds = new Map<number, Kind>();
    let places: readonly Extent[] = [];
    for await (const inner of boxes.inside(box, 4)) {
      if (inner.name === 'iinf') await readKinds(inner, kinds);
      if (inner.name === 'iloc') places = extentsIn(await boxes.head(inner, MOST_LIST));
    }
    patches.push(...blanked(places, kinds, size));
    break;
  }
  return patches;

  async function readKinds(iinf: Box, kinds: Map<number, Kind>): Promise<void> {
    const version = (await boxes.head(iinf, 1))[0] ?? 0;
    for await (const entry of boxes.inside(iinf, version === 0 ? 6 : 8)) {
      const kind = entry.name === 'infe' ? kindIn(await boxes.head(entry, 512)) : undefined;
      if (kind) kinds.set(kind.id, kind.is);
    }
  }
}

/** Of an item's entry, where it is one that tells. */
function kindIn(infe: Buffer): { readonly id: number; readonly is: Kind } | undefined {
  const isLong = infe[0] === 3;
  if (infe[0] !== 2 && !isLong) return undefined;
  const type = isLong ? 10 : 8;
  if (infe.length < type + 4) return undefined;
  const id = isLong ? infe.readUInt32BE(4) : infe.readUInt16BE(4);
  const name = infe.toString('latin1', type, type + 4);
  if (name === 'Exif') return { id, is: 'exif' };
  const words = infe.toString('latin1', type + 4).split('\0');
  return name === 'mime' && words[1] === 'application/rdf+xml' ? { id, is: 'xmp' } : undefined;
}

interface Extent {
  readonly id: number;
  readonly from: number;
  readonly length: number;
}

/** Where items lie, of those that lie in the file itself. */
function extentsIn(iloc: Buffer): Extent[] {
  const extents: Extent[] = [];
  let at = 0;
  const take = (bytes: number): number => {
    // Beyond the list, or larger than any file.
    if (at + bytes > iloc.length || (bytes === 8 && iloc.readUInt16BE(at) !== 0)) throw new RangeError();
    const value = bytes === 0 ? 0 : bytes === 8 ? iloc.readUIntBE(at + 2, 6) : iloc.readUIntBE(at, bytes);
    at += bytes;
    return value;
  };
  try {
    const version = take(1);
    at += 3;
    const [offset, length] = nibbles(take(1));
    const [base, index] = nibbles(take(1));
    const count = take(version < 2 ? 2 : 4);
    for (let i = 0; i < Math.min(count, MOST_ITEMS); i += 1) {
      const id = take(version < 2 ? 2 : 4);
      const isInFile = version === 0 || (take(2) & 15) === 0;
      const isHere = take(2) === 0;
      const begin = take(base);
      const parts = take(2);
      // Of no length that is told: whole files, which no item is.
      for (let part = 0; part < parts && length > 0; part += 1) {
        if (version > 0) take(index);
        const from = begin + take(offset);
        const extent = { id, from, length: take(length) };
        if (isInFile && isHere) extents.push(extent);
      }
    }
  } catch (error) {
    // It ends before it should: what came until then is known.
    if (!(error instanceof RangeError)) throw error;
  }
  return extents;
}

const nibbles = (byte: number): [number, number] => [byte >> 4, byte & 15];

/** In order, none over another, whatever the lists say. */
function blanked(places: readonly Extent[], kinds: ReadonlyMap<number, Kind>, size: number): Patch[] {
  const patches: Patch[] = [];
  const begun = new Set<number>();
  const telling = places.filter(({ id }) => kinds.has(id)).sort((a, b) => a.from - b.from);
  let end = 0;
  let left = MOST_BYTES;
  for (const { id, from, length } of telling) {
    const at = Math.max(from, end);
    const to = Math.min(from + length, size);
    if (to <= at || to - at > left) continue;
    left -= to - at;
    end = to;
    const bytes = Buffer.alloc(to - at, kinds.get(id) === 'xmp' ? ' ' : 0);
    if (kinds.get(id) === 'exif' && !begun.has(id) && bytes.length >= NO_EXIF.length) NO_EXIF.copy(bytes);
    begun.add(id);
    patches.push({ at, bytes });
  }
  return patches;
}
