/**
 * For tests: another service that people sign in by, which says and signs whatever a test wants; also one that plays GitHub. It
 * hands out a code as a browser would bring it, and checks what it is asked as a real one does.
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Claims = Readonly<Record<string, unknown>>;

/** How the token is made, where it is not as it should be. */
export interface Forgery {
  readonly header?: Claims;
  readonly key?: KeyObject;
  /** Of another shape altogether. */
  readonly idToken?: (right: string) => string;
}

export interface FakeProvider {
  readonly issuer: string;
  /** The secret it knows its client `kith` by. */
  readonly secret: string;
  /** Somebody signed in at this address of it. Returns what their browser brings back. */
  grant(at: URL, claims: Claims, forgery?: Forgery): URLSearchParams;
  /** What it says of itself besides. */
  metadata(more: Claims): void;
  /** Answers a path in another way; null: as before. */
  instead(path: string, answer: ((response: ServerResponse) => void) | null): void;
  /** How often a path was asked for. */
  asked(path: string): number;
  /** What the last request for a token held. */
  readonly lastForm: () => URLSearchParams;
  close(): Promise<void>;
}

interface Grant {
  readonly at: URL;
  readonly claims: Claims;
  readonly forgery: Forgery;
}

export const signingKeys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export function jwt(header: Claims, claims: Claims, key: KeyObject | null): string {
  const body = `${part(header)}.${part(claims)}`;
  return `${body}.${key ? sign('sha256', Buffer.from(body), key).toString('base64url') : ''}`;
}

export async function createFakeProvider(): Promise<FakeProvider> {
  const keys = signingKeys();
  const kid = 'first';
  const secret = 'hush-of-the-fake-provider';
  const grants = new Map<string, Grant>();
  const tokens = new Map<string, Grant>();
  const counts = new Map<string, number>();
  const others = new Map<string, (response: ServerResponse) => void>();
  let more: Claims = {};
  let lastForm = new URLSearchParams();
  let codes = 0;

  const reply = (response: ServerResponse, body: unknown, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const token = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    lastForm = new URLSearchParams(await text(request));
    const grant = grants.get(lastForm.get('code') ?? '');
    grants.delete(lastForm.get('code') ?? '');
    const basic = request.headers.authorization?.replace(/^Basic /, '') ?? '';
    // Each half is encoded as in a form (RFC 6749, 2.3.1).
    const shown = decodeURIComponent(Buffer.from(basic, 'base64').toString());
    const known = shown === `kith:${secret}` || lastForm.get('client_secret') !== null;
    const challenge = createHash('sha256')
      .update(lastForm.get('code_verifier') ?? '')
      .digest('base64url');
    const right =
      known &&
      grant?.at.searchParams.get('code_challenge') === challenge &&
      grant.at.searchParams.get('redirect_uri') === lastForm.get('redirect_uri');
    if (!grant || !right) return reply(response, { error: 'invalid_grant' }, 400);
    const accessToken = `access-${lastForm.get('code')}`;
    tokens.set(accessToken, grant);
    if (request.url === '/login/oauth/access_token')
      return reply(response, { access_token: accessToken, token_type: 'bearer', scope: 'user:email' });
    const now = Math.floor(Date.now() / 1_000);
    const { header, key = keys.privateKey, idToken = (it) => it } = grant.forgery;
    const { userinfo: _userinfo, ...claims } = grant.claims;
    const made = jwt(
      { alg: 'RS256', kid, ...header },
      {
        iss: issuer,
        aud: 'kith',
        iat: now,
        exp: now + 300,
        nonce: grant.at.searchParams.get('nonce'),
        ...claims,
      },
      key,
    );
    reply(response, { access_token: accessToken, token_type: 'Bearer', id_token: idToken(made) });
  };
  const who = (request: IncomingMessage): Claims =>
    tokens.get(request.headers.authorization?.replace(/^bearer /i, '') ?? '')?.claims ?? {};

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://here').pathname;
    counts.set(path, (counts.get(path) ?? 0) + 1);
    const other = others.get(path);
    if (other) return other(response);
    switch (path) {
      case '/.well-known/openid-configuration':
        return reply(response, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          ...more,
        });
      case '/jwks':
        return reply(response, {
          keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }],
        });
      case '/token':
      case '/login/oauth/access_token':
        return void token(request, response);
      case '/userinfo':
        return reply(response, who(request)['userinfo']);
      case '/api/v3/user':
        return reply(response, who(request)['user']);
      case '/api/v3/user/emails':
        return reply(response, who(request)['emails']);
      default:
        return reply(response, {}, 404);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    secret,
    grant: (at, claims, forgery = {}) => {
      codes += 1;
      const code = `code-${codes}`;
      grants.set(code, { at, claims, forgery });
      return new URLSearchParams({ code, state: at.searchParams.get('state') ?? '' });
    },
    metadata: (given) => {
      more = given;
    },
    instead: (path, answer) => {
      if (answer) others.set(path, answer);
      else others.delete(path);
    },
    asked: (path) => counts.get(path) ?? 0,
    lastForm: () => lastForm,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
