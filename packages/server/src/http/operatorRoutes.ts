/** Tenants over HTTP, for whoever runs the service: with KITH_OPERATOR_TOKEN, and not at all without. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { KithError, operatorCalls } from '@kith/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpDependencies } from './app.ts';
import { credentialsOf, takeRate } from './caller.ts';
import { registerCall } from './calls.ts';
import { addressOf } from './origin.ts';

export function registerOperator(
  app: FastifyInstance,
  { operator, limiter, config }: Pick<HttpDependencies, 'operator' | 'limiter' | 'config'>,
): void {
  if (!operator) return;
  const { operatorToken } = config;
  const admit = async (request: FastifyRequest): Promise<void> => {
    if (operatorToken === null) throw new KithError('not_found');
    const from = { address: addressOf(request.raw, config.trustedProxies) };
    takeRate(limiter, from, 'read');
    const given = credentialsOf(request)?.token ?? '';
    if (isSame(given, operatorToken)) return;
    takeRate(limiter, from, 'auth');
    throw new KithError('unauthenticated');
  };
  for (const name of Object.keys(operatorCalls) as (keyof typeof operatorCalls)[])
    registerCall(app, operatorCalls[name], admit, (_, input) =>
      (operator[name] as (who: undefined, input: unknown) => Promise<unknown>)(undefined, input),
    );
}

/** Takes equally long for every guess. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
