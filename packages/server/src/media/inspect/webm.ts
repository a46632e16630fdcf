/** What the head of a WebM or Matroska file says of it, read where it lies; nothing is decoded. */
import type { Pages } from './bytes.ts';
import type { Tracks } from './mp4.ts';

export const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const STEP = 0x2ad7b1;
const LENGTH = 0x4489;
const TRACKS = 0x1654ae6b;
const ENTRY = 0xae;
const KIND = 0x83;
const VIDEO = 0xe0;
const PIXELS = [0xb0, 0xba] as const;
const SHOWN = [0x54b0, 0x54ba] as const;
const UNIT = 0x54b2;
/** The film itself begins: what has not come by then is looked for no further. */
export const CLUSTER = 0x1f43b675;

const PICTURE_KIND = 1;
const SOUND_KIND = 2;
const MOST_ELEMENTS = 2_000;
/** Identification and length, at their longest. */
const HEADER = 12;

export interface Element {
  readonly id: number;
  /** Where it begins. */
  readonly at: number;
  /** Where its content begins. */
  readonly from: number;
  /** Where its content ends; null: whoever recorded it did not know how long it would be. */
  readonly to: number | null;
}
type Part = Element & { readonly to: number };

/** What begins at a place; undefined: nothing that can be told. */
export async function elementAt(pages: Pages, at: number): Promise<Element | undefined> {
  const head = await pages.at(at, HEADER);
  const id = number(head, 0, 4, false);
  const length = id && number(head, id.next, 8, true);
  if (!length || id.value === null) return undefined;
  const from = at + length.next;
  return { id: id.value, at, from, to: length.value === null ? null : from + length.value };
}

/** Null: it has no tracks where they should be. */
export async function tracksOfWebm(pages: Pages, size: number): Promise<Tracks | null> {
  let left = MOST_ELEMENTS;

  async function* elements(from: number, to: number): AsyncGenerator<Part> {
    for (let at = from; at < to && left > 0; left -= 1) {
      const element = await elementAt(pages, at);
      const end = element?.to ?? to;
      if (!element || end > to) return;
      yield { ...element, to: end };
      at = end;
    }
  }
  const uint = async ({ from, to }: Part): Promise<number> => {
    const bytes = to - from > 6 ? Buffer.alloc(0) : await pages.at(from, to - from);
    return bytes.length === 0 ? 0 : bytes.readUIntBE(0, bytes.length);
  };
  const float = async ({ from, to }: Part): Promise<number> => {
    const bytes = await pages.at(from, Math.min(8, to - from));
    return bytes.length === 8 ? bytes.readDoubleBE(0) : bytes.length === 4 ? bytes.readFloatBE(0) : 0;
  };

  const numbersIn = async (of: Part, ids: readonly number[]): Promise<Map<number, number>> => {
    const found = new Map<number, number>();
    for await (const element of elements(of.from, of.to)) {
      if (ids.includes(element.id)) found.set(element.id, await uint(element));
    }
    return found;
  };

  let found = false;
  let kinds = new Set<number>();
  let shown: Pick<Tracks, 'width' | 'height'> = {};
  let step = 1_000_000;
  let length = 0;

  const track = async (entry: Part): Promise<void> => {
    for await (const element of elements(entry.from, entry.to)) {
      if (element.id === KIND) kinds = new Set([...kinds, await uint(element)]);
      if (element.id !== VIDEO || shown.width) continue;
      const numbers = await numbersIn(element, [...PIXELS, ...SHOWN, UNIT]);
      // Any other unit is no pixels.
      const [across, down] = (numbers.get(UNIT) ?? 0) === 0 && numbers.get(SHOWN[0]) ? SHOWN : PIXELS;
      shown = { width: numbers.get(across) ?? 0, height: numbers.get(down) ?? 0 };
    }
  };

  for await (const segment of elements(0, size)) {
    if (segment.id !== SEGMENT) continue;
    for await (const part of elements(segment.from, segment.to)) {
      if (part.id === CLUSTER) break;
      if (part.id === INFO) {
        for await (const element of elements(part.from, part.to)) {
          if (element.id === STEP) step = await uint(element);
          if (element.id === LENGTH) length = await float(element);
        }
      }
      if (part.id !== TRACKS) continue;
      found = true;
      for await (const entry of elements(part.from, part.to)) if (entry.id === ENTRY) await track(entry);
    }
    break;
  }
  if (!found) return null;
  const duration = length > 0 && step > 0 ? Math.round((length * step) / 1_000_000) : undefined;
  return {
    hasPicture: kinds.has(PICTURE_KIND),
    hasSound: kinds.has(SOUND_KIND),
    ...shown,
    ...(duration !== undefined && { duration }),
  };
}

/** Its first bit set says how many bytes it has. A value of null: not told. Undefined: there is no number. */
function number(
  bytes: Buffer,
  at: number,
  most: number,
  isLength: boolean,
): { readonly value: number | null; readonly next: number } | undefined {
  const first = bytes[at];
  if (first === undefined || first === 0) return undefined;
  const width = Math.clz32(first) - 23;
  if (width > most || at + width > bytes.length) return undefined;
  let value = isLength ? first & (0xff >> width) : first;
  let isUntold = isLength && value === 0xff >> width;
  for (let i = 1; i < width; i += 1) {
    const byte = bytes.readUInt8(at + i);
    value = value * 256 + byte;
    isUntold &&= byte === 0xff;
  }
  if (isUntold) return { value: null, next: at + width };
  return Number.isSafeInteger(value) ? { value, next: at + width } : undefined;
}
