/** Pages of who chose something (a reaction, an answer of a poll), newest first. */
import { type Expression, sql } from 'kysely';
import { z } from 'zod';
import { CursorTime, decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';

export interface Chosen {
  readonly userId: string;
  readonly at: string;
}

const PeopleCursor = z.tuple([CursorTime, z.uuid()]);

/** `rows`: a query of `user_id` and `created_at`. */
export async function newestPeople(
  db: Db,
  rows: Expression<unknown>,
  cursor: string | undefined,
  limit: number,
): Promise<{ people: Chosen[]; next: string | null }> {
  const before = cursor === undefined ? null : decodeCursor(PeopleCursor, cursor);
  // Cut to milliseconds, as the cursor carries them.
  const at = sql`date_trunc('milliseconds', created_at)`;
  const found = await sql<{ readonly user_id: string; readonly at: Date }>`
    select user_id, ${at} as at from (${rows}) chosen
    where ${before === null ? sql`true` : sql`(${at}, user_id) < (${before[0]}::timestamptz, ${before[1]}::uuid)`}
    order by 2 desc, user_id desc limit ${limit + 1}`.execute(db);
  const people = found.rows.slice(0, limit).map((row) => ({ userId: row.user_id, at: row.at.toISOString() }));
  const last = people.at(-1);
  return { people, next: found.rows.length > limit && last ? encodeCursor([last.at, last.userId]) : null };
}
