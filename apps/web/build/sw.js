/**
 * Lets the app open with no network, and keeps every page whole: its files come from one build, the one whose page was
 * handed out. A newer build is fetched beside it and waits until somebody wants it (src/app/update.ts), or until the app is
 * opened anew with no other window of it. What the service says (/v1 and its neighbours) never passes through here, but
 * for its images, which never change, though who may see them does.
 */
const VERSION = '__VERSION__';
const FILES = JSON.parse('__FILES__');
const CACHE = `kith-${VERSION}`;
const PAGE = '/';

/** Pictures of people and the like. Named apart: a new version of the app keeps them, and whoever signs out takes them along. */
const IMAGES = 'images-1';
const IMAGES_KEPT = 600;
/** Its owner may hide a picture from somebody who has seen it: so long it is shown unasked. */
const UNASKED_MS = 60 * 60_000;

self.addEventListener('install', (event) => {
  // Past the browser's own cache: a file without a hash may lie there from an older build.
  const requests = [PAGE, ...FILES].map((path) => new Request(path, { cache: 'no-cache' }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
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

self.addEventListener('message', (event) => {
  if (event.data?.type === 'take') event.waitUntil(self.skipWaiting());
  else if (event.data?.type === 'holds') event.ports[0]?.postMessage(FILES.includes(event.data.path));
});

/** A notice was pressed: the window that is open, else a new one, goes where it came from. */
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const where = event.notification.data ?? {};
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then(async ([window]) => {
      // Put off where it stands: nobody asked for the window.
      if (window && event.action === 'snooze') return window.postMessage({ type: 'snooze', where });
      // With no window there is nobody else to do it.
      const snooze = event.action === 'snooze' ? '&snooze=1' : '';
      if (!window) return self.clients.openWindow(`/c/${where.conversationId}?m=${where.messageId}${snooze}`);
      // The browser may refuse, where another window of it is modal, say.
      await window.focus().catch(() => undefined);
      window.postMessage({ type: 'open', where });
    }),
  );
});

/** The page of this build. When the app is only just being opened, a newer one that waits takes over on the way. */
async function page(request) {
  const { waiting } = self.registration;
  let name = CACHE;
  if (waiting && (await self.clients.matchAll({ type: 'window' })).length <= 1) {
    const names = (await caches.keys()).filter((one) => one.startsWith('kith-'));
    name = names.at(-1) ?? CACHE;
    waiting.postMessage({ type: 'take' });
  }
  return (await caches.match(PAGE, { cacheName: name })) ?? fetch(request);
}

/** Of this build first; of another one while its page is still open. */
async function file(request) {
  const kept = (await caches.match(request, { cacheName: CACHE })) ?? (await caches.match(request));
  if (kept) return kept;
  const fresh = await fetch(request);
  // Not on the list, as only some need it: whoever did will need it again.
  if (fresh.ok && new URL(request.url).pathname.startsWith('/assets/'))
    await (await caches.open(CACHE)).put(request, fresh.clone());
  return fresh;
}

async function image(event) {
  const { request } = event;
  const cache = await caches.open(IMAGES);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) {
    const since = Date.now() - Date.parse(kept.headers.get('date') ?? '');
    if (!(since < UNASKED_MS)) event.waitUntil(askAgain(cache, request));
    return kept;
  }
  const response = await fetch(request);
  if (response.status === 200) event.waitUntil(keep(cache, request, response.clone()));
  return response;
}

/** A full disk is no reason to show no picture. */
const keep = (cache, request, response) =>
  cache.put(request, response).then(
    () => trim(cache),
    () => undefined,
  );

/** Whether one may see it still. The browser's own copy would say yes for a year. */
async function askAgain(cache, request) {
  const response = await fetch(new Request(request, { cache: 'no-cache' })).catch(() => undefined);
  if (response?.status === 200) await keep(cache, request, response);
  else if (response?.status === 403 || response?.status === 404)
    await cache.delete(request, { ignoreVary: true });
}

/** The oldest go. */
async function trim(cache) {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - IMAGES_KEPT)).map((key) => cache.delete(key)));
}

/** What another app shares, until the page takes it (src/app/sharedFiles.ts). Whoever shares again meant that. */
const SHARED = 'shared-1';
/** As many as can be chosen at once. */
const SHARED_MOST = 100;

async function share(request) {
  // Cut off on the way, or not a form: the page says that nothing was shared.
  const form = await request.formData().catch(() => new FormData());
  const words = new URLSearchParams();
  for (const name of ['title', 'text', 'url']) words.set(name, String(form.get(name) ?? ''));
  const files = form.getAll('files').filter((one) => one instanceof File);
  if (files.length > 0) words.set('files', await keepShared(files.slice(0, SHARED_MOST)));
  return Response.redirect(`/share?${words}`, 303);
}

/** How many were kept; none where there is no room for them: half of what was shared would be taken for all of it. */
async function keepShared(files) {
  await caches.delete(SHARED);
  try {
    const cache = await caches.open(SHARED);
    // One after the other: they are handed on in the order of keeping.
    for (const [at, file] of files.entries()) {
      const headers = {
        'content-type': file.type || 'application/octet-stream',
        'x-name': encodeURIComponent(file.name),
        'x-modified': String(file.lastModified),
      };
      await cache.put(`/share/${at}`, new Response(file, { headers }));
    }
    return String(files.length);
  } catch {
    // The page says it.
    await caches.delete(SHARED);
    return 'noRoom';
  }
}

/** Addresses inside of the app; everything else (the reference of the API, say) is the server's. */
const isPage = ({ pathname }) =>
  ['/', '/new', '/share', '/settings/security'].includes(pathname) || pathname.startsWith('/c/');

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === 'POST' && request.mode === 'navigate' && url.pathname === '/share')
    event.respondWith(share(request));
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') {
    if (isPage(url)) event.respondWith(page(request));
    return;
  }
  if (url.pathname.startsWith('/v1/blobs/')) event.respondWith(image(event));
  else if (url.pathname.startsWith('/assets/') || FILES.includes(url.pathname))
    event.respondWith(file(request));
});
