/**
 * Secrets that the service makes for itself, once. Kept in the database and not in a file, so that all nodes on one
 * database agree and a restored backup does not sign everybody out.
 */
import { randomBytes } from 'node:crypto';
import type { Db } from '../store/database.ts';
import { accountsDb } from './tables.ts';

/**
 * `session` signs session tokens; `gifs` and `files` addresses; `vault` ciphers files where no key is configured; `bus` is the
 * name under which the nodes of this service meet.
 */
export async function loadSecret(
  database: Db,
  name: 'session' | 'bus' | 'gifs' | 'files' | 'vault',
): Promise<string> {
  const db = accountsDb(database);
  await db
    .insertInto('secrets')
    .values({ name, value: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db
    .selectFrom('secrets')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return value;
}
