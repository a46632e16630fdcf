/**
 * A slow body holds a connection no longer than a command may take; whoever takes long ones sees to it alone: `slowBody`. What still
 * comes after the answer is read by nobody, and ends soon on every route, and where there is none.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { limits } from '@kith/protocol';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    slowBody?: boolean;
  }
}

/** Time to read the answer for who is still sending: a connection that closes at once may take the answer with it, ms. */
const LINGER_MS = 5_000;

/** Once it is answered, the rest of its body has so long to come. */
export function endAnswered(raw: IncomingMessage, answer: ServerResponse, lingerMs = LINGER_MS): void {
  answer.once('finish', () => {
    if (raw.complete) return;
    const timer = setTimeout(() => {
      if (!raw.complete) raw.destroy();
    }, lingerMs).unref();
    raw.once('close', () => clearTimeout(timer));
  });
}

/** Before all other hooks, which may refuse a request. What the router refuses comes by none: it calls `endAnswered` itself. */
export function refuseSlowBodies(app: FastifyInstance, lingerMs?: number): void {
  app.addHook('onRequest', async ({ raw, routeOptions }, reply) => {
    if (raw.complete) return;
    endAnswered(raw, reply.raw, lingerMs);
    if (routeOptions.config.slowBody) return;
    const timer = setTimeout(() => {
      // The answer may take longer; what was asked is there.
      if (!raw.complete) raw.destroy(new Error('The body came too slowly.'));
    }, limits.requestMs).unref();
    raw.once('close', () => clearTimeout(timer));
  });
}
