/** What is to be done at a time: one row each, in order of time over all tenants. What it is about lies in own records. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Db } from './database.ts';
import type { Schema } from './schema.ts';
import type { Somebody } from './users.ts';

/** A claim holds so long, ms: longer than any of it takes. */
export const LEASE_MS = 30_000;

export type DueKind = 'scheduled' | 'reminder' | 'guest_end' | 'account_deletion';

export interface DueRow extends Somebody {
  readonly kind: DueKind;
  readonly id: string;
}

/** Sets when it is due; null: never. A claim of the former time is void. */
export async function setDue(
  trx: Db,
  { tenantId, userId, kind, id }: DueRow,
  at: Date | null,
): Promise<void> {
  if (at === null) {
    await trx
      .deleteFrom('due_work')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('kind', '=', kind)
      .where('id', '=', id)
      .execute();
    return;
  }
  await trx
    .insertInto('due_work')
    .values({ tenant_id: tenantId, user_id: userId, kind, id, at, claimed_until: null })
    .onConflict((oc) =>
      oc.columns(['tenant_id', 'user_id', 'kind', 'id']).doUpdateSet({ at, claimed_until: null }),
    )
    .execute();
}

/** Up to `limit` of those whose time has come, for whoever asks first; the others get them after `leaseMs`. */
export async function claimDue(
  db: Kysely<Schema>,
  now: number,
  leaseMs: number,
  limit: number,
): Promise<DueRow[]> {
  const at = new Date(now);
  const { rows } = await sql<{ tenant_id: number; user_id: string; kind: DueKind; id: string }>`
    update due_work set claimed_until = ${new Date(now + leaseMs)}
    where (tenant_id, user_id, kind, id) in (
      select tenant_id, user_id, kind, id from due_work
      where at <= ${at} and (claimed_until is null or claimed_until <= ${at})
      order by at limit ${limit} for update skip locked
    )
    returning tenant_id, user_id, kind, id`.execute(db);
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    userId: row.user_id,
    kind: row.kind,
    id: row.id,
  }));
}

/** Claims one, due or not, for whoever asks first. False: somebody is at it. */
export async function claimOne(
  db: Kysely<Schema>,
  { tenantId, userId, kind, id }: DueRow,
  now: number,
  leaseMs: number,
): Promise<boolean> {
  const { rows } = await sql`
    insert into due_work as d (tenant_id, user_id, kind, id, at, claimed_until)
    values (${tenantId}, ${userId}, ${kind}, ${id}, ${new Date(now)}, ${new Date(now + leaseMs)})
    on conflict (tenant_id, user_id, kind, id) do update set claimed_until = excluded.claimed_until
      where d.claimed_until is null or d.claimed_until <= ${new Date(now)}
    returning 1`.execute(db);
  return rows.length > 0;
}

/** Nobody is at it any more: it is done at its time. */
export async function releaseClaim(
  db: Kysely<Schema>,
  { tenantId, userId, kind, id }: DueRow,
): Promise<void> {
  await db
    .updateTable('due_work')
    .set({ claimed_until: null })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .execute();
}

/** Removes what there is nothing to do about, unless it was given another time since it was claimed. */
export async function dropClaimed(db: Kysely<Schema>, { tenantId, userId, kind, id }: DueRow): Promise<void> {
  await db
    .deleteFrom('due_work')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('claimed_until', 'is not', null)
    .execute();
}

/** Whether somebody is at it. Nobody claims it until the transaction ends. */
export async function isClaimed(
  trx: Transaction<Schema>,
  { tenantId, userId, kind, id }: DueRow,
  now: number,
): Promise<boolean> {
  const row = await trx
    .selectFrom('due_work')
    .select('claimed_until')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row?.claimed_until != null && row.claimed_until.getTime() > now;
}

/** When the next one is due that nobody has claimed, ms since the epoch. */
export async function nextDue(db: Kysely<Schema>, now: number): Promise<number | null> {
  const row = await db
    .selectFrom('due_work')
    .select('at')
    .where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', new Date(now))]))
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  return row ? row.at.getTime() : null;
}
