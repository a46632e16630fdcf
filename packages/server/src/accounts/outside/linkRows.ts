/** The rows of accounts at other services. */
import { newId } from '@kith/protocol';
import { PASSWORD } from '../credentials.ts';
import type { AccountsDb } from '../tables.ts';

export interface Link {
  readonly provider: string;
  /** Who they are there. */
  readonly subject: string;
  readonly label: string | null;
}

/** Whose it is here; null: nobody's. */
export async function findLinked(db: AccountsDb, provider: string, subject: string): Promise<string | null> {
  const row = await db
    .selectFrom('auth_accounts')
    .select('user_id')
    .where('provider_id', '=', provider)
    .where('account_id', '=', subject)
    .executeTakeFirst();
  return row?.user_id ?? null;
}

/** @throws unique violation where it is somebody's. */
export async function insertLink(
  db: AccountsDb,
  userId: string,
  { provider, subject, label }: Link,
): Promise<void> {
  await db
    .insertInto('auth_accounts')
    .values({ id: newId(), user_id: userId, provider_id: provider, account_id: subject, label })
    .execute();
}

/** All of an account: whoever made it in somebody else's name, or took it over, has no way back. */
export async function dropLinks(db: AccountsDb, userId: string): Promise<void> {
  await db
    .deleteFrom('auth_accounts')
    .where('user_id', '=', userId)
    .where('provider_id', '!=', PASSWORD)
    .execute();
}

/** Every way in that is a row: the password, too. */
export const rowsOf = (db: AccountsDb, userId: string) =>
  db
    .selectFrom('auth_accounts')
    .select(['id', 'provider_id', 'password'])
    .where('user_id', '=', userId)
    .execute();
