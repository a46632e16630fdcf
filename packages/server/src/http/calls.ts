/** Tables of calls that are no commands, as routes. */
import type { CallSpec } from '@kith/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parse } from './authRoutes.ts';
import { coercer } from './coerce.ts';
import { inputOf } from './commandRoutes.ts';

/** `admit`: before the body is read; who calls, or a refusal. */
export function registerCall<Who>(
  app: FastifyInstance,
  { http, input }: CallSpec,
  admit: (request: FastifyRequest) => Promise<Who>,
  answer: (who: Who, input: unknown) => Promise<unknown>,
): void {
  const coerce = coercer(input);
  const callers = new WeakMap<FastifyRequest, { readonly who: Who }>();
  app.route({
    method: http.method,
    url: `/v1${http.path.replace(/\{(\w+)\}/g, ':$1')}`,
    onRequest: async (request) => {
      callers.set(request, { who: await admit(request) });
    },
    handler: async (request, reply) => {
      const caller = callers.get(request);
      if (!caller) throw new Error('A call was answered that nobody let in.');
      const output = await answer(caller.who, parse(input, inputOf(request, http, coerce)));
      return reply.header('cache-control', 'no-store').send(output);
    },
  });
}
