/** Signing up, in and out, and back in: the only doors below /v1/auth. */
import {
  ContinueForm,
  DepartForm,
  ForgotPasswordForm,
  GuestForm,
  InviteForm,
  KeepForm,
  KithError,
  NoForm,
  PasskeySignInForm,
  PhoneForm,
  PhoneSignUpForm,
  type RateClass,
  ResendForm,
  ResetPasswordForm,
  ResetPreviewForm,
  SignInForm,
  type SignInReply,
  SignUpForm,
  UndoEmailForm,
  UsernameSignInForm,
} from '@kith/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Origin, SignInOutcome } from '../accounts/accounts.ts';
import { fieldErrors } from '../commands/dispatch.ts';
import type { HttpDependencies } from './app.ts';
import { credentialsOf, foreignOrigin, originOf, refuseForgery, takeRate } from './caller.ts';
import { addressOf, isOwnOrigin } from './origin.ts';

export function registerAuth(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { accounts, limiter, config } = dependencies;

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
  /** A token that is shown is meant, whichever page shows it. */
  const onSignOut = async (request: FastifyRequest): Promise<void> => {
    takeAddressRate(request, 'auth');
    if (request.headers.authorization === undefined) refuseForeignPages(request);
  };
  const answer = (reply: FastifyReply, outcome: SignInOutcome): FastifyReply => {
    reply.header('cache-control', 'no-store');
    if (outcome.type === 'signed_in')
      reply.headers({ 'set-cookie': [...outcome.cookies], 'set-auth-token': outcome.token });
    return reply.send(signInReply(outcome));
  };
  /** A form that anybody may send, and what is done with it. */
  const door = <T extends z.ZodType>(
    path: string,
    form: T,
    work: (input: z.output<T>, origin: Origin, reply: FastifyReply) => Promise<FastifyReply>,
  ) =>
    app.post(`/v1/auth/${path}`, { onRequest }, async (request, reply) =>
      work(
        parse(form, request.body),
        originOf(request, dependencies),
        reply.header('cache-control', 'no-store'),
      ),
    );

  app.get('/v1/auth/options', async (request, reply) => {
    takeAddressRate(request, 'read');
    return reply.header('cache-control', 'no-store').send(await accounts.options());
  });

  door('sign-up/email', SignUpForm, async (form, origin, reply) =>
    answer(reply, await accounts.signUp(form, origin)),
  );
  door('sign-in/email', SignInForm, async (form, origin, reply) =>
    answer(reply, await accounts.signIn(form, origin)),
  );
  door('sign-in/username', UsernameSignInForm, async (form, origin, reply) =>
    answer(reply, await accounts.signIn(form, origin)),
  );
  door('continue', ContinueForm, async (form, origin, reply) =>
    answer(reply, await accounts.proceed(form, origin)),
  );
  door('passkey/begin', NoForm, async (_form, origin, reply) => {
    const { expiresAt, ...begun } = await accounts.beginPasskeySignIn(origin);
    return reply.send({ ...begun, expiresAt: expiresAt.toISOString() });
  });
  door('passkey', PasskeySignInForm, async (form, origin, reply) =>
    answer(reply, await accounts.passkeySignIn(form, origin)),
  );
  door('phone', PhoneForm, async (form, origin, reply) =>
    answer(reply, await accounts.phones.ask(form, origin)),
  );
  door('phone/sign-up', PhoneSignUpForm, async (form, origin, reply) =>
    answer(reply, await accounts.phones.signUp(form, origin)),
  );
  door('resend', ResendForm, async ({ ticket }, origin, reply) => {
    const { expiresAt } = await accounts.resend(ticket, origin);
    return reply.send({ expiresAt: expiresAt.toISOString() });
  });
  door('password/forgot', ForgotPasswordForm, async ({ email, challenge }, origin, reply) => {
    await accounts.forgotPassword(email, origin, challenge);
    return reply.send({});
  });
  door('password/preview', ResetPreviewForm, async ({ token }, _origin, reply) =>
    reply.send(await accounts.previewReset(token)),
  );
  door('password/reset', ResetPasswordForm, async (form, origin, reply) =>
    answer(reply, await accounts.resetPassword(form, origin)),
  );
  door('email/undo', UndoEmailForm, async ({ token }, origin, reply) =>
    reply.send(await accounts.undoEmail(token, origin)),
  );

  door('keep', KeepForm, async ({ token }, origin, reply) => {
    await accounts.keepByLink(token, origin);
    return reply.send({});
  });

  door('invite', InviteForm, async ({ token }, _origin, reply) =>
    reply.send(await accounts.invites.preview(token)),
  );
  door('guest', GuestForm, async (form, origin, reply) =>
    answer(reply, await accounts.guests.enter(form, origin)),
  );
  // As the page of that name does, but for what an invitation's link carries, which belongs into no address.
  app.post<{ Params: { provider: string } }>(
    '/v1/auth/outside/:provider',
    { onRequest },
    async (request, reply) => {
      const { invite } = parse(DepartForm, request.body);
      const outcome = await accounts.departOutside({
        provider: request.params.provider,
        link: undefined,
        invite,
        cookie: request.headers.cookie ?? '',
        origin: originOf(request, dependencies),
      });
      if (outcome.type === 'refused')
        throw new KithError(outcome.problem === 'rate_limited' ? 'rate_limited' : 'unavailable');
      return reply
        .headers({ 'set-cookie': [...outcome.cookies], 'cache-control': 'no-store' })
        .send({ url: outcome.url });
    },
  );

  app.post('/v1/auth/sign-out', { onRequest: onSignOut }, async (request, reply) => {
    refuseForgery(request, dependencies);
    const setCookie = await accounts.signOut(credentialsOf(request) ?? {}, originOf(request, dependencies));
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

/** As it goes to whoever signs in; cookies go beside it. */
export function signInReply(outcome: SignInOutcome): SignInReply {
  switch (outcome.type) {
    case 'signed_in': {
      const { type, token, user } = outcome;
      return { type, token, user };
    }
    case 'code_sent':
    case 'name_wanted':
      return { ...outcome, expiresAt: outcome.expiresAt.toISOString() };
    case 'second_factor':
      return { ...outcome, factors: [...outcome.factors], expiresAt: outcome.expiresAt.toISOString() };
  }
}

export function parse<T extends z.ZodType>(form: T, body: unknown): z.output<T> {
  const result = form.safeParse(body ?? {});
  if (result.success) return result.data;
  throw new KithError('bad_input', { fields: fieldErrors(result.error) });
}
