/** Pictures: what their bytes say decides whether they are drawn at all; what goes out tells nothing but the picture. */
import type { OutgoingFile } from '@kith/client';
import { limits } from '@kith/protocol/limits';
import { joined } from './bytes.ts';
import { type Manner, qualityOf, sideOf } from './choice.ts';
import type { Drawing } from './draw.ts';
import { draws } from './drawing.ts';
import { type Look, look } from './look.ts';
import { renamed } from './names.ts';

/** A larger file is no picture that one looks at: it goes as it is. */
const FILE_BYTES = 64 * 1024 * 1024;
const LOSSLESS = new Set(['image/png', 'image/bmp', 'image/gif', 'image/webp']);

/** Undefined: nothing that can be shown as a picture. */
export async function pictureOf(
  source: Blob,
  name: string,
  manner: Manner,
  signal: AbortSignal,
): Promise<OutgoingFile | undefined> {
  if (source.size > FILE_BYTES) return undefined;
  const seen = look(new Uint8Array(await source.arrayBuffer()));
  signal.throwIfAborted();
  if (!seen) return undefined;
  const { mime, told } = seen;
  // Firefox judges what a picture is by the first part of its blob, and the two bytes a JPEG begins with are too few.
  const clean = told.type === 'cut' ? new Blob([joined(told.parts)], { type: mime }) : source;
  if (!fits(seen)) return { data: clean, kind: 'file', name, mime };
  // Whoever wants it as a file wants it to the byte, and what cannot be cut out is the server's to deal with.
  const keep = seen.animated || manner === 'file' || (manner === 'original' && told.type !== 'stuck');
  const drawing = await drawnOr(undefined, signal, {
    source: clean,
    side: sideOf(manner),
    quality: qualityOf(manner),
    original: told.type === 'stuck' ? undefined : clean.size,
    keep,
    lossless: LOSSLESS.has(mime),
  });
  if (!drawing) return { data: clean, kind: 'file', name, mime };
  const { data = clean, width, height, placeholder, thumbnail } = drawing;
  const type = data === clean ? mime : data.type;
  const shown = { placeholder, ...(thumbnail && { thumbnail }) };
  if (manner === 'file') return { data, kind: 'file', name, mime: type, ...shown };
  return {
    data,
    kind: 'image',
    name: data === clean ? name : renamed(name, type),
    mime: type,
    width,
    height,
    ...shown,
    ...(seen.animated && { animated: true as const }),
  };
}

const fits = ({ width, height }: Look): boolean =>
  width > 0 &&
  height > 0 &&
  Math.max(width, height) <= limits.imageSide &&
  width * height <= limits.imagePixels;

/** What this browser cannot draw (HEIC in most of them) is no reason not to send it. */
async function drawnOr<T>(
  otherwise: T,
  signal: AbortSignal,
  order: Parameters<typeof draws>[0],
): Promise<Drawing | T> {
  try {
    return await draws(order, signal);
  } catch {
    signal.throwIfAborted();
    return otherwise;
  }
}
