/** What browsers are told to refuse on every answer. */
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import { hostOf } from './origin.ts';

/** A Host header is a stranger's text until it looks like a host. */
const HOST = /^[a-z0-9.-]+(:\d+)?$|^\[[0-9a-f:.]+\](:\d+)?$/;

/**
 * Older browsers do not count a socket as 'self', so the socket's own address is named besides. `store`: an origin that we send
 * browsers to for files; where a request is sent on to counts as much as where it began.
 */
export function contentSecurityPolicy(host: string, store: string | null = null): string {
  const files = store === null ? '' : ` ${store}`;
  const sockets = HOST.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'self'",
    "script-src 'self'",
    // Positions and sizes of lists and menus are set as style attributes.
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob:${files}`,
    `media-src 'self' blob:${files}`,
    `connect-src 'self' blob:${files}${sockets}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function registerSecurityHeaders(
  app: FastifyInstance,
  {
    publicOrigins,
    trustedProxies,
    s3Direct,
    s3Url,
  }: Pick<Config, 'publicOrigins' | 'trustedProxies' | 's3Direct' | 's3Url'>,
): void {
  const store = s3Direct && s3Url !== null ? new URL(s3Url).origin : null;
  const secure = publicOrigins[0]?.startsWith('https:') ?? false;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': contentSecurityPolicy(hostOf(request.headers, trustedProxies), store),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'geolocation=(self), payment=(), usb=()',
      ...(secure && { 'strict-transport-security': 'max-age=31536000' }),
    });
  });
}
