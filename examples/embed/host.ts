/** The backend of a host application: three users of its own, a session of its own in a cookie, and a token for the chat. */
import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { SignJWT } from 'jose';
import type { Tenant } from './tenant.ts';

const users = new Map([
  ['1', 'Ada Lovelace'],
  ['2', 'Grace Hopper'],
  ['3', 'Edith Clarke'],
]);

export function createHost(tenant: Tenant): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });
  const sessions = new Map<string, string>();
  const sessionOf = ({ headers }: FastifyRequest): string =>
    /(?:^|; )host_session=([\w-]+)/.exec(headers.cookie ?? '')?.[1] ?? '';
  const userOf = (request: FastifyRequest): string => sessions.get(sessionOf(request)) ?? '';

  app.post<{ Querystring: { user?: string } }>('/login', async ({ query: { user = '' } }, reply) => {
    const session = randomUUID();
    if (users.has(user)) sessions.set(session, user);
    return reply.header('set-cookie', `host_session=${session}; Path=/; HttpOnly; SameSite=Strict`).send({});
  });
  app.post('/logout', async (request) => ({ ended: sessions.delete(sessionOf(request)) }));
  app.get('/me', async (request) => {
    return { name: users.get(userOf(request)) ?? null, kith: tenant.url, users: Object.fromEntries(users) };
  });
  // All that the chat needs: who is signed in here, signed. The page hands it over to Kith itself.
  app.post('/chat-token', async (request) => {
    const name = users.get(userOf(request));
    if (name === undefined) return { token: null };
    const claims = { iss: tenant.slug, aud: `kith:${tenant.slug}`, sub: userOf(request), name };
    const token = new SignJWT(claims).setIssuedAt().setExpirationTime('10 minutes');
    token.setProtectedHeader({ alg: 'HS256', kid: tenant.kid });
    return { token: await token.sign(Buffer.from(tenant.secret)) };
  });
  return app;
}
