/** For tests of tenants and hosts: a whole service with an operator. */
import type { OperatorOutput, WireError } from '@kith/protocol';
import type { Config } from '../config.ts';
import { type FilesWorld, openFilesWorld } from './filesWorld.ts';
import { type Claims, claimsOf, hs256 } from './hostApp.ts';
import type { DatabaseKind } from './world.ts';

export const OPERATOR = 'operator-of-tests-with-a-long-enough-token';

export interface TestTenant {
  readonly slug: string;
  readonly kid: string;
  readonly secret: string;
  token(sub: string, more?: Claims): string;
}

export interface HostPersonIn {
  readonly id: string;
  /** Of the session. */
  readonly token: string;
  readonly bearer: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

export interface EmbedWorld extends FilesWorld {
  /** As an operator. */
  operate<T>(method: string, path: string, body?: object): Promise<T>;
  tenant(slug: string, settings?: object): Promise<TestTenant>;
  post(token: string, more?: object, headers?: Readonly<Record<string, string>>): Promise<Response>;
  enter(tenant: TestTenant, sub: string, more?: Claims): Promise<HostPersonIn>;
}

export async function openEmbedWorld(
  kind: DatabaseKind = 'pglite',
  settings: Partial<Config> = {},
): Promise<EmbedWorld> {
  const world = await openFilesWorld({ operatorToken: OPERATOR, privateKeys: true, ...settings }, kind);
  const operate: EmbedWorld['operate'] = async <T>(method: string, path: string, body?: object) => {
    const response = await world.fetch(`/v1/operator${path}`, {
      method,
      headers: { authorization: `Bearer ${OPERATOR}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const json = (await response.json()) as T & { readonly error?: WireError };
    if (json.error) throw Object.assign(new Error(json.error.message), json.error);
    return json;
  };
  const post: EmbedWorld['post'] = (token, more, headers) =>
    world.fetch('/v1/auth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ token, ...more }),
    });
  return {
    ...world,
    operate,
    post,
    tenant: async (slug, settings = {}) => {
      await operate('POST', '/tenants', { slug, name: `Tenant ${slug}`, ...settings });
      const { kid, secret } = await operate<OperatorOutput<'createTokenKey'>>(
        'POST',
        `/tenants/${slug}/token-keys`,
      );
      const token = (sub: string, more: Claims = {}) => hs256(secret, claimsOf(slug, sub, more), { kid });
      return { slug, kid, secret, token };
    },
    enter: async (tenant, sub, more) => {
      const response = await post(tenant.token(sub, more));
      const json = (await response.json()) as {
        readonly token: string;
        readonly expiresAt: string;
        readonly user: { readonly id: string };
        readonly error?: WireError;
      };
      if (json.error) throw Object.assign(new Error(json.error.message), json.error);
      const { token, expiresAt, user } = json;
      return { id: user.id, token, bearer: { authorization: `Bearer ${token}` }, expiresAt };
    },
  };
}
