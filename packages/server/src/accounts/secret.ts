/** The secret that signs session tokens. */
import { randomBytes } from 'node:crypto';
import type { AccountsDb } from './tables.ts';

const NAME = 'session';

/**
 * The configured secret, else the one in the database, made on first use. Kept there and not in a file, so that all nodes
 * on one database agree and a restored backup does not sign everybody out.
 */
export async function loadSecret(db: AccountsDb, configured: string | null): Promise<string> {
  if (configured !== null) return configured;
  await db
    .insertInto('secrets')
    .values({ name: NAME, value: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db
    .selectFrom('secrets')
    .select('value')
    .where('name', '=', NAME)
    .executeTakeFirstOrThrow();
  return value;
}
