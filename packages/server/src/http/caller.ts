/** Who calls over HTTP: credentials, forgery, rates. */
import { type CommandName, KithError, type RateClass } from '@kith/protocol';
import type { FastifyRequest } from 'fastify';
import type { Credentials, Identity, Origin } from '../accounts/accounts.ts';
import type { RateLimiter, RateScope } from '../limits/rateLimiter.ts';
import { mailLocale } from '../mail/kinds.ts';
import { demandUnrestricted } from '../policy/restriction.ts';
import type { Caller } from '../services.ts';
import type { HttpDependencies } from './app.ts';
import { addressOf, foreignOriginOf, isOwnOrigin } from './origin.ts';

type Dependencies = Pick<HttpDependencies, 'accounts' | 'limiter' | 'config' | 'services'>;

/**
 * The signed-in caller, within their rates. `command` null: what is no command. @throws KithError rate_limited, unauthenticated,
 * forbidden, and the error of a restriction.
 */
export async function callerOf(
  request: FastifyRequest,
  rate: RateClass,
  dependencies: Dependencies,
  command: CommandName | null = null,
): Promise<Caller> {
  const { accounts, limiter, config } = dependencies;
  // Before anything costly: whoever floods with wrong tokens pays here.
  takeRate(limiter, { address: addressOf(request.raw, config.trustedProxies) }, rate);
  const credentials = credentialsOf(request);
  const identity: Identity | null = credentials === null ? null : await accounts.authenticate(credentials);
  if (!identity) throw new KithError('unauthenticated');
  refuseForgery(request, dependencies);
  refuseOthersPages(request, identity, dependencies);
  demandUnrestricted(identity, command);
  const { tenantId, sessionId } = identity;
  takeRate(limiter, { tenantId, userId: identity.user.id }, rate);
  return {
    tenantId,
    userId: identity.user.id,
    sessionId,
    ...(identity.user.role === 'guest' && { guest: true }),
    page: pageOf(request, config),
    socket: null,
  };
}

/** Where somebody at the door comes from. */
export const originOf = (
  { raw, headers }: FastifyRequest,
  { accounts, config }: Pick<Dependencies, 'accounts' | 'config'>,
): Origin => ({
  address: addressOf(raw, config.trustedProxies),
  userAgent: headers['user-agent'] ?? null,
  locale: languageOf(headers['accept-language']),
  device: accounts.deviceOf(headers.cookie ?? ''),
  page: pageOf({ headers }, config),
});

/** Null: the browser does not say. */
const languageOf = (accepted: string | undefined): string | null =>
  accepted === undefined ? null : mailLocale(accepted);
/** The page behind a request, if it is one of ours. */
export const pageOf = (
  { headers }: Pick<FastifyRequest, 'headers'>,
  config: Parameters<typeof isOwnOrigin>[1],
): string | undefined => (isOwnOrigin(headers, config) ? headers.origin : undefined);

const BEARER = /^Bearer +(\S+) *$/i;

/** Null when there are none, or none of a form we know. */
export function credentialsOf(request: FastifyRequest): Credentials | null {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) {
    const token = BEARER.exec(authorization)?.[1];
    return token === undefined ? null : { token };
  }
  return cookie === undefined ? null : { cookie };
}

/** A request that carries the cookie and changes something must come from a page of ours. */
export function refuseForgery(request: FastifyRequest, { config }: Pick<Dependencies, 'config'>): void {
  const byCookie = request.headers.authorization === undefined && request.headers.cookie !== undefined;
  if (!byCookie || request.method === 'GET') return;
  if (!isOwnOrigin(request.headers, config)) throw foreignOrigin();
}

/** A page of a host, which browsers are told to let read our answers, speaks for people of that tenant, and by their tokens only. */
function refuseOthersPages(
  { headers }: FastifyRequest,
  { tenantId }: Identity,
  { config, services: { tenants } }: Dependencies,
): void {
  const page = foreignOriginOf(headers, config);
  if (page === null || !tenants.knowsOrigin(page)) return;
  if (headers.authorization === undefined || !tenants.letsOrigin(tenantId, page)) throw foreignOrigin();
}

export const foreignOrigin = (): KithError =>
  new KithError('forbidden', {
    message:
      'This request came from a page of another site. If it did not, the server needs its own address in KITH_PUBLIC_URL.',
  });

export function takeRate(limiter: RateLimiter, scope: RateScope, rate: RateClass): void {
  const verdict = limiter.take(scope, rate);
  if (!verdict.ok) throw new KithError('rate_limited', { retryAfterMs: verdict.retryAfterMs });
}
