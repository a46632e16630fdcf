/** The first page of a PDF as a small picture. The reader is large, and fetched when the first PDF is given. */
import type { OutgoingFile } from '@kith/client';
import { within } from './patience.ts';
import { blurOf, thumbnailOf } from './small.ts';

const PATIENCE_MS = 20_000;
/** A larger one is sent without a picture: all of it would have to be in memory. */
const FILE_BYTES = 64 * 1024 * 1024;
const PAGE_SIDE = 640;
/** Pictures in it, pixels: a hostile one holds a single huge one. */
const PICTURE_PIXELS = 40_000_000;

type Page = Pick<OutgoingFile, 'placeholder' | 'thumbnail'>;

/** Nothing where it cannot be drawn, or wants a password. */
export async function firstPage(source: Blob, signal: AbortSignal): Promise<Page> {
  if (source.size > FILE_BYTES) return {};
  try {
    return await within(PATIENCE_MS, signal, (stop) => page(source, stop));
  } catch (error) {
    signal.throwIfAborted();
    console.warn('No picture of the first page:', error);
    return {};
  }
}

async function page(source: Blob, stop: AbortSignal): Promise<Page> {
  const [pdf, { default: workerSrc }] = await Promise.all([
    import('pdfjs-dist'),
    import('pdfjs-dist/build/pdf.worker.min.mjs?url'),
  ]);
  pdf.GlobalWorkerOptions.workerSrc = workerSrc;
  const reading = pdf.getDocument({
    data: new Uint8Array(await source.arrayBuffer()),
    // Neither forms with scripts in them, nor code that the page's policy forbids.
    enableXfa: false,
    useWasm: false,
    maxImageSize: PICTURE_PIXELS,
    verbosity: pdf.VerbosityLevel.ERRORS,
  });
  const end = (): void => void reading.destroy();
  stop.addEventListener('abort', end, { once: true });
  try {
    const first = await (await reading.promise).getPage(1);
    const whole = first.getViewport({ scale: 1 });
    const viewport = first.getViewport({ scale: PAGE_SIDE / Math.max(whole.width, whole.height) });
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(viewport.width));
    canvas.height = Math.max(1, Math.round(viewport.height));
    await first.render({ canvas, viewport, background: 'white', annotationMode: pdf.AnnotationMode.DISABLE })
      .promise;
    const { placeholder } = blurOf(canvas, canvas);
    const thumbnail = await thumbnailOf(canvas, canvas, {
      bytes: Number.POSITIVE_INFINITY,
      seeThrough: false,
    });
    return { placeholder, ...(thumbnail && { thumbnail }) };
  } finally {
    stop.removeEventListener('abort', end);
    await reading.destroy();
  }
}
