/**
 * Signing in by other services: pages that a browser goes to, and is sent on from. Nothing a stranger writes decides where: there
 * is the service's own address, and there are two of ours. What the app needs to go on stands behind the `#`.
 */
import type { KithError, OutsideProblem } from '@kith/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ReturnOutcome } from '../accounts/outside/flow.ts';
import type { HttpDependencies } from './app.ts';
import { signInReply } from './authRoutes.ts';
import { originOf, takeRate } from './caller.ts';
import { asKithError } from './errors.ts';
import { addressOf } from './origin.ts';

type Route = { Params: { provider: string } };

/** What comes back is a code, a state and a little besides. */
const FORM_MOST = 16 * 1024;

export function registerOutside(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { accounts, limiter, config } = dependencies;
  const takeAuthRate = (request: FastifyRequest): void =>
    takeRate(limiter, { address: addressOf(request.raw, config.trustedProxies) }, 'auth');
  const common = (request: FastifyRequest<Route>) => ({
    provider: request.params.provider,
    cookie: request.headers.cookie ?? '',
    origin: originOf(request, dependencies),
  });

  app.get<Route>('/v1/auth/outside/:provider', (request, reply) =>
    inWords(request, reply, async () => {
      takeAuthRate(request);
      // Whoever signs in means to: another page does not send them.
      if (request.headers['sec-fetch-site'] === 'cross-site') return sendOn(reply, '/');
      const link = queryOf(request).get('link') ?? undefined;
      const outcome = await accounts.departOutside({ ...common(request), link });
      if (outcome.type === 'refused') return sendOn(reply, refusal(request, outcome));
      return sendOn(reply.headers({ 'set-cookie': [...outcome.cookies] }), outcome.url);
    }),
  );

  const comeBack = (request: FastifyRequest<Route>, reply: FastifyReply, parameters: URLSearchParams) =>
    inWords(request, reply, async () => {
      takeAuthRate(request);
      const outcome = await accounts.returnFromOutside({ ...common(request), parameters });
      return sendOn(reply.headers({ 'set-cookie': [...outcome.cookies] }), placeAfter(request, outcome));
    });

  app.get<Route>('/v1/auth/outside/:provider/callback', (request, reply) =>
    comeBack(request, reply, queryOf(request)),
  );
  // The one door that reads a form: elsewhere a page of another site could send one without being asked for leave.
  app.register(async (room) => {
    room.removeAllContentTypeParsers();
    room.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_MOST },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    );
    room.post<Route>('/v1/auth/outside/:provider/callback', (request, reply) =>
      comeBack(
        request,
        reply,
        request.body instanceof URLSearchParams ? request.body : new URLSearchParams(),
      ),
    );
  });
}

const queryOf = ({ url }: FastifyRequest): URLSearchParams => {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
};

const sendOn = (reply: FastifyReply, place: string): FastifyReply =>
  reply.header('cache-control', 'no-store').redirect(place, 303);

function placeAfter(request: FastifyRequest<Route>, outcome: ReturnOutcome): string {
  switch (outcome.type) {
    case 'refused':
      return refusal(request, outcome);
    case 'linked':
      return app({ linked: request.params.provider });
    case 'entered': {
      const { type, ...rest } = signInReply(outcome.outcome);
      // The session is the cookie's: its token stands in no address.
      return app(type === 'signed_in' ? { step: type } : { step: type, reply: inAddress(rest) });
    }
  }
}

/** Proxies take headers of some kilobytes. Where one's passkeys fill more, the browser offers those it keeps itself. */
const ADDRESS_MOST = 1_500;

function inAddress(reply: object): string {
  const text = JSON.stringify(reply);
  if (text.length <= ADDRESS_MOST) return text;
  return JSON.stringify(reply, (key, value: unknown) => (key === 'allowCredentials' ? [] : value));
}

const refusal = (
  { params }: FastifyRequest<Route>,
  { problem, linking }: { readonly problem: OutsideProblem; readonly linking: boolean },
): string => app({ error: problem, provider: params.provider, ...(linking && { linking: '1' }) });

const app = (fragment: Readonly<Record<string, string>>): string => `/#${new URLSearchParams(fragment)}`;

/** A person who came by a link gets the app, whatever is the matter; only what is no such page is an error like others. */
async function inWords(
  request: FastifyRequest<Route>,
  reply: FastifyReply,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await work();
  } catch (thrown) {
    const error = asKithError(thrown);
    if (error.code === 'not_found') throw error;
    if (error.code === 'internal') request.log.error({ err: error.cause ?? error }, 'request failed');
    return sendOn(reply, refusal(request, { problem: problemOf(error), linking: false }));
  }
}

function problemOf({ code }: KithError): OutsideProblem {
  if (code === 'rate_limited') return code;
  return code === 'unavailable' ? 'unavailable' : 'internal';
}
