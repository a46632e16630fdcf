/**
 * What a picture's bytes say before anything is decoded: a picture of 50,000 × 50,000 fills the memory of a phone when a
 * browser is asked to draw it. And the same picture without what it tells besides: place, camera, time.
 */
import { bytesOf } from './bytes.ts';
import type { Size } from './choice.ts';
import { readGif } from './gif.ts';
import { isHeif, readHeif } from './heif.ts';
import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import { readWebp } from './webp.ts';

export interface Look extends Size {
  readonly mime: string;
  readonly animated: boolean;
  /** What it tells besides the picture. */
  readonly told: Told;
}

export type Told =
  | { readonly type: 'nothing' }
  /** The same picture without it: not a pixel is another. */
  | { readonly type: 'cut'; readonly parts: readonly Uint8Array<ArrayBuffer>[] }
  /** Nobody here knows how to cut it out: only drawing it anew helps. */
  | { readonly type: 'stuck' };

/** So much of a file is enough to know what it is. */
export const HEAD_BYTES = 32;

/** Whether these first bytes begin a picture that browsers draw, with the name of its format. */
export function formatOf(head: Uint8Array<ArrayBuffer>): string | undefined {
  if (head.length < HEAD_BYTES) return undefined;
  const bytes = bytesOf(head);
  if (bytes.u24le(0) === 0xff_d8_ff) return 'image/jpeg';
  if (bytes.u32(0) === 0x89504e47 && bytes.u32(4) === 0x0d0a1a0a) return 'image/png';
  if (/^GIF8[79]a$/.test(bytes.text(0, 6))) return 'image/gif';
  if (bytes.text(0, 4) === 'RIFF' && bytes.text(8, 4) === 'WEBP') return 'image/webp';
  // The size of its first header follows: two letters alone begin many a text.
  if (bytes.text(0, 2) === 'BM' && bytes.u32le(14) >= 40 && bytes.u32le(14) <= 124) return 'image/bmp';
  return isHeif(bytes);
}

/** Undefined: it is no picture, or broken. */
export function look(array: Uint8Array<ArrayBuffer>): Look | undefined {
  const mime = formatOf(array.subarray(0, HEAD_BYTES));
  const bytes = bytesOf(array);
  try {
    switch (mime) {
      case 'image/jpeg':
        return { mime, animated: false, ...readJpeg(bytes) };
      case 'image/png':
        return { mime, ...readPng(bytes) };
      case 'image/gif':
        return { mime, ...readGif(bytes) };
      case 'image/webp':
        return { mime, ...readWebp(bytes) };
      case 'image/avif':
      case 'image/heic':
        return { mime, ...readHeif(bytes) };
      case 'image/bmp':
        return {
          mime,
          animated: false,
          width: bytes.u32le(18),
          // Less than nothing: its first line is the upper one.
          height: Math.abs(bytes.u32le(22) | 0),
          told: { type: 'nothing' },
        };
      default:
        return undefined;
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
