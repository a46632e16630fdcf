/** The rows behind an account: found by what somebody signs in with, made, given another password or address. */
import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@kith/protocol';
import { sql } from 'kysely';
import { deviceHash } from './devices.ts';
import { MAIN_TENANT } from './persons.ts';
import { SESSION_DAYS } from './sessions.ts';
import type { AccountsDb } from './tables.ts';

/** Of the ways in, the one by password. */
export const PASSWORD = 'credential';

export interface Account {
  readonly id: string;
  /** Null: they came by their number, and have told none. */
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly username: string;
  /** For mails; null: nobody knows. */
  readonly locale: string | null;
}

export interface Credential extends Account {
  /** Null: it has no password. */
  readonly passwordHash: string | null;
  /** The browser that asks, if it was signed in to this account before. */
  readonly deviceId: string | null;
}

export type Login = { readonly email: string } | { readonly username: string } | { readonly id: string };

/** One query, whatever is found. `device`: the token of the browser that asks. */
export async function findCredential(
  db: AccountsDb,
  login: Login,
  device?: string | undefined,
): Promise<Credential | null> {
  // The name that signs in is the person's; the account's own follows it.
  const named = (username: string) =>
    db
      .selectFrom('users')
      .innerJoin('tenants', 'tenants.id', 'users.tenant_id')
      .select('users.id')
      .where('tenants.slug', '=', MAIN_TENANT)
      .where('users.username', '=', username);
  const row = await db
    .selectFrom('auth_users as u')
    .leftJoin('auth_accounts as a', (join) =>
      join.onRef('a.user_id', '=', 'u.id').on('a.provider_id', '=', PASSWORD),
    )
    .leftJoin('auth_devices as d', (join) =>
      join.onRef('d.user_id', '=', 'u.id').on('d.token_hash', '=', deviceHash(device)),
    )
    .select(['u.id', 'u.email', 'u.email_verified', 'u.name', 'u.username', 'u.locale'])
    .select(['a.password', 'd.id as device_id'])
    .where((eb) =>
      'email' in login
        ? eb('u.email', '=', login.email)
        : eb('u.id', '=', 'id' in login ? login.id : named(login.username)),
    )
    .executeTakeFirst();
  return (
    (row && {
      id: row.id,
      email: row.email,
      emailVerified: row.email_verified,
      name: row.name,
      username: row.username,
      locale: row.locale,
      passwordHash: row.password,
      deviceId: row.device_id,
    }) ??
    null
  );
}

export interface NewAccount {
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly username: string;
  /** Null: it is signed in to in another way. */
  readonly passwordHash: string | null;
  readonly locale: string | null;
}

/** @throws unique violation where somebody has the address or the name. */
export async function insertAccount(db: AccountsDb, account: NewAccount): Promise<Account> {
  const { email, emailVerified, name, username, locale } = account;
  const id = newId();
  await db
    .insertInto('auth_users')
    .values({ id, email, email_verified: emailVerified, name, username, locale })
    .execute();
  if (account.passwordHash !== null) await setPassword(db, id, account.passwordHash);
  return { id, email, emailVerified, name, username, locale };
}

/**
 * Whoever sets another password and whoever opens a session holds this row: no session is opened by an old password after
 * all of them were ended. Null: the account is gone.
 */
export async function holdAccount(
  trx: AccountsDb,
  userId: string,
): Promise<{
  readonly email: string | null;
  readonly passwordHash: string | null;
  readonly suspended: boolean;
} | null> {
  const held = await trx
    .selectFrom('auth_users')
    .select(['email', 'suspended_at'])
    .where('id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
  if (!held) return null;
  const row = await trx
    .selectFrom('auth_accounts')
    .select('password')
    .where('user_id', '=', userId)
    .where('provider_id', '=', PASSWORD)
    .executeTakeFirst();
  return { email: held.email, passwordHash: row?.password ?? null, suspended: held.suspended_at !== null };
}

/** By which a step that comes later knows that the password is the same still. */
export const passwordMark = (hash: string | null): string | null =>
  hash === null ? null : createHash('sha256').update(hash).digest('base64url');

/** Also where it had none. Null: it has none any more. */
export async function setPassword(db: AccountsDb, userId: string, hash: string | null): Promise<void> {
  await db
    .insertInto('auth_accounts')
    .values({ id: newId(), user_id: userId, account_id: userId, provider_id: PASSWORD, password: hash })
    .onConflict((oc) =>
      oc.columns(['provider_id', 'account_id']).doUpdateSet({ password: hash, updated_at: sql<Date>`now()` }),
    )
    .execute();
}

/** @throws unique violation where somebody else has the address. */
export async function setEmail(db: AccountsDb, userId: string, email: string): Promise<void> {
  await db
    .updateTable('auth_users')
    .set({ email, email_verified: true, updated_at: sql<Date>`now()` })
    .where('id', '=', userId)
    .execute();
}

/** How a session's browser is called: what it says of itself, as far as it can be shown. */
export const labelOf = (userAgent: string | null): string | null =>
  userAgent?.replace(/[^\x20-\x7e]/g, '?').slice(0, 250) ?? null;

export interface NewSession {
  readonly userId: string;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** Returns its token, unsigned. */
export async function insertSession(
  db: AccountsDb,
  { userId, address, userAgent }: NewSession,
  now: number,
): Promise<{ readonly id: string; readonly token: string }> {
  const id = newId();
  const token = randomBytes(24).toString('base64url');
  await db
    .insertInto('auth_sessions')
    .values({
      id,
      user_id: userId,
      token,
      expires_at: new Date(now + SESSION_DAYS * 86_400_000),
      ip_address: address,
      user_agent: labelOf(userAgent),
      confirmed_at: new Date(now),
    })
    .execute();
  return { id, token };
}
