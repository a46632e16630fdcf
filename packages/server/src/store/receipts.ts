/** How far members have come, and since when. */
import { limits, type MessageRecord, type ReceiptMark } from '@kith/protocol';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';

export interface MarkWrite {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly userId: string;
  readonly deliveredSeq: number;
  readonly readSeq: number;
}

/**
 * How far a member has truly come. The marks of a membership begin where it begins, so that nothing earlier counts as
 * unread; but whoever has just joined has read nothing, and nobody's ticks may say so.
 */
const told = (kind: 'delivered' | 'read', member: RawBuilder<unknown>) => sql`coalesce((
  select r.seq from receipts r
  where r.tenant_id = ${member}.tenant_id and r.conversation_id = ${member}.conversation_id
    and r.user_id = ${member}.user_id and r.kind = ${sql.lit(kind)}
  order by r.seq desc limit 1), 0)`;

/** Moves marks forward, never beyond the last message, and notes when. Returns those that moved, as they are now. */
export async function writeMarks(db: Db, marks: readonly MarkWrite[]): Promise<MarkWrite[]> {
  const result = await sql<{
    tenant_id: number;
    conversation_id: string;
    user_id: string;
    delivered_seq: number;
    read_seq: number;
  }>`
    with input as (
      select * from unnest(
        ${marks.map((mark) => mark.tenantId)}::integer[],
        ${marks.map((mark) => mark.conversationId)}::uuid[],
        ${marks.map((mark) => mark.userId)}::uuid[],
        ${marks.map((mark) => mark.deliveredSeq)}::bigint[],
        ${marks.map((mark) => mark.readSeq)}::bigint[]
      ) as t (tenant_id, conversation_id, user_id, delivered_seq, read_seq)
    ), target as materialized (
      select m.tenant_id, m.conversation_id, m.user_id, m.delivered_seq as old_delivered, m.read_seq as old_read,
        greatest(m.delivered_seq, least(i.delivered_seq, c.last_seq)) as delivered_seq,
        greatest(m.read_seq, least(i.read_seq, c.last_seq)) as read_seq,
        -- Whose reading is nobody's to know leaves no receipt of it.
        coalesce((u.settings -> 'privacy' ->> 'receipts')::boolean, true) as tells,
        -- Nor does that of a request, until it is accepted: of the locked row, so that no mark is lost to a race with that.
        m.request as quiet
      from members m
      join input i using (tenant_id, conversation_id, user_id)
      join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
      join users u on u.tenant_id = m.tenant_id and u.id = m.user_id
      where m.state = 'joined'
      order by m.tenant_id, m.conversation_id, m.user_id
      for no key update of m
    ), moved as materialized (
      select * from target where delivered_seq > old_delivered or read_seq > old_read
    ), written as (
      update members m
      set delivered_seq = moved.delivered_seq, read_seq = moved.read_seq,
        -- Only what was read concerns the person's other devices.
        changed_xid = case when moved.read_seq > moved.old_read then pg_current_xact_id() else m.changed_xid end
      from moved
      where m.tenant_id = moved.tenant_id and m.conversation_id = moved.conversation_id and m.user_id = moved.user_id
    ), noted as (
      insert into receipts (tenant_id, conversation_id, kind, seq, user_id, at)
      select tenant_id, conversation_id, 'delivered', delivered_seq, user_id, now() from moved
      where delivered_seq > old_delivered and not quiet
      union all
      select tenant_id, conversation_id, 'read', read_seq, user_id, now() from moved where read_seq > old_read and tells and not quiet
      on conflict do nothing
    )
    select tenant_id, conversation_id, user_id,
      case when delivered_seq > old_delivered then delivered_seq else ${told('delivered', sql`moved`)} end as delivered_seq,
      case when read_seq > old_read and tells then read_seq else ${told('read', sql`moved`)} end as read_seq
    from moved where (delivered_seq > old_delivered or tells) and not quiet`.execute(db);
  return result.rows.map((row) => ({
    tenantId: row.tenant_id,
    conversationId: row.conversation_id,
    userId: row.user_id,
    deliveredSeq: row.delivered_seq,
    readSeq: row.read_seq,
  }));
}

/** How far these members have truly come; those who have not come anywhere are left out. */
export async function marksOfMembers(
  db: Db,
  tenantId: number,
  conversationId: string,
  userIds: readonly string[],
): Promise<ReceiptMark[]> {
  const { rows } = await sql<{ user_id: string; delivered_seq: number; read_seq: number }>`
    select m.user_id, ${told('delivered', sql`m`)} as delivered_seq, ${told('read', sql`m`)} as read_seq
    from members m
    where m.tenant_id = ${tenantId} and m.conversation_id = ${conversationId} and m.user_id = any(${userIds}::uuid[])
      and m.state = 'joined'`.execute(db);
  return rows.map(toMark).filter(({ deliveredSeq, readSeq }) => deliveredSeq > 0 || readSeq > 0);
}

