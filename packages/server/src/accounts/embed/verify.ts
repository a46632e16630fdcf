/**
 * Whether a token is what a host says of somebody. Until its signature holds, a stranger hears one answer to everything; who has
 * signed it hears what is wrong with it. The tenant's kind of key says which algorithms are taken, never the token.
 */
import { HostClaims, hostTokenSeconds } from '@kith/protocol';
import { type CompactVerifyGetKey, compactVerify, decodeJwt, decodeProtectedHeader, errors } from 'jose';
import type { z } from 'zod';
import type { Keys } from '../keys.ts';
import { unseal } from '../sealed.ts';
import type { TenantsDb } from '../tenants/tables.ts';
import type { KeySets } from './jwks.ts';

export type Claims = z.output<typeof HostClaims>;

export interface HostTenant {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly signUp: 'open' | 'invited' | 'domains' | 'closed' | null;
  readonly jwksUrl: string | null;
}

export type Verdict =
  | { readonly type: 'good'; readonly tenant: HostTenant; readonly claims: Claims }
  /** `tenant`: whom it concerns, where it names one that is there. `told`: whether whoever sent it may hear why. */
  | {
      readonly type: 'refused';
      readonly tenant: HostTenant | null;
      readonly why: string;
      readonly told: boolean;
    }
  /** The host's keys cannot be reached. */
  | { readonly type: 'unreachable'; readonly tenant: HostTenant };

/** Claims as they came. */
type Payload = Readonly<Record<string, unknown>>;

/** How a host names the tenant it speaks of. */
export const audienceOf = (slug: string): string => `kith:${slug}`;

/** Asymmetric ones only: a public key is no secret. */
const PUBLIC_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const SECRET_ALGORITHMS = ['HS256'];
/** A token brings no keys of its own, and no rules. */
const FOREIGN_HEADERS = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64', 'zip'];
const KID = /^[\w.:=+/@-]{1,200}$/;

export interface VerifyOptions {
  readonly db: TenantsDb;
  readonly keySets: KeySets;
  /** Of tenants' secrets. */
  readonly keys: Keys;
  readonly now: () => number;
}

export async function verifyToken(options: VerifyOptions, token: string): Promise<Verdict> {
  const read = readUnverified(token);
  const tenant = read && (await hostTenant(options.db, read.slug));
  if (!tenant) return { type: 'refused', tenant: null, why: 'it names no tenant', told: false };
  const refused = (why: string, told = false): Verdict => ({ type: 'refused', tenant, why, told });
  if (FOREIGN_HEADERS.some((name) => Object.hasOwn(read.header, name)))
    return refused('its header brings keys or rules of its own');
  const { kid } = read.header;
  if (kid !== undefined && (typeof kid !== 'string' || !KID.test(kid))) return refused('its kid is none');
  const { alg = '' } = read.header;
  const algorithms = tenant.jwksUrl === null ? SECRET_ALGORITHMS : PUBLIC_ALGORITHMS;
  if (!algorithms.includes(alg)) return refused('its algorithm is not that of the tenant');

  const signed =
    tenant.jwksUrl === null
      ? await bySecret(options, tenant, token, kid)
      : await byKeySet(options, tenant.jwksUrl, token);
  if (signed === 'unreachable') return { type: 'unreachable', tenant };
  if (signed === null) return refused('its signature does not hold');
  const why = wrongIn(signed, tenant, options.now() / 1_000);
  if (why !== null) return refused(why, true);
  const claims = HostClaims.safeParse(signed);
  if (!claims.success) {
    const issue = claims.error.issues[0];
    return refused(`its ${String(issue?.path[0] ?? 'claims')}: ${issue?.message ?? 'not as expected'}`, true);
  }
  return { type: 'good', tenant, claims: claims.data };
}

/** What it says of itself, by which its keys are found; nothing of it is believed. */
function readUnverified(token: string) {
  try {
    const header = decodeProtectedHeader(token);
    const { iss } = decodeJwt(token);
    return typeof iss === 'string' ? { header, slug: iss } : null;
  } catch {
    return null;
  }
}

async function hostTenant(db: TenantsDb, slug: string): Promise<HostTenant | null> {
  const row = await db
    .selectFrom('tenants')
    .select(['id', 'slug', 'name', 'sign_up', 'jwks_url'])
    .where('slug', '=', slug.slice(0, 100))
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (!row) return null;
  const { id, name, sign_up: signUp, jwks_url: jwksUrl } = row;
  return { id, slug: row.slug, name, signUp, jwksUrl };
}

/** Two are valid while one takes over from the other; a token that names none is tried with both. */
async function bySecret(
  { db, keys }: VerifyOptions,
  tenant: HostTenant,
  token: string,
  kid: string | undefined,
): Promise<Payload | null> {
  const rows = await db
    .selectFrom('tenant_keys')
    .select(['kid', 'secret'])
    .where('tenant_id', '=', tenant.id)
    .$if(kid !== undefined, (query) => query.where('kid', '=', kid ?? ''))
    .execute();
  for (const row of rows) {
    const secret = unseal(keys, boundTo(tenant.id, row.kid), row.secret);
    if (!secret) continue;
    const payload = await payloadOf(() => compactVerify(token, secret, { algorithms: SECRET_ALGORITHMS }));
    if (payload) return payload;
  }
  return null;
}

/** What the secret of a tenant is ciphered for. */
export const boundTo = (tenantId: number, kid: string): string => `${tenantId} ${kid}`;

async function byKeySet(
  { keySets }: VerifyOptions,
  url: string,
  token: string,
): Promise<Payload | null | 'unreachable'> {
  const keys = await keySets.at(url);
  if (!keys) return 'unreachable';
  const attempt = (by: CompactVerifyGetKey) =>
    payloadOf(() => compactVerify(token, by, { algorithms: PUBLIC_ALGORITHMS }));
  try {
    return await attempt(keys);
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
  }
  // A key that came after these.
  const newer = await keySets.again(url);
  if (!newer) return null;
  try {
    return await attempt(newer);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return null;
    throw error;
  }
}

/** Null: not signed so. @throws JWKSNoMatchingKey, for the keys may be old. */
async function payloadOf(verify: () => Promise<{ readonly payload: Uint8Array }>): Promise<Payload | null> {
  try {
    const { payload } = await verify();
    // As `readUnverified` has read it: the same bytes.
    return JSON.parse(utf8.decode(payload)) as Payload;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) throw error;
    // Weak keys are a TypeError, as are keys of another kind than the algorithm.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
    throw error;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What is wrong with claims that are signed; null: nothing. `now` in seconds. */
function wrongIn({ aud, iss, iat, exp, nbf }: Payload, tenant: HostTenant, now: number): string | null {
  const { most, skew } = hostTokenSeconds;
  // One audience: a token for several is good at each of them.
  if (aud !== audienceOf(tenant.slug)) return `its aud is not ${audienceOf(tenant.slug)}`;
  if (iss !== tenant.slug) return `its iss is not ${tenant.slug}`;
  if (!isTime(iat) || !isTime(exp)) return 'it says not from when to when it is good: iat, exp';
  if (nbf !== undefined && !isTime(nbf)) return 'its nbf is no time';
  if (iat > now + skew || (nbf !== undefined && nbf > now + skew)) return 'it is not good yet';
  if (exp <= now - skew) return 'it has expired';
  if (exp <= iat || exp - iat > most) return 'it is good for longer than an hour';
  return null;
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value < 1e11;
