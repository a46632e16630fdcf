/** From a file to a picture, and from its crop to what is uploaded: drawn anew, so that nothing but pixels goes out. */
import { type Crop, type Size, sideOf } from './crop.ts';

/** Larger ones would fill a phone's memory when decoded. */
const FILE_BYTES = 30 * 1024 * 1024;
/** Sharp at the largest size it is shown in. */
const SIDE = 512;
const UPLOAD_BYTES = 500 * 1024;

export type Picture = ImageBitmap;

/** Null: it is no picture that this browser can read, or too large. */
export async function pictureOf(file: Blob): Promise<Picture | null> {
  if (file.size > FILE_BYTES) return null;
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return null;
  }
}

export function draw(canvas: HTMLCanvasElement, picture: Picture, crop: Crop): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const size: Size = picture;
  const side = sideOf(crop, size);
  context.imageSmoothingQuality = 'high';
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(
    picture,
    crop.x - side / 2,
    crop.y - side / 2,
    side,
    side,
    0,
    0,
    canvas.width,
    canvas.height,
  );
}

/** WebP where the browser writes it, else JPEG. */
export async function encode(picture: Picture, crop: Crop): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  draw(canvas, picture, crop);
  for (const quality of [0.9, 0.75, 0.5]) {
    const webp = await blobOf(canvas, 'image/webp', quality);
    const blob = webp.type === 'image/webp' ? webp : await opaque(canvas, quality);
    if (blob.size <= UPLOAD_BYTES) return blob;
  }
  return opaque(canvas, 0.5);
}

/** JPEG knows no transparency and would show it black. */
function opaque(from: HTMLCanvasElement, quality: number): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext('2d');
  if (context) {
    context.fillStyle = 'white';
    context.fillRect(0, 0, SIDE, SIDE);
    context.drawImage(from, 0, 0);
  }
  return blobOf(canvas, 'image/jpeg', quality);
}

const blobOf = (canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob> =>
  new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be written.'))),
      type,
      quality,
    ),
  );
