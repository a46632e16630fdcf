/** The rows of numbers: one an account, and one account a number. Only numbers whose code came back are here. */
import type { AccountsDb } from '../tables.ts';

export interface Phone {
  readonly number: string;
  readonly provenAt: Date;
}

/** Whose number it is; null: nobody's. */
export async function holderOf(db: AccountsDb, number: string): Promise<string | null> {
  const row = await db
    .selectFrom('auth_phones')
    .select('user_id')
    .where('number', '=', number)
    .executeTakeFirst();
  return row?.user_id ?? null;
}

export async function readPhone(db: AccountsDb, userId: string): Promise<Phone | null> {
  const row = await db
    .selectFrom('auth_phones')
    .select(['number', 'proven_at'])
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row ? { number: row.number, provenAt: row.proven_at } : null;
}

/** @throws unique violation where another account has it. */
export async function putPhone(db: AccountsDb, userId: string, number: string, now: number): Promise<void> {
  const proven_at = new Date(now);
  await db
    .insertInto('auth_phones')
    .values({ user_id: userId, number, proven_at })
    .onConflict((oc) => oc.column('user_id').doUpdateSet({ number, proven_at }))
    .execute();
}

/** `since`: only if it was added after that. */
export async function dropPhone(db: AccountsDb, userId: string, since?: Date): Promise<void> {
  await db
    .deleteFrom('auth_phones')
    .where('user_id', '=', userId)
    .$if(since !== undefined, (query) => query.where('proven_at', '>', since ?? new Date(0)))
    .execute();
}
