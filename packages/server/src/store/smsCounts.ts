/** How many text messages went where, in windows of time: counted by one statement, so that of many at once no more pass than may. */
import { sql } from 'kysely';
import type { Db } from './database.ts';

export interface SmsBound {
  readonly key: string;
  readonly most: number;
  readonly windowMs: number;
}

/** Counts one. Returns when there will be room again, ms since the epoch; null: it was within the bound. */
export async function countSms(
  db: Db,
  { key, most, windowMs }: SmsBound,
  now: number,
): Promise<number | null> {
  const at = new Date(now);
  const end = new Date(now + windowMs);
  const { rows } = await sql`
    insert into sms_counts as c (key, count, until) values (${key}, 1, ${end})
    on conflict (key) do update set
      count = case when c.until <= ${at} then 1 else c.count + 1 end,
      until = case when c.until <= ${at} then ${end} else c.until end
    where c.until <= ${at} or c.count < ${most}
    returning 1`.execute(db);
  return rows.length > 0 ? null : roomAt(db, key, now);
}

/** The same, and nothing is counted. */
export async function lookSms(db: Db, { key, most }: SmsBound, now: number): Promise<number | null> {
  const { rows } = await sql<{ full: boolean }>`
    select count >= ${most} as full from sms_counts where key = ${key} and until > ${new Date(now)}`.execute(
    db,
  );
  return rows[0]?.full ? roomAt(db, key, now) : null;
}

async function roomAt(db: Db, key: string, now: number): Promise<number> {
  const { rows } = await sql<{ until: Date }>`select until from sms_counts where key = ${key}`.execute(db);
  return Math.max(rows[0]?.until.getTime() ?? 0, now + 1_000);
}
