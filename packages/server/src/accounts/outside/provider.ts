/**
 * One service people may sign in by: the address a browser is sent to, and who it is that comes back. What is signed, for whom,
 * by which key and until when is judged by openid-client; nothing of a service that does not answer reaches anybody else.
 */
import { sign } from 'node:crypto';
import { type ProviderPreset, Text } from '@kith/protocol';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  type CustomFetch,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchProtectedResource,
  fetchUserInfo,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client';
import { type Arrival, arrivalFromGitHub, arrivalOf, nameFromApple } from './claims.ts';
import type { ClientSecret, ProviderSettings } from './settings.ts';
import { OutsideTrouble } from './trouble.ts';

/** What one browser was sent away with, and nobody else knows. */
export interface Journey {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly preset: ProviderPreset;
  /** Whether it sends people back by a form, to which browsers add no cookie that is Lax. */
  readonly isFormPost: boolean;
  /** Where the browser goes. @throws OutsideTrouble */
  departure(journey: Journey, redirectUri: string): Promise<URL>;
  /** Who came back with these parameters. @throws OutsideTrouble */
  arrival(journey: Journey, redirectUri: string, parameters: URLSearchParams): Promise<Arrival>;
}

export interface ProviderOptions {
  readonly fetch: CustomFetch;
  readonly now: () => number;
}

/** What a service says of itself is asked again after so long; when it is not to be had, what it said before counts. */
const METADATA_MS = 60 * 60_000;
/** Nobody waits for one that has just not answered. */
const FAILED_MS = 3_000;
/** As OpenID Connect bounds it. */
const Subject = Text(255, 1);

export function createProvider(settings: ProviderSettings, { fetch, now }: ProviderOptions): Provider {
  const { id, name, preset, scopes } = settings;
  const isGitHub = preset === 'github';
  const isFormPost = preset === 'apple';
  const configuration = createCache(now, () =>
    isGitHub ? Promise.resolve(gitHub(settings, fetch, now)) : discovered(settings, fetch, now),
  );
  return {
    id,
    name,
    preset,
    isFormPost,
    departure: (journey, redirectUri) =>
      judged(async () =>
        buildAuthorizationUrl(await configuration(), {
          redirect_uri: redirectUri,
          scope: scopes.join(' '),
          state: journey.state,
          code_challenge: await calculatePKCECodeChallenge(journey.verifier),
          code_challenge_method: 'S256',
          ...(!isGitHub && { nonce: journey.nonce }),
          ...(isFormPost && { response_mode: 'form_post' }),
        }),
      ),
    arrival: (journey, redirectUri, parameters) =>
      judged(async () => {
        const config = await configuration();
        const here = new URL(redirectUri);
        here.search = parameters.toString();
        const tokens = await authorizationCodeGrant(config, here, {
          pkceCodeVerifier: journey.verifier,
          expectedState: journey.state,
          ...(!isGitHub && { expectedNonce: journey.nonce, idTokenExpected: true }),
        });
        if (isGitHub) return whoAtGitHub(settings, config, tokens.access_token);
        const arrival = await whoByClaims(settings, config, tokens);
        return isFormPost
          ? { ...arrival, name: arrival.name ?? nameFromApple(parameters.get('user') ?? undefined) }
          : arrival;
      }),
  };
}

async function discovered(
  { issuer, clientId, secret, clientAuth }: ProviderSettings,
  fetch: CustomFetch,
  now: () => number,
): Promise<Configuration> {
  const authenticate = authentication(secret, issuer, clientId, clientAuth, now);
  return discovery(new URL(issuer), clientId, undefined, authenticate, {
    [customFetch]: fetch,
    // What the way of a token proves (TLS) is not enough for us: signatures are looked at, too.
    execute: [enableNonRepudiationChecks, ...insecure(issuer)],
  });
}

/** It speaks OAuth 2 alone, and what it would say of itself is known. */
function gitHub(
  { issuer, clientId, secret, clientAuth }: ProviderSettings,
  fetch: CustomFetch,
  now: () => number,
): Configuration {
  const root = issuer.replace(/\/$/, '');
  const config = new Configuration(
    {
      issuer: root,
      authorization_endpoint: `${root}/login/oauth/authorize`,
      token_endpoint: `${root}/login/oauth/access_token`,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    },
    clientId,
    undefined,
    authentication(secret, root, clientId, clientAuth, now),
  );
  config[customFetch] = fetch;
  for (const extend of insecure(issuer)) extend(config);
  return config;
}

/** Settings let no other host be without TLS than this machine. */
const insecure = (issuer: string) => (issuer.startsWith('http:') ? [allowInsecureRequests] : []);

