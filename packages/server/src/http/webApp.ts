/** The built web app, and what unknown addresses get. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { KithError } from '@kith/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendError } from './errors.ts';
import { stillPagePolicy } from './securityHeaders.ts';

/** Vite puts the files whose names change with their content here. */
const HASHED = '/assets/';

export async function registerWebApp(app: FastifyInstance, webRoot: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webRoot,
    index: false,
    dotfiles: 'ignore',
    // Files made by the build beside the originals (`.br`, `.gz`).
    preCompressed: true,
    cacheControl: false,
    suppressWarning: true,
    setHeaders: (reply, path) => {
      const immutable = path.slice(webRoot.length).replaceAll('\\', '/').startsWith(HASHED);
      reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  // What another app shares is taken by the page's service worker. Here it comes where there is none: the page says so.
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'POST' && request.url === '/share')
      return reply.header('cache-control', 'no-store').redirect('/share?files=lost', 303);
  });
  app.route({ method: ['GET', 'HEAD'], url: '/', handler: (_request, reply) => sendIndex(reply, webRoot) });
  app.setNotFoundHandler((request, reply) => {
    if (isOfTheApi(request)) return sendError(request, reply, new KithError('unknown_command'));
    if (isNavigation(request)) return sendIndex(reply, webRoot);
    return sendError(request, reply, new KithError('not_found'));
  });
}

const isOfTheApi = (request: FastifyRequest): boolean => /^\/v1(\/|$|\?)/.test(request.url);

/** Addresses within the app exist only in the browser: whoever opens or reloads one gets the app itself. */
const isNavigation = (request: FastifyRequest): boolean =>
  request.method === 'GET' &&
  (request.headers.accept ?? '').includes('text/html') &&
  !request.url.startsWith(HASHED);

async function sendIndex(reply: FastifyReply, webRoot: string): Promise<FastifyReply> {
  const path = join(webRoot, 'index.html');
  const isThere = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache');
  if (isThere) return reply.send(createReadStream(path));
  return reply.header('content-security-policy', stillPagePolicy(NOT_BUILT_STYLE)).send(NOT_BUILT);
}

const NOT_BUILT_STYLE =
  ':root { color-scheme: light dark } body { font: 1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem }';

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Kith</title>
<style>${NOT_BUILT_STYLE}</style>
<h1>The server runs; its web app is not built yet.</h1>
<p>Run <code>npm run build</code> in Kith’s folder and reload this page. <code>npm start</code> does it by itself.</p>
<p>The API works already: see its <a href="/docs">reference</a>.</p>
</html>
`;
