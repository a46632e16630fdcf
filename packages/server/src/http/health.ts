/** For supervisors and load balancers. `/healthz`: the process answers. `/readyz`: send people here. */
import { KithError } from '@kith/protocol';
import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from './app.ts';

const PING_MS = 2_000;

export function registerHealth(app: FastifyInstance, { services, isDraining }: HttpDependencies): void {
  let asking: Promise<void> | null = null;
  /** One question at a time, however many ask. */
  const ping = (): Promise<void> => {
    asking ??= within(PING_MS, services.database.ping()).finally(() => {
      asking = null;
    });
    return asking;
  };
  const method = ['GET', 'HEAD'];

  app.route({
    method,
    url: '/healthz',
    handler: async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  });

  app.route({
    method,
    url: '/readyz',
    handler: async (_request, reply) => {
      if (isDraining()) throw new KithError('draining');
      await ping().catch((cause: unknown) => {
        throw new KithError('unavailable', { cause });
      });
      return reply.header('cache-control', 'no-store').send({ status: 'ready' });
    },
  });
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
