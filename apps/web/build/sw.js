/**
 * Lets the app open with no network: the built files are kept, the page is asked of the network first so that a new
 * version arrives at the next load, and what the service says (/v1 and its neighbours) never passes through here.
 */
const VERSION = '__VERSION__';
const FILES = JSON.parse('__FILES__');
const CACHE = `kith-${VERSION}`;
const PAGE = '/';
/** Small files of public/, whose names carry no hash. */
const UNHASHED = ['/theme.js', '/icon.svg', '/manifest.webmanifest'];

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([PAGE, ...UNHASHED, ...FILES]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        // One older version stays: a tab that is still open may yet import its lazy parts.
        names.filter((name) => name.startsWith('kith-') && name !== CACHE).slice(0, -1),
      )
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/** The network, or after two seconds of silence what is kept: a bad line should not hold the app back. */
async function page(request) {
  const kept = await caches.match(PAGE, { cacheName: CACHE });
  // Never stored here: a page of a newer build would name files that this cache does not hold.
  const fresh = fetch(request).then((response) => (response.ok || !kept ? response : kept));
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(resolve, 2000, kept));
  return Promise.race([fresh.catch(() => kept), late]);
}

async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (url.pathname === '/' || url.pathname.startsWith('/c/')) event.respondWith(page(request));
    return;
  }
  if (url.pathname.startsWith('/assets/') || UNHASHED.includes(url.pathname))
    event.respondWith(asset(request));
});