function authentication(
  secret: ClientSecret,
  issuer: string,
  clientId: string,
  wished: 'basic' | 'post' | null,
  now: () => number,
): ClientAuth {
  if (secret.type === 'apple')
    return (_server, _client, body) => {
      body.set('client_id', clientId);
      body.set('client_secret', signedSecret(secret, issuer, clientId, now()));
    };
  const basic = ClientSecretBasic(secret.text);
  const post = ClientSecretPost(secret.text);
  return (server, client, body, headers) => {
    // Where nothing is said, it is `basic` (RFC 8414).
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const isBasic = wished === null ? methods.includes('client_secret_basic') : wished === 'basic';
    return (isBasic ? basic : post)(server, client, body, headers);
  };
}

const SECRET_S = 5 * 60;

/** Apple's client secret: a JWT by the key that it gave to the team. */
export function signedSecret(
  { teamId, keyId, privateKey }: Extract<ClientSecret, { type: 'apple' }>,
  issuer: string,
  clientId: string,
  now: number,
): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(now / 1_000);
  const claims = { iss: teamId, iat, exp: iat + SECRET_S, aud: issuer, sub: clientId };
  const body = `${part({ alg: 'ES256', kid: keyId })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(body), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${body}.${signature.toString('base64url')}`;
}

async function whoByClaims(
  settings: ProviderSettings,
  config: Configuration,
  tokens: TokenEndpointResponse & TokenEndpointResponseHelpers,
): Promise<Arrival> {
  const claims = tokens.claims();
  const subject = Subject.safeParse(claims?.sub);
  if (!claims || !subject.success) throw new OutsideTrouble('failed', 'it does not say who it is');
  if (typeof claims['email'] === 'string' || config.serverMetadata().userinfo_endpoint === undefined)
    return arrivalOf(settings, subject.data, claims);
  // It is asked for what the token leaves out; for another person than that of the token, it throws.
  const told = await fetchUserInfo(config, tokens.access_token, subject.data);
  return arrivalOf(settings, subject.data, told);
}

async function whoAtGitHub(
  { issuer }: ProviderSettings,
  config: Configuration,
  accessToken: string,
): Promise<Arrival> {
  const { origin, hostname } = new URL(issuer);
  // On a company's own server it is not a host of its own.
  const api = hostname === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`;
  const headers = new Headers({ accept: 'application/vnd.github+json', 'user-agent': 'Kith' });
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetchProtectedResource(
      config,
      accessToken,
      new URL(`${api}${path}`),
      'GET',
      undefined,
      headers,
    );
    if (!response.ok) throw new OutsideTrouble('failed', `it answers ${response.status} at ${path}`);
    return response.json();
  };
  const arrival = arrivalFromGitHub(await ask('/user'), await ask('/user/emails?per_page=100'));
  if (!arrival) throw new OutsideTrouble('failed', 'it does not say who it is');
  return arrival;
}

const DECLINED = ['access_denied', 'user_cancelled_authorize', 'consent_required', 'login_required'];

/** Whatever goes wrong between us and a service, as what a person is told. */
async function judged<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = troubleIn(error);
    if (known) throw known;
    if (error instanceof AuthorizationResponseError) {
      if (DECLINED.includes(error.error)) throw new OutsideTrouble('declined', 'they declined');
      if (error.error === 'temporarily_unavailable' || error.error === 'server_error')
        throw new OutsideTrouble('unavailable', 'it is out of order', { cause: error });
    }
    throw new OutsideTrouble('failed', 'what it answered is not right', { cause: error });
  }
}

/** The library wraps what our own fetching throws. */
function troubleIn(error: unknown): OutsideTrouble | null {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof OutsideTrouble) return at;
  return null;
}

/** One question at a time; its answer for an hour, and longer while there is no other. */
function createCache<T>(now: () => number, ask: () => Promise<T>): () => Promise<T> {
  let kept: { readonly value: T; readonly until: number } | undefined;
  let failed: { readonly error: unknown; readonly until: number } | undefined;
  let underWay: Promise<T> | undefined;
  const renew = async (): Promise<T> => {
    try {
      const value = await ask();
      kept = { value, until: now() + METADATA_MS };
      failed = undefined;
      return value;
    } catch (error) {
      failed = { error, until: now() + FAILED_MS };
      if (kept) return kept.value;
      throw error;
    } finally {
      underWay = undefined;
    }
  };
  return () => {
    if (kept && kept.until > now()) return Promise.resolve(kept.value);
    if (failed && failed.until > now())
      return kept ? Promise.resolve(kept.value) : Promise.reject(failed.error);
    underWay ??= renew();
    return underWay;
  };
}
