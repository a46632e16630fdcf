/** Signing up, in and out: the only doors below /v1/auth, under better-auth's names (`has-accounts` apart, which it lacks). */
import { KithError, type RateClass } from '@kith/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Origin, SignedIn } from '../accounts/accounts.ts';
import { SignInForm, SignUpForm, UsernameSignInForm } from '../accounts/forms.ts';
import { fieldErrors } from '../commands/dispatch.ts';
import type { HttpDependencies } from './app.ts';
import { credentialsOf, foreignOrigin, refuseForgery, takeRate } from './caller.ts';
import { addressOf, isOwnOrigin } from './origin.ts';

export function registerAuth(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { accounts, limiter, config } = dependencies;

  const originOf = (request: FastifyRequest): Origin => ({
    address: addressOf(request.raw, config.trustedProxies),
    userAgent: request.headers['user-agent'] ?? null,
  });
  const takeAddressRate = (request: FastifyRequest, rate: RateClass): void =>
    takeRate(limiter, { address: addressOf(request.raw, config.trustedProxies) }, rate);
  /** Another site must not sign a browser in as somebody of its choice. Programs send no Origin. */
  const refuseForeignPages = (request: FastifyRequest): void => {
    const foreign = request.headers.origin !== undefined && !isOwnOrigin(request.headers, config);
    if (foreign || request.headers['sec-fetch-site'] === 'cross-site') throw foreignOrigin();
  };
  /** Before the body is read. */
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    takeAddressRate(request, 'auth');
    refuseForeignPages(request);
  };
  const answer = (reply: FastifyReply, { token, setCookie, user }: SignedIn): FastifyReply =>
    reply
      .headers({ 'set-cookie': setCookie, 'set-auth-token': token, 'cache-control': 'no-store' })
      .send({ token, user });

  app.get('/v1/auth/has-accounts', async (request, reply) => {
    takeAddressRate(request, 'read');
    return reply.header('cache-control', 'no-store').send({ hasAccounts: await accounts.hasAccounts() });
  });

  app.post('/v1/auth/sign-up/email', { onRequest }, async (request, reply) => {
    const form = parse(SignUpForm, request.body);
    return answer(reply, await accounts.signUp(form, originOf(request)));
  });

  app.post('/v1/auth/sign-in/email', { onRequest }, async (request, reply) => {
    const form = parse(SignInForm, request.body);
    // By account too, so that many addresses together guess no faster.
    takeRate(limiter, { tenantId: 0, userId: form.email }, 'auth');
    return answer(reply, await accounts.signIn(form, originOf(request)));
  });

  app.post('/v1/auth/sign-in/username', { onRequest }, async (request, reply) => {
    const form = parse(UsernameSignInForm, request.body);
    // Apart from the address: one bucket for both would tell whose name goes with which address.
    takeRate(limiter, { tenantId: 0, userId: `@${form.username}` }, 'auth');
    return answer(reply, await accounts.signIn(form, originOf(request)));
  });

  app.post('/v1/auth/sign-out', { onRequest }, async (request, reply) => {
    refuseForgery(request, dependencies);
    const setCookie = await accounts.signOut(credentialsOf(request) ?? {});
    return reply.headers({ 'set-cookie': setCookie, 'cache-control': 'no-store' }).send({});
  });

  app.get('/v1/auth/get-session', async (request, reply) => {
    takeAddressRate(request, 'read');
    const credentials = credentialsOf(request);
    const identity = credentials && (await accounts.authenticate(credentials));
    const session = identity && {
      user: identity.user,
      session: { id: identity.sessionId, expiresAt: identity.expiresAt.toISOString() },
    };
    // As text: Fastify takes a null for "no body".
    return reply
      .header('cache-control', 'no-store')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(session));
  });
}

function parse<T extends z.ZodType>(form: T, body: unknown): z.output<T> {
  const result = form.safeParse(body ?? {});
  if (result.success) return result.data;
  throw new KithError('bad_input', { fields: fieldErrors(result.error) });
}
