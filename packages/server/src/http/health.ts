/** For supervisors and load balancers. `/healthz`: the process answers. `/readyz`: send people here. */
import { KithError } from '@kith/protocol';
import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from './app.ts';

const PING_MS = 2_000;

export function registerHealth(app: FastifyInstance, { services, isDraining }: HttpDependencies): void {
  app.get('/healthz', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );

  app.get('/readyz', async (_request, reply) => {
    if (isDraining()) throw new KithError('draining');
    await within(PING_MS, services.database.ping()).catch((cause: unknown) => {
      throw new KithError('unavailable', { cause });
    });
    return reply.header('cache-control', 'no-store').send({ status: 'ready' });
  });
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
