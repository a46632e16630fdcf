/**
 * What belongs to one person (S5): rows by type and key. The person's own row is held while one of them changes, so that
 * revisions are given out in the order of commits.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  KithError,
  limits,
  type OwnRecord,
  type OwnRecordOf,
  type OwnType,
  type OwnValue,
  ownLimits,
} from '@kith/protocol';
import { sql, type Transaction } from 'kysely';
import type { Db } from './database.ts';
import type { Schema } from './schema.ts';
import type { Somebody } from './users.ts';

/** Removed ones stay as rows, for devices that were away; beyond so many times the limit the oldest go. */
const KEPT_REMOVED = 2;

export type OwnTransaction = Transaction<Schema>;

interface OwnRow {
  readonly type: OwnType;
  readonly key: string;
  readonly rev: number;
  readonly value: unknown;
}

const toOwnRecord = ({ type, key, rev, value }: OwnRow): OwnRecord =>
  ({ type, key, rev, value }) as OwnRecord;

export interface OwnChange<T extends OwnType> {
  readonly record: OwnRecordOf<T>;
  /** False when it was so already: then no rev was spent (S7). */
  readonly changed: boolean;
}

/**
 * Sets one record to what `change` makes of it (null: there is none, or there shall be none), in the caller's transaction.
 * Whoever holds a conversation too holds that first.
 *
 * @throws KithError limit_reached when there are too many of its type; unauthenticated when there is no such person.
 */
export async function changeOwn<T extends OwnType>(
  trx: OwnTransaction,
  { tenantId, userId }: Somebody,
  type: T,
  key: string,
  change: (before: OwnValue<T> | null) => OwnValue<T> | null,
): Promise<OwnChange<T>> {
  const person = await trx
    .selectFrom('users')
    .select('rev')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!person) throw new KithError('unauthenticated');
  const row = await trx
    .selectFrom('own_records')
    .select(['rev', 'value'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('type', '=', type)
    .where('key', '=', key)
    .executeTakeFirst();
  const before = (row?.value ?? null) as OwnValue<T> | null;
  const value = change(before);
  if (isDeepStrictEqual(before, value)) {
    return {
      record: toOwnRecord({ type, key, rev: row?.rev ?? 0, value }) as OwnRecordOf<T>,
      changed: false,
    };
  }
  if (before === null) await makeRoom(trx, { tenantId, userId }, type);
  const rev = person.rev + 1;
  const json = value === null ? null : JSON.stringify(value);
  await trx
    .insertInto('own_records')
    .values({ tenant_id: tenantId, user_id: userId, type, key, rev, value: json })
    .onConflict((oc) => oc.columns(['tenant_id', 'user_id', 'type', 'key']).doUpdateSet({ rev, value: json }))
    .execute();
  await trx
    .updateTable('users')
    .set({ rev })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .execute();
  return { record: toOwnRecord({ type, key, rev, value }) as OwnRecordOf<T>, changed: true };
}

async function makeRoom(trx: OwnTransaction, { tenantId, userId }: Somebody, type: OwnType): Promise<void> {
  const most = ownLimits[type];
  const { live, removed } = await trx
    .selectFrom('own_records')
    .select([
      sql<number>`count(value)::integer`.as('live'),
      sql<number>`(count(*) - count(value))::integer`.as('removed'),
    ])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('type', '=', type)
    .executeTakeFirstOrThrow();
  if (live >= most) throw new KithError('limit_reached', { message: `You have ${most} of these already.` });
  if (removed < most * KEPT_REMOVED) return;
  // Half of them, so that this is seldom. A device that has not heard of their end begins anew.
  const { rows } = await sql<{ rev: number }>`
    delete from own_records where (tenant_id, user_id, type, key) in (
      select tenant_id, user_id, type, key from own_records
      where tenant_id = ${tenantId} and user_id = ${userId} and type = ${type} and value is null
      order by rev limit ${most}
    ) returning rev`.execute(trx);
  const floor = Math.max(...rows.map((row) => row.rev));
  await trx
    .updateTable('users')
    .set({ own_floor: sql`greatest(own_floor, ${floor})` })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .execute();
}

/** What is set, or null. */
export async function ownValue<T extends OwnType>(
  db: Db,
  { tenantId, userId }: Somebody,
  type: T,
  key: string,
): Promise<OwnValue<T> | null> {
  const row = await db
    .selectFrom('own_records')
    .select('value')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('type', '=', type)
    .where('key', '=', key)
    .executeTakeFirst();
  return (row?.value ?? null) as OwnValue<T> | null;
}

/** Pinned conversations; those that were left do not count, as nobody could unpin them. */
export async function countPinned(trx: OwnTransaction, { tenantId, userId }: Somebody): Promise<number> {
  const { rows } = await sql<{ pinned: number }>`
    select count(*)::integer as pinned from own_records o
    join members m on m.tenant_id = o.tenant_id and m.conversation_id = o.key::uuid and m.user_id = o.user_id
    where o.tenant_id = ${tenantId} and o.user_id = ${userId} and o.type = 'preference'
      and o.value ->> 'pinned' is not null and m.state = 'joined'`.execute(trx);
  return rows[0]?.pinned ?? 0;
}

/** Up to `limit` records with a greater rev than `since`, in order of `rev`; fewer when they are long (`cut`), but always one. */
export async function ownRecordsSince(
  db: Db,
  { tenantId, userId }: Somebody,
  since: number,
  limit: number,
): Promise<{ readonly records: OwnRecord[]; readonly cut: boolean }> {
  const { rows } = await sql<OwnRow & { readonly total: number }>`
    select type, key, rev, value, total from (
      select page.*, count(*) over ()::integer as total, sum(weight) over (order by rev) - weight as before
      from (
        select type, key, rev, value, coalesce(octet_length(value::text), 0) as weight from own_records
        where tenant_id = ${tenantId} and user_id = ${userId} and rev > ${since}
        order by rev limit ${limit}
      ) page
    ) weighed where before < ${limits.pageBytes} order by rev`.execute(db);
  return { records: rows.map(toOwnRecord), cut: (rows[0]?.total ?? 0) > rows.length };
}
