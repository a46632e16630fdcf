/** What a request says about where it comes from, and how much of that is believed. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';

/**
 * The address of the client. Each reverse proxy of ours appends the address it was called from to X-Forwarded-For, so with
 * `trustedProxies` of them the client is that many places from the end; everything before it the client may have made up.
 */
export function addressOf(request: IncomingMessage, trustedProxies: number): string {
  const direct = request.socket.remoteAddress ?? 'unknown';
  if (trustedProxies === 0) return direct;
  const forwarded = listOf(request.headers['x-forwarded-for']);
  return withoutPort(forwarded[Math.max(0, forwarded.length - trustedProxies)] ?? direct);
}

/** Some proxies name the port too, which is another one with every connection: each would be an address of its own to the limits. */
const withoutPort = (address: string): string =>
  /^\[([^\]]*)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;

/** The host the client asked for: as our foremost proxy tells it, else as the request says. */
export function hostOf(headers: IncomingHttpHeaders, trustedProxies: number): string {
  const forwarded = trustedProxies > 0 ? listOf(headers['x-forwarded-host'])[0] : undefined;
  return (forwarded ?? headers.host ?? '').toLowerCase();
}

/**
 * Whether a browser sent this from a page of ours. What is done by cookie and changes something, sockets included, needs
 * it: any page may make a browser send our cookie.
 */
export function isOwnOrigin(
  headers: IncomingHttpHeaders,
  config: Pick<Config, 'publicOrigins' | 'trustedProxies'>,
): boolean {
  const { origin } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] === 'same-origin';
  if (config.publicOrigins.length > 0) return config.publicOrigins.includes(origin);
  // Without a configured origin the Host decides. A page under a name that somebody else points here has no cookie of ours.
  return URL.canParse(origin) && new URL(origin).host === hostOf(headers, config.trustedProxies);
}

/** The page of another site that a browser sent this from; null: of ours, or it does not say. */
export function foreignOriginOf(
  headers: IncomingHttpHeaders,
  config: Pick<Config, 'publicOrigins' | 'trustedProxies'>,
): string | null {
  const { origin } = headers;
  return origin === undefined || isOwnOrigin(headers, config) ? null : origin;
}

const listOf = (header: string | string[] | undefined): string[] =>
  (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
