/** A slow body holds a connection no longer than a command may take. Whoever takes long ones sees to it alone: `slowBody`. */
import { limits } from '@kith/protocol';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    slowBody?: boolean;
  }
}

export function refuseSlowBodies(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw, routeOptions }) => {
    if (routeOptions.config.slowBody || raw.complete) return;
    const timer = setTimeout(() => {
      // The answer may take longer; what was asked is there.
      if (!raw.complete) raw.destroy(new Error('The body came too slowly.'));
    }, limits.requestMs).unref();
    raw.once('close', () => clearTimeout(timer));
  });
}
