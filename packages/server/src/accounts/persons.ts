/** An account is how somebody signs in; a person is who they are in a tenant. Here the one gets the other. */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { type Db, isUniqueViolation } from '../store/database.ts';
import { type AccountsDb, type AccountsSchema, accountsDb } from './tables.ts';

/** The only tenant so far. Which tenant a session belongs to is decided in this room and nowhere else (S15). */
export const MAIN_TENANT = 'main';

export interface Account {
  readonly id: string;
  readonly username: string;
  readonly name: string;
}

/**
 * Makes the person of an account unless there is one. Apart from the transaction that makes the account, so that a crash
 * in between leaves an account without a person: authenticating heals that by calling this again.
 */
export async function ensurePerson(db: AccountsDb, account: Account): Promise<void> {
  try {
    await insertPerson(db, account, account.username);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Somebody without an account (an imported person, a bot) bears the name already: the account must not stay locked out.
    await insertPerson(db, account, `${account.username.slice(0, 26)}-${randomBytes(2).toString('hex')}`);
  }
}

/** The account bears the name its person signs in with, so that the old one is free again. In the transaction that renames them. */
export async function renameAccount(db: Db, userId: string, username: string): Promise<void> {
  await accountsDb(db).updateTable('auth_users').set({ username }).where('id', '=', userId).execute();
}

async function insertPerson(db: AccountsDb, account: Account, username: string): Promise<void> {
  if (await hasPeople(db)) await insert(db, account, username, 'member');
  else {
    await db.transaction().execute(async (transaction) => {
      // Of several first accounts at one moment, one becomes the owner. NO KEY: foreign keys to the tenant do not wait.
      await transaction
        .selectFrom('tenants')
        .select('id')
        .where('slug', '=', MAIN_TENANT)
        .forNoKeyUpdate()
        .execute();
      await insert(transaction, account, username, (await hasPeople(transaction)) ? 'member' : 'owner');
    });
  }
}

/** Whether anybody is in the tenant yet. */
export async function hasPeople(db: Kysely<AccountsSchema>): Promise<boolean> {
  const somebody = await db
    .selectFrom('users')
    .innerJoin('tenants', 'tenants.id', 'users.tenant_id')
    .select('users.id')
    .where('tenants.slug', '=', MAIN_TENANT)
    // Whoever comes after the last who went is the first again.
    .where('users.deleted_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return somebody !== undefined;
}

async function insert(
  db: Kysely<AccountsSchema>,
  account: Account,
  username: string,
  role: 'owner' | 'member',
): Promise<void> {
  await db
    .insertInto('users')
    .columns(['tenant_id', 'id', 'username', 'display_name', 'role'])
    .expression((expression) =>
      expression
        .selectFrom('tenants')
        .select((eb) => [
          'tenants.id',
          eb.cast<string>(eb.val(account.id), 'uuid').as('person'),
          eb.cast<string>(eb.val(username), 'text').as('username'),
          eb.cast<string>(eb.val(account.name), 'text').as('display_name'),
          eb.cast<string>(eb.val(role), 'text').as('role'),
        ])
        .where('tenants.slug', '=', MAIN_TENANT),
    )
    .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doNothing())
    .execute();
}