const toMark = (row: { user_id: string; delivered_seq: number; read_seq: number }): ReceiptMark => ({
  userId: row.user_id,
  deliveredSeq: row.delivered_seq,
  readSeq: row.read_seq,
});

/** The marks of all members of each of these conversations, in their order, as far as `limits.receiptMembers` goes. */
export async function marksInside(
  db: Db,
  asked: readonly { readonly tenantId: number; readonly conversationId: string }[],
): Promise<ReceiptMark[][]> {
  const { rows } = await sql<{ n: number; user_id: string; delivered_seq: number; read_seq: number }>`
    select q.n::integer as n, m.user_id, ${told('delivered', sql`m`)} as delivered_seq, ${told('read', sql`m`)} as read_seq
    from unnest(
      ${asked.map((one) => one.tenantId)}::integer[], ${asked.map((one) => one.conversationId)}::uuid[]
    ) with ordinality q (tenant_id, conversation_id, n)
    cross join lateral (
      select * from members here
      where here.tenant_id = q.tenant_id and here.conversation_id = q.conversation_id and here.state = 'joined'
      limit ${limits.receiptMembers + 1}
    ) m`.execute(db);
  const found: ReceiptMark[][] = asked.map(() => []);
  for (const row of rows) found[row.n - 1]?.push(toMark(row));
  return found;
}

/** Of a large conversation only whoever is in front, so that the answer costs the same in one of any size. */
export async function foremostMarks(
  db: Db,
  tenantId: number,
  conversationId: string,
  userId: string,
): Promise<ReceiptMark[]> {
  const result = await sql<{ user_id: string; kind: 'delivered' | 'read'; seq: number }>`
    select kinds.kind, front.user_id, front.seq
    from (values ('delivered'), ('read')) kinds (kind)
    cross join lateral (
      select user_id, seq from receipts r
      where r.tenant_id = ${tenantId} and r.conversation_id = ${conversationId} and r.kind = kinds.kind and r.user_id <> ${userId}
      order by r.seq desc limit 1
    ) front`.execute(db);
  return result.rows.map((row) => ({
    userId: row.user_id,
    deliveredSeq: row.seq,
    readSeq: row.kind === 'read' ? row.seq : 0,
  }));
}

export interface Receipt {
  readonly userId: string;
  readonly deliveredAt: string | null;
  readonly readAt: string | null;
}

const PageCursor = z.uuid();

/** Whom the message at `seq` has reached, and when: each member's first mark at or after it; and whom not yet. In order of user id. */
export async function receiptPage(
  db: Db,
  scope: {
    readonly tenantId: number;
    readonly conversationId: string;
    readonly seq: number;
    readonly authorId: string;
    /** Of a reply: reading the main line is not reading its threads (T3). */
    readonly thread: MessageRecord['thread'];
  },
  cursor: string | undefined,
  limit: number,
): Promise<{ receipts: Receipt[]; next: string | null }> {
  const after = cursor === undefined ? null : decodeCursor(PageCursor, cursor);
  const first = (kind: 'delivered' | 'read') => sql`(
    select r.at from receipts r
    where r.tenant_id = m.tenant_id and r.conversation_id = m.conversation_id and r.user_id = m.user_id
      and r.kind = ${sql.lit(kind)} and r.seq >= ${scope.seq}
    order by r.seq limit 1)`;
  const firstInThread = sql`(
    select r.at from thread_receipts r
    where r.tenant_id = m.tenant_id and r.conversation_id = m.conversation_id and r.user_id = m.user_id
      and r.root_id = ${scope.thread?.rootId}::uuid and r.seq >= ${scope.seq}
    order by r.seq limit 1)`;
  const read = !scope.thread
    ? first('read')
    : scope.thread.alsoSent
      ? sql`least(${first('read')}, ${firstInThread})`
      : firstInThread;
  const result = await sql<{
    user_id: string;
    waits: boolean;
    delivered_at: Date | null;
    read_at: Date | null;
  }>`
    select m.user_id, m.delivered_seq < ${scope.seq} or m.request as waits, ${first('delivered')} as delivered_at, ${read} as read_at
    from members m
    where m.tenant_id = ${scope.tenantId} and m.conversation_id = ${scope.conversationId} and m.state = 'joined'
      and m.user_id <> ${scope.authorId} and m.visible_after < ${scope.seq}
      and ${after === null ? sql`true` : sql`m.user_id > ${after}`}
    order by m.user_id limit ${limit + 1}`.execute(db);
  const page = result.rows.slice(0, limit);
  const last = page.at(-1);
  return {
    // One who joined later has marks beyond the message but never received it as news.
    receipts: page
      .filter((row) => row.waits || (row.delivered_at ?? row.read_at))
      .map((row) => ({
        userId: row.user_id,
        deliveredAt: row.delivered_at?.toISOString() ?? null,
        readAt: row.read_at?.toISOString() ?? null,
      })),
    next: result.rows.length > limit && last ? encodeCursor(last.user_id) : null,
  };
}
