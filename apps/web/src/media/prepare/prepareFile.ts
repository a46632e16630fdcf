/**
 * From what a person chose to what a message carries: pictures made smaller and freed from place and time, everything
 * measured, with something small to stand for it. Done here, before anything is sent, so that it is the same for
 * conversations whose server sees only closed bytes. It never fails for what a file is: what cannot be shown goes as a file.
 */
import type { OutgoingFile } from '@kith/client';
import type { Manner } from './choice.ts';
import { firstPage } from './documents.ts';
import { measureSound, measureVideo } from './films.ts';
import { formatOf, HEAD_BYTES } from './look.ts';
import { nameOf, typeOf } from './names.ts';
import { pictureOf } from './pictures.ts';
import { createQueue } from './queue.ts';

export interface Choice {
  readonly manner: Manner;
  /** What it is called when it has no name of its own. */
  readonly otherwise: string;
  readonly signal: AbortSignal;
}

/** More than anybody chooses at once. */
const WAITING = 500;
const queue = createQueue(WAITING);

/** @throws DOMException when the file cannot be read (NotFoundError, NotReadableError), or is not wanted any more (AbortError). */
export const prepareFile = (source: File | Blob, choice: Choice): Promise<OutgoingFile> =>
  queue.run(choice.signal, () => prepared(source, choice));

async function prepared(source: File | Blob, { manner, otherwise, signal }: Choice): Promise<OutgoingFile> {
  const name = nameOf(source instanceof File ? source.name : '', otherwise);
  // A folder, or a file that is gone by now, says so here.
  const head = new Uint8Array(await source.slice(0, HEAD_BYTES).arrayBuffer());
  signal.throwIfAborted();
  if (formatOf(head)) {
    const picture = await pictureOf(source, name, manner, signal);
    if (picture) return picture;
  }
  const mime = typeOf(source, name);
  const file: OutgoingFile = { data: source, kind: 'file', name, mime };
  if (mime === 'application/pdf') return { ...file, ...(await firstPage(source, signal)) };
  if (mime.startsWith('video/')) {
    const { width, height, duration, ...shown } = await measureVideo(source, signal);
    if (manner === 'file') return { ...file, ...shown };
    if (width === undefined || height === undefined)
      // One that this browser does not play, others may; or sound alone.
      return duration === undefined ? { ...file, kind: 'video' } : { ...file, kind: 'audio', duration };
    return { ...file, kind: 'video', width, height, ...(duration !== undefined && { duration }), ...shown };
  }
  if (mime.startsWith('audio/') && manner !== 'file')
    return { ...file, kind: 'audio', ...(await measureSound(source, signal)) };
  return file;
}
