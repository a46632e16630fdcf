/** Makes a picture of a person's device small enough for its purpose, here, so that no more travels than is shown. */
import { KithError } from '@kith/client';
import { blobBounds } from '@kith/protocol/blobBounds';
import type { BlobPurpose } from '@kith/protocol/blobs';

/** What may move keeps moving: it goes as it is, and the server has the last word. */
const MAY_MOVE = new Set(['image/gif', 'image/webp', 'image/apng']);
const QUALITIES = [0.92, 0.8, 0.65];
/** Drawn at most so large: sharp on the finest screens. */
const SIDES: Readonly<Record<'emoji' | 'sticker', number>> = { emoji: 128, sticker: 512 };

/** @throws KithError bad_input for what is no picture that the browser can draw. */
export async function shrink(file: File, purpose: Extract<BlobPurpose, 'emoji' | 'sticker'>): Promise<Blob> {
  const { bytes } = blobBounds[purpose];
  if (MAY_MOVE.has(file.type) && file.size <= bytes) return file;
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    throw new KithError('bad_input', { cause });
  });
  try {
    const scale = Math.min(1, SIDES[purpose] / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      // Browsers that cannot write WebP write PNG.
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/webp', quality));
      if (blob && blob.size <= bytes) return blob;
    }
  } finally {
    bitmap.close();
  }
  throw new KithError('too_large');
}
