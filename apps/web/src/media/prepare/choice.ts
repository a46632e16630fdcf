/** How large a picture goes out, and in which form: rules over numbers, without a pixel. */

/** What the person chose: how much of a picture is kept, or that all of it goes as a mere file. */
export const manners = ['standard', 'high', 'original', 'file'] as const;
export type Manner = (typeof manners)[number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Longest sides, pixels: sharp on the finest phone; worth a print. */
const SIDES: Readonly<Record<Manner, number>> = {
  standard: 2048,
  high: 4096,
  original: Number.POSITIVE_INFINITY,
  file: Number.POSITIVE_INFINITY,
};
export const sideOf = (manner: Manner): number => SIDES[manner];
/** What is encoded anew for another reason than its size loses nothing that one sees. */
export const qualityOf = (manner: Manner): number =>
  manner === 'standard' || manner === 'high' ? 0.82 : 0.92;

/** As large as it may be with this longest side; never larger than it is. */
export function fit({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/** Saving less than a tenth is not worth compressing a picture twice. */
const WORTH = 0.9;
/** Edges of letters are worth twice the bytes. */
const CRISP_WORTH = 2;

export interface Candidates {
  /** The picture as it came, freed from what it tells besides; absent: it must not go as it is. Bytes, as all of these. */
  readonly original?: number | undefined;
  /** Drawn anew as WebP or JPEG. */
  readonly lossy: number;
  /** Drawn anew as PNG, where that was tried. */
  readonly png?: number | undefined;
  /** Drawn smaller than it was. */
  readonly resized: boolean;
  /** Few colours, or see-through: a drawing or a screenshot, that came without loss. */
  readonly crisp: boolean;
}

export function choose({ original, lossy, png, resized, crisp }: Candidates): 'original' | 'lossy' | 'png' {
  if (crisp) {
    const exact = resized ? undefined : original;
    const least = Math.min(exact ?? Number.POSITIVE_INFINITY, png ?? Number.POSITIVE_INFINITY);
    if (least <= lossy * CRISP_WORTH && least <= (original ?? least))
      return least === exact ? 'original' : 'png';
  }
  if (original === undefined) return 'lossy';
  return lossy < original * (resized ? 1 : WORTH) ? 'lossy' : 'original';
}

/** So many different colours in a stretch of pixels of a drawing; a photo has many more. */
const FLAT = 1 / 16;

/** Whether these pixels (RGBA) have few colours for their number. */
export function isFlat(rgba: Uint8ClampedArray): boolean {
  const colours = new Set(new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length >> 2));
  return colours.size <= (rgba.length >> 2) * FLAT;
}

/** Whether something shines through. */
export function isSeeThrough(rgba: Uint8ClampedArray): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return true;
  return false;
}
