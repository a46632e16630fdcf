/** Whom a guest sees: those who are in a conversation that they are in. */
import { type Expression, sql } from 'kysely';
import type { Db } from './database.ts';
import type { Somebody } from './users.ts';

/** Whether the person is in a conversation of the guest, or is the guest. */
export const sharesWith = (person: Expression<string>, tenantId: number, guest: string) =>
  sql<boolean>`(${person} = ${guest}::uuid or exists (
    select 1 from members m
    join members o on o.tenant_id = m.tenant_id and o.conversation_id = m.conversation_id
      and o.user_id = ${person} and o.state = 'joined'
    where m.tenant_id = ${tenantId} and m.user_id = ${guest}::uuid and m.state = 'joined'
  ))`;

/** Those of these people who are in a conversation with somebody. */
export async function peopleInReach(
  db: Db,
  { tenantId, userId }: Somebody,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ readonly id: string }>`
    select q.id from unnest(${[...new Set(ids)]}::uuid[]) q (id)
    where ${sharesWith(sql.ref('q.id'), tenantId, userId)}`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Whether somebody is a guest. */
export async function isGuest(db: Db, { tenantId, userId }: Somebody): Promise<boolean> {
  const row = await db
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .where('role', '=', 'guest')
    .executeTakeFirst();
  return row !== undefined;
}

/** When their stay ends; null: they are no guest. */
export async function guestUntil(db: Db, { tenantId, userId }: Somebody): Promise<Date | null> {
  const row = await db
    .selectFrom('users')
    .select('guest_until')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .executeTakeFirst();
  return row?.guest_until ?? null;
}
