/** Every command of the table that has an HTTP route, as that route. */
import { type CommandName, commandNames, commands, type HttpRoute, KithError } from '@kith/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { dispatch } from '../commands/dispatch.ts';
import { Encoded } from '../encoded.ts';
import type { Caller } from '../services.ts';
import type { HttpDependencies } from './app.ts';
import { callerOf } from './caller.ts';
import { type Coerce, coercer } from './coerce.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}

export function registerCommands(app: FastifyInstance, dependencies: HttpDependencies): void {
  app.decorateRequest('caller', null);
  for (const name of commandNames) {
    const { http } = commands[name];
    if (http) registerCommand(app, dependencies, name, http);
  }
}

function registerCommand(
  app: FastifyInstance,
  dependencies: HttpDependencies,
  name: CommandName,
  http: HttpRoute,
): void {
  const { input, rate } = commands[name];
  const coerce = coercer(input);
  app.route({
    method: http.method,
    url: `/v1${http.path.replace(/\{(\w+)\}/g, ':$1')}`,
    // Before the body is read: a stranger's is not worth parsing.
    onRequest: async (request) => {
      request.caller = await callerOf(request, rate, dependencies, name);
    },
    handler: async (request, reply) => {
      if (!request.caller) throw new KithError('unauthenticated');
      const input = inputOf(request, http, coerce);
      const output = await dispatch(dependencies.services, request.caller, name, input);
      reply.header('cache-control', 'no-store');
      if (!(output instanceof Encoded)) return reply.send(output);
      return reply.type('application/json; charset=utf-8').send(Buffer.concat(output.parts));
    },
  });
}

/** Path, then query (GET, DELETE) or body; a field may come one way only. */
export function inputOf(request: FastifyRequest, http: HttpRoute, coerce: Coerce): unknown {
  const path = coerce(request.params as Record<string, string>);
  const byQuery = http.method === 'GET' || http.method === 'DELETE';
  const rest = byQuery ? coerce(request.query as Record<string, unknown>) : (request.body ?? {});
  if (typeof rest !== 'object' || rest === null || Array.isArray(rest)) {
    throw new KithError('bad_input', { message: 'The body must be a JSON object.' });
  }
  for (const [field, value] of Object.entries(path)) {
    const twice = Object.hasOwn(rest, field) ? (rest as Record<string, unknown>)[field] : value;
    if (twice !== value) {
      throw new KithError('bad_input', {
        fields: [{ path: field, message: 'says something else in the path' }],
      });
    }
  }
  return { ...rest, ...path };
}
