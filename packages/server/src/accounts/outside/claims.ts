/** What services say of a person, read with suspicion: whatever is not as it should be was not said. */
import { limits, Name, Username } from '@kith/protocol';
import { Email } from '@kith/protocol/commands/security';
import { z } from 'zod';
import type { ProviderSettings } from './settings.ts';

/** Somebody who showed another service who they are. */
export interface Arrival {
  /** Who they are there, for ever. */
  readonly subject: string;
  readonly email: string | null;
  /** Whether that service has proven that the address is theirs. */
  readonly emailVerified: boolean;
  /** Suggestions. */
  readonly name: string | null;
  readonly username: string | null;
}

type Claims = Readonly<Record<string, unknown>>;

/** Of OpenID Connect. */
export function arrivalOf(
  { preset, trustEmail }: Pick<ProviderSettings, 'preset' | 'trustEmail'>,
  subject: string,
  claims: Claims,
): Arrival {
  const email = read(Email, claims['email']);
  return {
    subject,
    email,
    emailVerified: email !== null && (trustEmail || isVerified(preset, claims)),
    name: read(Name(limits.nameLength), shortened(claims['name'])),
    username: usernameIn(claims['preferred_username']) ?? usernameIn(claims['nickname']),
  };
}

/**
 * At Microsoft an administrator of any company may write any address to an account of theirs, and `email_verified` is not
 * said, or says nothing: only `xms_edov` tells that the domain was shown to be the company's. Apple says it as text.
 */
function isVerified(preset: ProviderSettings['preset'], claims: Claims): boolean {
  if (preset === 'microsoft') {
    const owned = claims['xms_edov'];
    return owned === true || owned === 1 || owned === '1' || owned === 'true';
  }
  const verified = claims['email_verified'];
  return verified === true || (preset === 'apple' && verified === 'true');
}

const GitHubUser = z.object({
  id: z.int().positive(),
  login: z.string(),
  name: z.string().nullish(),
});

const GitHubEmails = z
  .array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))
  .max(1_000);

/** Null: that is nobody. */
export function arrivalFromGitHub(user: unknown, emails: unknown): Arrival | null {
  const found = GitHubUser.safeParse(user);
  if (!found.success) return null;
  const { id, login, name } = found.data;
  const primary = GitHubEmails.safeParse(emails).data?.find((one) => one.primary);
  const email = read(Email, primary?.email);
  return {
    // The name there can be changed, and given to somebody else.
    subject: String(id),
    email,
    emailVerified: email !== null && primary?.verified === true,
    name: read(Name(limits.nameLength), shortened(name)) ?? read(Name(limits.nameLength), shortened(login)),
    username: usernameIn(login),
  };
}

const AppleUser = z.object({
  name: z.object({ firstName: z.string().nullish(), lastName: z.string().nullish() }),
});
const APPLE_USER_MOST = 2_000;

/** Told once, beside what is signed: good for a name, and nothing else. */
export function nameFromApple(user: string | undefined): string | null {
  if (user === undefined || user.length > APPLE_USER_MOST) return null;
  let json: unknown;
  try {
    json = JSON.parse(user);
  } catch {
    return null;
  }
  const found = AppleUser.safeParse(json);
  if (!found.success) return null;
  const { firstName, lastName } = found.data.name;
  return read(Name(limits.nameLength), shortened([firstName, lastName].filter(Boolean).join(' ')));
}

/** What fits into a username of what is given: an address becomes what stands before the @. Null: not enough. */
export function usernameIn(given: unknown): string | null {
  if (typeof given !== 'string') return null;
  const plain = given
    .slice(0, 200)
    .split('@', 1)[0]
    ?.trim()
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\s_]+/g, '.')
    .replace(/[^a-z0-9._-]/g, '')
    .replace(/^[._-]+/, '')
    .slice(0, limits.usernameLength);
  return read(Username, plain);
}

const shortened = (value: unknown): unknown =>
  typeof value === 'string' ? value.trim().slice(0, limits.nameLength).toWellFormed() : value;

function read<T extends z.ZodType>(schema: T, value: unknown): z.output<T> | null {
  return schema.safeParse(value).data ?? null;
}
