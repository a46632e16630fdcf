/** From a link to what is shown of it: the page is read, its picture is kept here, so that nobody's app calls strangers. */
import { blobBounds, KithError, type LinkPreview } from '@kith/protocol';
import type { Blobs } from '../blobs/blobs.ts';
import { NotFetched, type Outside } from './outside.ts';
import { readPage, textOf } from './page.ts';

/** Page and picture together. */
const PATIENCE_MS = 5_000;
const PAGE_BYTES = 512 * 1024;

const isPage = (type: string): boolean => type === 'text/html' || type === 'application/xhtml+xml';

/** Null: there is nothing to show. Rejects with NotFetched. */
export async function fetchPreview(
  { outside, blobs }: { readonly outside: Outside; readonly blobs: Pick<Blobs, 'keep'> },
  tenantId: number,
  link: string,
): Promise<LinkPreview | null> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const page = await outside(link, {
    accept: 'text/html,application/xhtml+xml',
    isWanted: isPage,
    mostBytes: PAGE_BYTES,
    longer: 'cut',
    signal,
  });
  const { title, description, siteName, image } = readPage(textOf(page.bytes, page.contentType), page.url);
  if (title === undefined) return null;
  const kept = image === undefined ? undefined : await keepImage(image);
  return {
    url: link,
    title,
    siteName: siteName ?? page.url.hostname.replace(/^www\./, ''),
    ...(description !== undefined && { description }),
    ...(kept && { image: kept }),
  };

  /** A page without its picture is better than none. */
  async function keepImage(address: string): Promise<LinkPreview['image']> {
    try {
      const { bytes } = await outside(address, {
        accept: 'image/jpeg,image/png,image/webp,image/gif',
        isWanted: (type) => type.startsWith('image/'),
        mostBytes: blobBounds.preview.bytes,
        longer: 'refuse',
        signal,
      });
      const { id, width, height } = await blobs.keep(tenantId, 'preview', bytes);
      return { path: `/v1/blobs/${id}`, width, height };
    } catch (error) {
      if (isExpected(error)) return undefined;
      throw error;
    }
  }
}

/** What strangers' servers do: not ours to mend. */
export const isExpected = (error: unknown): boolean =>
  error instanceof NotFetched ||
  (error instanceof KithError && ['bad_input', 'too_large', 'file_refused'].includes(error.code));
