/** Where people of a host application come in: a token of their host for a session. No cookie is set, and none is looked at. */
import { HostTokenForm } from '@kith/protocol';
import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from './app.ts';
import { parse } from './authRoutes.ts';
import { originOf, takeRate } from './caller.ts';
import { addressOf, foreignOriginOf } from './origin.ts';

export function registerHostTokens(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { services, limiter, config } = dependencies;
  app.post('/v1/auth/token', {
    // Before the body is read.
    onRequest: async ({ raw }) =>
      takeRate(limiter, { address: addressOf(raw, config.trustedProxies) }, 'auth'),
    handler: async (request, reply) => {
      const { token, session } = parse(HostTokenForm, request.body);
      const answer = await services.embed.enter({
        token,
        session,
        origin: originOf(request, dependencies),
        foreignPage: foreignOriginOf(request.headers, config),
      });
      return reply.header('cache-control', 'no-store').send(answer);
    },
  });
}
