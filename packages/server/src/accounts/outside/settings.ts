/**
 * The services people may sign in by, as KITH_PROVIDERS names them: JSON, or the path of a file with it. What a service's
 * preset knows need not be said. No error repeats a value: it may be a secret.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { limits, type ProviderPreset, providerPresets } from '@kith/protocol';
import { z } from 'zod';

export interface ProviderSettings {
  readonly id: string;
  readonly preset: ProviderPreset;
  /** As people read it. */
  readonly name: string;
  /** Of GitHub, which speaks no OpenID Connect: its address. */
  readonly issuer: string;
  readonly clientId: string;
  readonly secret: ClientSecret;
  /** How the secret is shown there; null: as the service says it likes it. */
  readonly clientAuth: 'basic' | 'post' | null;
  readonly scopes: readonly string[];
  /** Every address it tells is proven, whatever it says of them: a directory of one's own. */
  readonly trustEmail: boolean;
}

export type ClientSecret =
  | { readonly type: 'text'; readonly text: string }
  /** Apple: each request is signed with a key. */
  | {
      readonly type: 'apple';
      readonly teamId: string;
      readonly keyId: string;
      readonly privateKey: KeyObject;
    };

const MOST = 20;
const FILE_MOST = 100_000;

const Word = z.string().trim().min(1).max(4_000);

const Entry = z.strictObject({
  /** Part of addresses, and of rows: it never changes. `credential` is the way in by password. */
  id: z
    .string()
    .max(limits.providerLength)
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be a-z, 0-9 and dashes')
    .refine((id) => id !== 'credential', 'is a name of our own'),
  preset: z.enum(providerPresets).default('oidc'),
  issuer: Word.optional(),
  name: z.string().trim().min(1).max(40).optional(),
  clientId: Word,
  clientSecret: Word.optional(),
  clientSecretEnv: Word.optional(),
  clientAuth: z.enum(['basic', 'post']).optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/))
    .max(20)
    .optional(),
  /** Microsoft: whose people may sign in. */
  tenant: z
    .string()
    .regex(/^[\w.-]{1,100}$/)
    .optional(),
  /** Apple. */
  teamId: Word.optional(),
  keyId: Word.optional(),
  trustEmail: z.boolean().default(false),
});

const Entries = z.array(Entry).max(MOST);

interface Preset {
  readonly name: string;
  readonly issuer: (tenant: string) => string;
  readonly scopes: readonly string[];
}

const OPENID = ['openid', 'email', 'profile'] as const;

const presets: { readonly [P in Exclude<ProviderPreset, 'oidc'>]: Preset } = {
  google: { name: 'Google', issuer: () => 'https://accounts.google.com', scopes: OPENID },
  github: { name: 'GitHub', issuer: () => 'https://github.com', scopes: ['read:user', 'user:email'] },
  // A name is told only to who asks for it, once.
  apple: { name: 'Apple', issuer: () => 'https://appleid.apple.com', scopes: ['openid', 'email', 'name'] },
  microsoft: {
    name: 'Microsoft',
    issuer: (tenant) => `https://login.microsoftonline.com/${tenant}/v2.0`,
    scopes: OPENID,
  },
};

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Error that says what is wrong, and where. */
export function parseProviders(value: string, environment: Environment): readonly ProviderSettings[] {
  const trimmed = value.trim();
  if (trimmed === '') return [];
  const entries = Entries.safeParse(jsonIn(trimmed));
  if (!entries.success) throw new Error(`is not right at ${entries.error.issues.map(saidOf).join(', and ')}`);
  const providers = entries.data.map((entry) => settingsOf(entry, environment));
  const ids = providers.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`names ${twice} twice`);
  return providers;
}

const saidOf = (issue: z.core.$ZodIssue): string =>
  `${issue.path.length > 0 ? issue.path.join('.') : 'the beginning'}: ${issue.message}`;

function jsonIn(value: string): unknown {
  const inline = /^[[{]/.test(value);
  let text = value;
  if (!inline) {
    try {
      text = readFileSync(value, 'utf8');
    } catch (cause) {
      throw new Error('must be JSON, or the path of a file that can be read', { cause });
    }
  }
  if (text.length > FILE_MOST) throw new Error('is too long');
  try {
    return JSON.parse(text);
  } catch {
    // Its own words would show what stands there.
    throw new Error(inline ? 'is not JSON' : 'names a file that is not JSON');
  }
}

function settingsOf(entry: z.output<typeof Entry>, environment: Environment): ProviderSettings {
  const { id, preset, clientId, clientAuth = null, trustEmail } = entry;
  const wrong = (what: string): Error => new Error(`is not right at ${id}: ${what}`);
  const known = preset === 'oidc' ? null : presets[preset];
  const issuer = entry.issuer ?? known?.issuer(entry.tenant ?? 'common');
  if (issuer === undefined) throw wrong('it needs an issuer, or a preset');
  if (!isSafe(issuer)) throw wrong('its issuer must be an https address');
  if (entry.tenant !== undefined && preset !== 'microsoft') throw wrong('a tenant is of Microsoft');
  const scopes = entry.scopes ?? known?.scopes ?? OPENID;
  if (preset !== 'github' && !scopes.includes('openid')) throw wrong('its scopes need openid');
  return {
    id,
    preset,
    name: entry.name ?? known?.name ?? id,
    issuer,
    clientId,
    secret: secretOf(entry, environment, wrong),
    clientAuth,
    scopes,
    trustEmail,
  };
}

function secretOf(
  { preset, clientSecret, clientSecretEnv, teamId, keyId }: z.output<typeof Entry>,
  environment: Environment,
  wrong: (what: string) => Error,
): ClientSecret {
  if ((clientSecret === undefined) === (clientSecretEnv === undefined))
    throw wrong('it needs a clientSecret, or a clientSecretEnv');
  const text = clientSecret ?? environment[clientSecretEnv ?? '']?.trim();
  if (!text) throw wrong(`there is nothing in ${clientSecretEnv}`);
  if (preset !== 'apple') return { type: 'text', text };
  if (teamId === undefined || keyId === undefined) throw wrong('Apple needs a teamId and a keyId');
  try {
    // Lines are lost in many environments.
    const privateKey = createPrivateKey(text.replaceAll('\\n', '\n'));
    if (privateKey.asymmetricKeyDetails?.namedCurve === 'prime256v1')
      return { type: 'apple', teamId, keyId, privateKey };
  } catch {
    // Said below, without what it was.
  }
  throw wrong('its secret must be the private key from Apple, as it stands in its .p8 file');
}

/** Whether what is said to it stays between the two: http is for this machine only. */
export function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(address);
  if (username || password || search || hash) return false;
  return protocol === 'https:' || (protocol === 'http:' && isHere(hostname));
}

export const isHere = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
