/** What browsers are told to refuse, on every answer: of the app, of the API, of errors, of what was never a request. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import { hostOf } from './origin.ts';

/** A Host header is a stranger's text until it looks like a host. */
const HOST = /^[a-z0-9.-]+(:\d+)?$|^\[[0-9a-f:.]+\](:\d+)?$/;

/**
 * Older browsers do not count a socket as 'self', so the socket's own address is named besides. `store`: an origin that we send
 * browsers to for files; where a request is sent on to counts as much as where it began. Styles come from files alone: what
 * components set goes by way of the CSSOM, which no policy forbids, and text that was taken for markup could bring none.
 */
export function contentSecurityPolicy(host: string, store: string | null = null): string {
  const files = store === null ? '' : ` ${store}`;
  const sockets = HOST.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: blob:${files}`,
    `media-src 'self' blob:${files}`,
    `connect-src 'self' blob:${files}${sockets}`,
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** For a page without scripts that brings its style along: this one style, and nothing else. */
export function stillPagePolicy(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; img-src 'self'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

/** What the app asks a browser for stands with (self); a page that got in here could not ask for the rest. */
const PERMISSIONS = [
  'camera=(self)',
  'geolocation=(self)',
  'microphone=(self)',
  'publickey-credentials-get=(self)',
  'accelerometer=()',
  'display-capture=()',
  'gyroscope=()',
  'hid=()',
  'magnetometer=()',
  'midi=()',
  'payment=()',
  'serial=()',
  'usb=()',
  'xr-spatial-tracking=()',
].join(', ');

/** The same for every answer, also for those that no hook comes by. */
export const STANDING_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  // For browsers that do not know `frame-ancestors`.
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  // No page of another site draws our pictures, or measures them.
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': PERMISSIONS,
  // Names in links that strangers send are asked for when somebody follows one, not when it is drawn.
  'x-dns-prefetch-control': 'off',
} as const;

/** The headers of an answer to a request with these. */
export type SecurityHeaders = (headers: IncomingHttpHeaders) => Readonly<Record<string, string>>;

export function securityHeaders({
  publicOrigins,
  trustedProxies,
  s3Direct,
  s3Url,
}: Pick<Config, 'publicOrigins' | 'trustedProxies' | 's3Direct' | 's3Url'>): SecurityHeaders {
  const store = s3Direct && s3Url !== null ? new URL(s3Url).origin : null;
  const secure = publicOrigins[0]?.startsWith('https:') ?? false;
  return (headers) => ({
    ...STANDING_HEADERS,
    'content-security-policy': contentSecurityPolicy(hostOf(headers, trustedProxies), store),
    // This host alone: what else stands under its name is not ours to force, and might not speak https.
    ...(secure && { 'strict-transport-security': 'max-age=31536000' }),
  });
}

export function registerSecurityHeaders(app: FastifyInstance, headersFor: SecurityHeaders): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headersFor(request.headers));
  });
}
