/** What browsers are told to refuse on every answer. */
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import { hostOf } from './origin.ts';

/** A Host header is a stranger's text until it looks like a host. */
const HOST = /^[a-z0-9.-]+(:\d+)?$|^\[[0-9a-f:.]+\](:\d+)?$/;

/** Older browsers do not count a socket as 'self', so the socket's own address is named besides. */
export function contentSecurityPolicy(host: string): string {
  const sockets = HOST.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'self'",
    "script-src 'self'",
    // Positions and sizes of lists and menus are set as style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    `connect-src 'self'${sockets}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function registerSecurityHeaders(
  app: FastifyInstance,
  { publicOrigins, trustedProxies }: Pick<Config, 'publicOrigins' | 'trustedProxies'>,
): void {
  const secure = publicOrigins[0]?.startsWith('https:') ?? false;
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': contentSecurityPolicy(hostOf(request.headers, trustedProxies)),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'geolocation=(self), payment=(), usb=()',
      ...(secure && { 'strict-transport-security': 'max-age=31536000' }),
    });
  });
}
