/** A picture drawn as it will be sent: decoded once, made smaller, and written in whichever form weighs least. */
import { type Canvas, drawn, pressed, written } from './canvas.ts';
import { choose, fit, isFlat, type Size } from './choice.ts';
import { blurOf, samplesOf, type Thumbnail, thumbnailOf } from './small.ts';

export interface Order {
  readonly source: Blob;
  /** Longest side, pixels. */
  readonly side: number;
  readonly quality: number;
  /** What the original weighs without what it tells besides; undefined: it must not go as it is. Bytes. */
  readonly original: number | undefined;
  /** It goes as it is: only what stands for it is wanted. */
  readonly keep: boolean;
  /** It came without loss: a drawing may be among them. */
  readonly lossless: boolean;
}

export interface Drawing extends Size {
  /** Undefined: the original goes. */
  readonly data: Blob | undefined;
  readonly placeholder: string;
  readonly thumbnail: Thumbnail | undefined;
}

/** @throws DOMException for what the browser cannot decode. */
export async function draw(order: Order): Promise<Drawing> {
  const { source, side, quality, original, keep, lossless } = order;
  const bitmap = await createImageBitmap(source, { imageOrientation: 'from-image' });
  try {
    const size = { width: bitmap.width, height: bitmap.height };
    const { placeholder, seeThrough } = blurOf(bitmap, size);
    if (keep) {
      const thumbnail = await thumbnailOf(bitmap, size, { bytes: source.size, seeThrough });
      return { ...size, data: undefined, placeholder, thumbnail };
    }
    const target = fit(size, side);
    const resized = target.width < size.width;
    const canvas = drawn(bitmap, target);
    const crisp = lossless && (seeThrough || isFlat(samplesOf(bitmap, size)));
    const lossy = await pressed(canvas, quality, seeThrough);
    const png = crisp ? await asPng(canvas, lossy) : undefined;
    const chosen = choose({ original, lossy: lossy.size, png: png?.size, resized, crisp });
    const data = { original: undefined, lossy, png }[chosen];
    const bytes = data?.size ?? source.size;
    const thumbnail = await thumbnailOf(canvas, target, { bytes, seeThrough });
    return { ...(data ? target : size), data, placeholder, thumbnail };
  } finally {
    bitmap.close();
  }
}

const asPng = async (canvas: Canvas, lossy: Blob): Promise<Blob> =>
  lossy.type === 'image/png' ? lossy : written(canvas, 'image/png');
