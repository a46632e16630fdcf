/**
 * Files that another app handed over: the service worker (build/sw.js) keeps them, as a cache of its own, until they are chosen a
 * place for. Without one nothing can be handed over.
 */

/** As build/sw.js calls it. */
const CACHE = 'shared-1';

const isThere = (): boolean => 'caches' in globalThis;

/** What there is, once: nobody has them here any more. */
export async function takeSharedFiles(): Promise<readonly File[]> {
  if (!isThere()) return [];
  const cache = await caches.open(CACHE);
  const responses = await cache.matchAll();
  const files = await Promise.all(
    responses.map(async (response) => {
      const name = decodeURIComponent(response.headers.get('x-name') ?? '');
      return new File([await response.blob()], name, {
        type: response.headers.get('content-type') ?? '',
        lastModified: Number(response.headers.get('x-modified')),
      });
    }),
  );
  await caches.delete(CACHE);
  return files;
}

export function dropSharedFiles(): void {
  if (isThere())
    caches.delete(CACHE).catch((error: unknown) => console.warn('Shared files are still kept here:', error));
}
