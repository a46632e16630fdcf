/**
 * People with sessions, written as `accounts/` keeps them: signing up by HTTP would spend the run on hashing passwords.
 * Works on either database, before the server opens it.
 */
import { randomBytes } from 'node:crypto';
import { newId } from '@kith/protocol';
import { accountsDb } from '../packages/server/src/accounts/tables.ts';
import { createTokens } from '../packages/server/src/accounts/tokens.ts';
import { type DatabaseOptions, openDatabase } from '../packages/server/src/store/database.ts';

export interface Person {
  readonly userId: string;
  readonly token: string;
}

/** Rows of one insert. */
const CHUNK = 500;
const DAY_MS = 86_400_000;

/** Brings the schema up to date and adds `count` people. `secret` is the server's KITH_SECRET. */
export async function createPeople(
  options: DatabaseOptions,
  secret: string,
  count: number,
): Promise<Person[]> {
  const database = await openDatabase(options);
  try {
    const db = accountsDb(database.db);
    const tokens = createTokens([secret], false);
    const people: Person[] = [];
    while (people.length < count) {
      const from = people.length;
      const rows = Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => ({
        id: newId(),
        name: `Bench ${from + i}`,
        username: `bench${from + i}`,
        session: randomBytes(16).toString('hex'),
      }));
      await db
        .insertInto('auth_users')
        .values(
          rows.map(({ id, name, username }) => ({ id, name, username, email: `${username}@bench.test` })),
        )
        .execute();
      await db
        .insertInto('users')
        .values(
          rows.map(({ id, name, username }) => ({
            tenant_id: 1,
            id,
            username,
            display_name: name,
            role: 'member' as const,
          })),
        )
        .execute();
      await db
        .insertInto('auth_sessions')
        .values(
          rows.map(({ id, session }) => ({
            id: newId(),
            user_id: id,
            token: session,
            expires_at: new Date(Date.now() + DAY_MS),
            ip_address: null,
            user_agent: null,
            created_at: new Date(),
            updated_at: new Date(),
          })),
        )
        .execute();
      for (const { id, session } of rows) people.push({ userId: id, token: tokens.sign(session) });
    }
    return people;
  } finally {
    await database.close();
  }
}
