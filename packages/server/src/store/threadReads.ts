/** How far each has read a thread (T3): marks that move, and whom that concerns. */
import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { ThreadKey } from './threads.ts';

/** Replies that are looked at for the people who wrote them. */
const LATEST = 200;

export interface MovedMark {
  readonly from: number;
  readonly to: number;
  readonly following: boolean;
  /** Whether it may be the foremost for somebody, and may be told. */
  readonly foremost: boolean;
}

/** So many of the marks ahead are looked at. They are of two people, or it does no harm to tell once more. */
const AHEAD = 64;

/**
 * Moves a mark forward, never beyond the last message, and notes when. Null: it did not move. Whoever does not follow the
 * thread has no mark; that they read it is noted all the same. Told is only what may be the foremost for somebody; nobody looks at their own, so two people in front are enough.
 */
export async function moveThreadMark(
  db: Db,
  { tenantId, conversationId, rootId }: ThreadKey,
  userId: string,
  seq: number,
): Promise<MovedMark | null> {
  const { rows } = await sql<MovedMark>`
    with target as materialized (
      select c.tenant_id, c.id as conversation_id, ${rootId}::uuid as root_id, u.id as user_id, one.following, one.before,
        least(${seq}::bigint, c.last_seq) as now,
        coalesce((u.settings -> 'privacy' ->> 'receipts')::boolean, true) as tells
      from conversations c
      join users u on u.tenant_id = c.tenant_id and u.id = ${userId}
      cross join lateral (
        select coalesce(f.following, false) as following, case when f.following then f.read_seq else coalesce((
          select r.seq from thread_receipts r
          where r.tenant_id = c.tenant_id and r.conversation_id = c.id and r.root_id = ${rootId} and r.user_id = u.id
          order by r.seq desc limit 1
        ), 0) end as before
        from (select 1) only_one
        left join thread_members f on f.tenant_id = c.tenant_id and f.conversation_id = c.id
          and f.root_id = ${rootId} and f.user_id = u.id
      ) one
      where c.tenant_id = ${tenantId} and c.id = ${conversationId} and one.before < least(${seq}::bigint, c.last_seq)
    ), written as (
      update thread_members f set read_seq = greatest(f.read_seq, target.now) from target
      where f.following and f.tenant_id = target.tenant_id and f.conversation_id = target.conversation_id
        and f.root_id = target.root_id and f.user_id = target.user_id
    ), noted as (
      insert into thread_receipts (tenant_id, conversation_id, root_id, seq, user_id, at)
      select tenant_id, conversation_id, root_id, now, user_id, now() from target where tells
      on conflict do nothing
    )
    select before as "from", now as "to", following, tells and (
      select count(distinct ahead.user_id) from (
        select r.user_id from thread_receipts r
        where r.tenant_id = target.tenant_id and r.conversation_id = target.conversation_id
          and r.root_id = target.root_id and r.seq >= target.now and r.user_id <> target.user_id
        order by r.seq desc limit ${sql.lit(AHEAD)}
      ) ahead
    ) < 2 as foremost
    from target`.execute(db);
  return rows[0] ?? null;
}

/** Which members wrote what lies between two marks of somebody: the latest of it. */
export async function authorsBetween(
  db: Db,
  { tenantId, conversationId, rootId }: ThreadKey,
  userId: string,
  { from, to }: Pick<MovedMark, 'from' | 'to'>,
): Promise<string[]> {
  const { rows } = await sql<{ readonly author_id: string }>`
    select distinct latest.author_id from (
      select author_id from messages
      where tenant_id = ${tenantId} and conversation_id = ${conversationId} and thread_root = ${rootId}
        and seq > ${from} and seq <= ${to}
      order by seq desc limit ${sql.lit(LATEST)}
    ) latest
    join members m on m.tenant_id = ${tenantId} and m.conversation_id = ${conversationId}
      and m.user_id = latest.author_id and m.state = 'joined'
    where latest.author_id <> ${userId}`.execute(db);
  return rows.map((row) => row.author_id);
}
