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
