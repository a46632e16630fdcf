/** Canvases as a worker has them, and as a page has them where a worker has none. */
import type { Size } from './choice.ts';

export type Canvas = OffscreenCanvas | HTMLCanvasElement;
export type Drawable = ImageBitmap | HTMLVideoElement | Canvas;

export function canvasOf({ width, height }: Size): Canvas {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** @throws Error where the browser has no room for one of this size. */
export function brushOf(canvas: Canvas): OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D {
  const brush = canvas.getContext('2d') as
    | OffscreenCanvasRenderingContext2D
    | CanvasRenderingContext2D
    | null;
  if (!brush) throw new Error('There is no room to draw the picture.');
  return brush;
}

/** All of it, in this size. */
export function drawn(picture: Drawable, size: Size): Canvas {
  const canvas = canvasOf(size);
  const brush = brushOf(canvas);
  brush.imageSmoothingQuality = 'high';
  brush.drawImage(picture, 0, 0, size.width, size.height);
  return canvas;
}

export const pixelsOf = (canvas: Canvas): Uint8ClampedArray =>
  brushOf(canvas).getImageData(0, 0, canvas.width, canvas.height).data;

/** A browser that cannot write a format writes PNG: its `type` says so. */
export function written(canvas: Canvas, type: string, quality?: number): Promise<Blob> {
  const options = { type, ...(quality !== undefined && { quality }) };
  if (!(canvas instanceof HTMLCanvas)) return canvas.convertToBlob(options);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be written.'))),
      type,
      quality,
    ),
  );
}

/** Workers do not know the name. */
const HTMLCanvas = globalThis.HTMLCanvasElement ?? class {};

/** WebP where the browser writes it, else JPEG; what shines through stays so. */
export async function pressed(canvas: Canvas, quality: number, seeThrough: boolean): Promise<Blob> {
  const webp = await written(canvas, 'image/webp', quality);
  if (webp.type === 'image/webp' || seeThrough) return webp;
  return written(canvas, 'image/jpeg', quality);
}
