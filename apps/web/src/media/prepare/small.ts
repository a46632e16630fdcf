/** What stands for a picture until it is there: a small one of it, and some 25 bytes that show as a blur. */
import type { OutgoingFile } from '@kith/client';
import { rgbaToThumbHash } from 'thumbhash';
import { brushOf, canvasOf, type Drawable, drawn, pixelsOf, pressed } from './canvas.ts';
import { fit, isSeeThrough, type Size } from './choice.ts';

export type Thumbnail = NonNullable<OutgoingFile['thumbnail']>;

export interface Blur {
  readonly placeholder: string;
  /** Something shines through the picture. */
  readonly seeThrough: boolean;
}

/** What ThumbHash looks at, at most. */
const BLUR_SIDE = 100;

export function blurOf(picture: Drawable, size: Size): Blur {
  const canvas = drawn(picture, fit(size, BLUR_SIDE));
  const pixels = pixelsOf(canvas);
  const hash = rgbaToThumbHash(canvas.width, canvas.height, pixels);
  return { placeholder: btoa(String.fromCharCode(...hash)), seeThrough: isSeeThrough(pixels) };
}

const THUMBNAIL_SIDE = 640;
const THUMBNAIL_QUALITY = 0.7;
/** What is as light as this is soon there itself. */
const LIGHT_BYTES = 60_000;
/** A thumbnail is to be lighter than what it stands for by so much. */
const LIGHTER = 0.7;

/** `bytes`: what the picture itself weighs; where it is one that cannot be shown, infinitely much. Undefined: none is worth it. */
export async function thumbnailOf(
  picture: Drawable,
  size: Size,
  { bytes, seeThrough }: { readonly bytes: number; readonly seeThrough: boolean },
): Promise<Thumbnail | undefined> {
  if (bytes <= LIGHT_BYTES) return undefined;
  const canvas = drawn(picture, fit(size, THUMBNAIL_SIDE));
  const data = await pressed(canvas, THUMBNAIL_QUALITY, seeThrough);
  if (data.size > bytes * LIGHTER) return undefined;
  return { data, mime: data.type, width: canvas.width, height: canvas.height };
}

const SAMPLE = 128;
/** Of the room there is: the middle, and on the way to each corner. */
const PLACES = [
  [0.5, 0.5],
  [0.2, 0.2],
  [0.8, 0.2],
  [0.2, 0.8],
  [0.8, 0.8],
] as const;

/** Some stretches of it as large as they are, for counting colours. */
export function samplesOf(picture: Drawable, { width, height }: Size): Uint8ClampedArray {
  const side = Math.min(SAMPLE, width, height);
  const canvas = canvasOf({ width: side * PLACES.length, height: side });
  const brush = brushOf(canvas);
  for (const [at, [x, y]] of PLACES.entries())
    brush.drawImage(picture, (width - side) * x, (height - side) * y, side, side, at * side, 0, side, side);
  return pixelsOf(canvas);
}
