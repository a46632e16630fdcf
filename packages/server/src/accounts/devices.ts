/**
 * Browsers that were signed in to an account before, known by a cookie of their own that outlives the session. Guesses from
 * such a one are counted apart, and a sign-in from any other is told to the person.
 */
import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@kith/protocol';
import { sql } from 'kysely';
import type { AccountsDb } from './tables.ts';

/** More than anybody uses; the one that was not used for the longest goes. */
const PER_ACCOUNT = 20;

const TOKEN = /^[\w-]{43}$/;

/** What the row bears of a browser's token; of none, a hash that fits nothing. */
export const deviceHash = (token: string | undefined): Buffer =>
  token !== undefined && TOKEN.test(token) ? createHash('sha256').update(token).digest() : Buffer.alloc(32);

/** None is known any more: whoever took the account over had been signed in, too. */
export const forgetDevices = async (db: AccountsDb, userId: string): Promise<void> => {
  await db.deleteFrom('auth_devices').where('user_id', '=', userId).execute();
};
/** So long a browser that was trusted is asked for no second factor. */
const TRUST_DAYS = 30;

/**
 * From now on this browser is trusted with the account. Returns the token to keep there, always a new one: whoever had put
 * the old one there, or read it, would be trusted with it.
 */
export async function trustDevice(
  db: AccountsDb,
  userId: string,
  token: string,
  now: number,
): Promise<string> {
  const other = randomBytes(32).toString('base64url');
  // Of all accounts that are used in this browser.
  await db
    .updateTable('auth_devices')
    .set({ token_hash: deviceHash(other) })
    .where('token_hash', '=', deviceHash(token))
    .execute();
  await db
    .updateTable('auth_devices')
    .set({ trusted_until: new Date(now + TRUST_DAYS * 86_400_000) })
    .where('user_id', '=', userId)
    .where('token_hash', '=', deviceHash(other))
    .execute();
  return other;
}

export async function isTrusted(
  db: AccountsDb,
  userId: string,
  token: string | undefined,
  now: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('auth_devices')
    .select('id')
    .where('user_id', '=', userId)
    .where('token_hash', '=', deviceHash(token))
    .where('trusted_until', '>', new Date(now))
    .executeTakeFirst();
  return row !== undefined;
}

/** With another password or another factor, every browser is asked again. */
export async function endTrust(db: AccountsDb, userId: string): Promise<void> {
  await db
    .updateTable('auth_devices')
    .set({ trusted_until: null })
    .where('user_id', '=', userId)
    .where('trusted_until', 'is not', null)
    .execute();
}

/** Notes that this browser was signed in to the account. Returns the token to keep there: the one it has, or a new one. */
export async function rememberDevice(
  db: AccountsDb,
  userId: string,
  token: string | undefined,
  now: number,
): Promise<string> {
  // One that no account knows is not taken over: somebody may have put it there.
  const known =
    token !== undefined &&
    (await db
      .selectFrom('auth_devices')
      .select('id')
      .where('token_hash', '=', deviceHash(token))
      .limit(1)
      .executeTakeFirst());
  const kept = known && token !== undefined ? token : randomBytes(32).toString('base64url');
  await db
    .insertInto('auth_devices')
    .values({ id: newId(), user_id: userId, token_hash: deviceHash(kept), used_at: new Date(now) })
    .onConflict((oc) => oc.columns(['user_id', 'token_hash']).doUpdateSet({ used_at: new Date(now) }))
    .execute();
  await sql`
    delete from auth_devices where user_id = ${userId} and id not in (
      select id from auth_devices where user_id = ${userId} order by used_at desc limit ${PER_ACCOUNT}
    )`.execute(db);
  return kept;
}
