/** The host's backend, by API key: in the header and nowhere else, each with its scope, and within rates of its own. */
import { adminCalls, KithError } from '@kith/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiCaller } from '../accounts/tenants/apiKeys.ts';
import { toKithError } from '../store/database.ts';
import type { HttpDependencies } from './app.ts';
import { credentialsOf, takeRate } from './caller.ts';
import { registerCall } from './calls.ts';
import { addressOf } from './origin.ts';

export function registerAdmin(
  app: FastifyInstance,
  { admin, limiter, config }: Pick<HttpDependencies, 'admin' | 'limiter' | 'config'>,
): void {
  if (!admin) return;
  const { answers, findKey } = admin;
  for (const name of Object.keys(adminCalls) as (keyof typeof adminCalls)[]) {
    const { scope, ...call } = adminCalls[name];
    const rate = call.http.method === 'GET' ? 'read' : 'write';
    const admit = async (request: FastifyRequest): Promise<ApiCaller> => {
      const from = { address: addressOf(request.raw, config.trustedProxies) };
      takeRate(limiter, from, rate);
      const caller = await findKey(credentialsOf(request)?.token ?? '');
      if (!caller) {
        takeRate(limiter, from, 'auth');
        throw new KithError('unauthenticated');
      }
      takeRate(limiter, { tenantId: caller.tenantId, userId: caller.keyId }, rate);
      if (!caller.scopes.has(scope))
        throw new KithError('forbidden', { message: `This key is not for it: it lacks ${scope}.` });
      return caller;
    };
    registerCall(app, call, admit, (who, input) =>
      (answers[name] as (who: ApiCaller, input: unknown) => Promise<unknown>)(who, input).catch(
        (error: unknown) => {
          throw toKithError(error);
        },
      ),
    );
  }
}
