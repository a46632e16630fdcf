/** Which of a picture's files are laid over each other in its room: the small one at once, the large one where it is needed. */
import type { MessageFile } from '@kith/protocol';
import { isDrawn } from './kind.ts';

/** Larger ones are fetched only by whoever opens them, bytes. */
const UNASKED = 6_000_000;
/** Likewise: however few bytes it has, all its pixels are kept in memory as long as it is on screen. */
const UNASKED_PIXELS = 24_000_000;
/** So much larger than the small one on the screen shows its pixels. */
const ENOUGH = 1.15;

export interface Need {
  /** How wide it is drawn, in pixels of the screen. */
  readonly pixels: number;
  /** The person pays for each byte, or waits for it. */
  readonly sparing: boolean;
  /** Of one that moves: whether it does. */
  readonly moving: boolean;
  /** The full one is on screen already: a smaller one that was made since does not take its place. */
  readonly full: boolean;
}

/** Ids of files from the lowest to the highest; what was lost is left out. */
export function layersOf(file: MessageFile, need: Need, lost: ReadonlySet<string>): readonly string[] {
  const thumbnail = file.thumbnail && !lost.has(file.thumbnail.fileId) ? file.thumbnail : undefined;
  const small = thumbnail ? [thumbnail.fileId] : [];
  if (file.kind !== 'image' || !isDrawn(file.mime) || lost.has(file.fileId)) return small;
  return wantsFull(file, thumbnail?.width, need) ? [...small, file.fileId] : small;
}

function wantsFull(file: MessageFile, thumbnail: number | undefined, need: Need): boolean {
  // With nothing smaller to show, a large one all the same.
  if (!file.animated && (thumbnail === undefined || need.full)) return true;
  if (thumbnail !== undefined && (file.width ?? 0) * (file.height ?? 0) > UNASKED_PIXELS) return false;
  if (file.animated) return need.moving;
  return !need.sparing && file.size <= UNASKED && need.pixels > (thumbnail ?? 0) * ENOUGH;
}

/** Whether the browser was told to save data. */
export function isSparing(): boolean {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}
