/**
 * Pages of hosts (`origins` of a tenant) may read our answers to what they ask with a bearer token. Never with a cookie: there is
 * no credentials header, so that a browser sends none along. Whose token it is, is looked at where the caller is (caller.ts).
 */
import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from './app.ts';
import { foreignOriginOf } from './origin.ts';

/** Of signing in, only what people of hosts need; and nothing of those who hold keys: keys do not belong into pages. */
const OPEN = /^\/v1\/(?!auth\/|operator(?:\/|$)|admin(?:\/|$))|^\/v1\/auth\/(?:token|sign-out)$/;

/** As the routes read it: `/v1/%61dmin` is no other place. What cannot be read leads nowhere. */
function pathOf(url: string): string {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '');
  } catch {
    return '';
  }
}

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS =
  'authorization, content-type, range, tus-resumable, upload-length, upload-metadata, upload-offset';
const ANSWER_HEADERS =
  'accept-ranges, content-range, location, retry-after, tus-resumable, upload-length, upload-offset, x-request-id';
/** Browsers ask again after ten minutes: an origin that is taken back is refused there by then, and here at once. */
const PREFLIGHT_S = 600;

export function registerCors(
  app: FastifyInstance,
  { services: { tenants }, config }: Pick<HttpDependencies, 'services' | 'config'>,
): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!OPEN.test(pathOf(request.url))) return;
    const page = foreignOriginOf(request.headers, config);
    // A cache must not give one origin what was answered to another.
    if (request.headers.origin !== undefined) reply.header('vary', 'origin');
    if (page === null || !tenants.knowsOrigin(page)) return;
    reply.headers({ 'access-control-allow-origin': page, 'access-control-expose-headers': ANSWER_HEADERS });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
      return;
    return reply
      .headers({
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers': REQUEST_HEADERS,
        'access-control-max-age': String(PREFLIGHT_S),
      })
      .code(204)
      .send();
  });
}
