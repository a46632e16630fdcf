/** What new accounts did of what spammers do, for all nodes: a count by person and deed, begun anew a day after its first. */
import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { Somebody } from './users.ts';

export const newcomersMigration: readonly string[] = [
  `create table newcomer_deeds (
    tenant_id integer not null,
    user_id uuid not null,
    deed text not null,
    since timestamptz not null,
    done integer not null,
    primary key (tenant_id, user_id, deed),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
  )`,
];

export const DAY_MS = 24 * 3_600_000;

/** Whether somebody is here for less than `days` and looks after nothing. */
export async function isNewcomer(
  db: Db,
  { tenantId, userId }: Somebody,
  days: number,
  now: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .where('role', '=', 'member')
    .where('created_at', '>', new Date(now - days * DAY_MS))
    .executeTakeFirst();
  return row !== undefined;
}

/** Counts so many more, all or none: of several at once, none passes the bound. Null: done; else when there is room again. */
export async function countDeeds(
  db: Db,
  { tenantId, userId }: Somebody,
  { deed, times, most, now }: { deed: string; times: number; most: number; now: number },
): Promise<Date | null> {
  const at = new Date(now);
  const stale = new Date(now - DAY_MS);
  const { rows } = await sql`
    insert into newcomer_deeds as d (tenant_id, user_id, deed, since, done)
    select ${tenantId}::integer, ${userId}::uuid, ${deed}::text, ${at}::timestamptz, ${times}::integer
    where ${times}::integer <= ${most}::integer
    on conflict (tenant_id, user_id, deed) do update set
      since = case when d.since <= ${stale} then excluded.since else d.since end,
      done = case when d.since <= ${stale} then excluded.done else d.done + excluded.done end
    where d.since <= ${stale} or d.done + excluded.done <= ${most}
    returning 1`.execute(db);
  if (rows.length > 0) return null;
  const row = await db
    .selectFrom('newcomer_deeds')
    .select('since')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('deed', '=', deed)
    .executeTakeFirst();
  return new Date((row?.since.getTime() ?? now) + DAY_MS);
}

/**
 * How this tenant is to be come into, where it says so itself, and whether it says that its people are strangers to one another.
 * `hosted`: they come by tokens of a host, whatever is configured of sign-up.
 */
export async function tenantDoor(
  db: Db,
  tenantId: number,
): Promise<{
  readonly signUp: string | null;
  readonly hosted: boolean;
  readonly strangers: boolean | null;
} | null> {
  const { rows } = await sql<{ sign_up: string | null; hosted: boolean; strangers: string | null }>`
    select sign_up, slug <> 'main' as hosted, features ->> 'strangers' as strangers from tenants where id = ${tenantId}`.execute(
    db,
  );
  const [row] = rows;
  return row
    ? {
        signUp: row.sign_up,
        hosted: row.hosted,
        strangers: row.strangers === null ? null : row.strangers === 'true',
      }
    : null;
}
