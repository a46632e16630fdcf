/**
 * Heads (S6): what a conversation's row in the list shows, as one member sees it. Each head is read by one statement,
 * so that its counts, preview and revision are of one moment.
 */
import { type Head, limits, type MemberRecord, type User } from '@kith/protocol';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import { memberColumns } from './members.ts';
import { withMine } from './messages.ts';
import {
  type ConversationRow,
  type MemberRow,
  type MessageRow,
  toConversation,
  toMember,
  toMessage,
} from './records.ts';
import { peopleOf, usersByIds } from './users.ts';

interface HeadRow {
  readonly conversation: ConversationRow;
  readonly member: MemberRow;
  readonly preview: MessageRow | null;
  readonly unread: number;
  readonly mentions: number;
  readonly others_delivered: number;
  readonly others_read: number;
}

/** Rows travel as JSON, which has no dates. */
const dates = <T extends object>(row: T, keys: readonly (keyof T)[]): T => {
  const copy = { ...row };
  for (const key of keys) {
    const value = copy[key];
    if (typeof value === 'string') copy[key] = new Date(value) as T[typeof key];
  }
  return copy;
};

const cap = limits.unreadCap + 1;

/**
 * The counts of a member `m`: stop at the cap, so that they cost the same after a year away. In order, though a count has
 * none: where one conversation is most of the table, the planner would else read the table from its start until it has
 * found as many as the cap, which are all of ten million.
 */
const unreadCount = sql`(select count(*)::integer from (
  select 1 from messages u
  where u.tenant_id = m.tenant_id and u.conversation_id = m.conversation_id
    and u.seq > greatest(m.read_seq, m.visible_after) and u.kind = 'content' and u.author_id <> m.user_id
  order by u.seq limit ${sql.lit(cap)}) counted)`;
const mentionCount = sql`(select count(*)::integer from (
  select 1 from messages u
  where u.tenant_id = m.tenant_id and u.conversation_id = m.conversation_id
    and u.seq > greatest(m.read_seq, m.visible_after) and u.kind = 'content' and u.author_id <> m.user_id
    and (u.mentions is not null or u.mentions_all) and (u.mentions_all or m.user_id = any (u.mentions))
  order by u.seq limit ${sql.lit(cap)}) counted)`;
const foremost = (kind: 'delivered' | 'read') => sql`coalesce((
  select r.seq from receipts r
  where r.tenant_id = m.tenant_id and r.conversation_id = m.conversation_id and r.kind = ${sql.lit(kind)} and r.user_id <> m.user_id
  order by r.seq desc limit 1), 0)`;

/** In order of conversation id. `cut`: there were more, left out because the previews together weigh more than `maxBytes`. */
async function readHeads(
  db: Db,
  tenantId: number,
  userId: string,
  which: RawBuilder<unknown>,
  maxBytes: number,
): Promise<{ heads: Head[]; cut: boolean }> {
  const heads = sql`
    select m.conversation_id, to_jsonb(c) as conversation, to_jsonb(m) as member, to_jsonb(preview) as preview,
      ${unreadCount} as unread, ${mentionCount} as mentions,
      ${foremost('delivered')} as others_delivered, ${foremost('read')} as others_read
    from members m
    join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    left join lateral (
      select * from messages p
      where p.tenant_id = m.tenant_id and p.conversation_id = m.conversation_id
        and p.seq > m.visible_after and p.kind <> 'deleted'
      order by p.seq desc limit 1
    ) preview on true
    where m.tenant_id = ${tenantId} and m.user_id = ${userId} and m.state = 'joined' and ${which}`;
  const weight = sql`coalesce(octet_length(head.preview::text), 0)`;
  const { rows } = await sql<HeadRow & { total: number }>`
    select * from (
      select head.*, count(*) over ()::integer as total,
        sum(${weight}) over (order by conversation_id) - ${weight} as before
      from (${heads}) head
    ) weighed where before < ${maxBytes} order by conversation_id`.execute(db);
  return {
    heads: await Promise.all(rows.map((row) => toHead(db, tenantId, userId, row))),
    cut: (rows[0]?.total ?? 0) > rows.length,
  };
}

async function toHead(db: Db, tenantId: number, userId: string, row: HeadRow): Promise<Head> {
  const member = dates(row.member, ['joined_at']);
  const message = row.preview && toMessage(dates(row.preview, ['created_at', 'edited_at', 'deleted_at']));
  const [preview] = message
    ? await withMine(db, { tenantId, conversationId: member.conversation_id, userId }, [message])
    : [];
  return {
    conversation: toConversation(dates(row.conversation, ['created_at'])),
    membership: toMember(member),
    rev: row.conversation.rev,
    lastSeq: row.conversation.last_seq,
    readSeq: member.read_seq,
    unread: row.unread,
    mentions: row.mentions,
    preview: preview ?? null,
    othersDeliveredSeq: row.others_delivered,
    othersReadSeq: row.others_read,
  };
}

/** Everybody the heads name: authors of previews, and both people of direct conversations. */
const usersOf = (db: Db, tenantId: number, heads: readonly Head[]): Promise<User[]> =>
  usersByIds(
    db,
    tenantId,
    heads.flatMap((head) => [
      ...(head.conversation.direct ?? []),
      ...(head.preview ? peopleOf([head.preview]) : []),
    ]),
  );

/** The heads of these conversations; those the person is not in are left out. */
export async function headsFor(
  db: Db,
  tenantId: number,
  userId: string,
  conversationIds: readonly string[],
): Promise<{ heads: Head[]; users: User[] }> {
  if (conversationIds.length === 0) return { heads: [], users: [] };
  const { heads } = await readHeads(
    db,
    tenantId,
    userId,
    sql`m.conversation_id = any (${[...conversationIds]}::uuid[])`,
    // All that were asked for: what is left out of this answer counts as gone.
    Number.MAX_SAFE_INTEGER,
  );
  return { heads, users: await usersOf(db, tenantId, heads) };
}

/** The unread and mention counts of one member, exact at `rev`. Null when not in the conversation. */
export async function countsFor(
  db: Db,
  tenantId: number,
  conversationId: string,
  userId: string,
): Promise<{ readSeq: number; unread: number; mentions: number; rev: number } | null> {
  const result = await sql<{ read_seq: number; unread: number; mentions: number; rev: number }>`
    select m.read_seq, c.rev, ${unreadCount} as unread, ${mentionCount} as mentions
    from members m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    where m.tenant_id = ${tenantId} and m.conversation_id = ${conversationId} and m.user_id = ${userId} and m.state = 'joined'`.execute(
    db,
  );
  const row = result.rows[0];
  return row ? { readSeq: row.read_seq, unread: row.unread, mentions: row.mentions, rev: row.rev } : null;
}

export interface SyncPage {
  readonly heads: Head[];
  readonly users: User[];
  readonly left: MemberRecord[];
  readonly full: boolean;
  readonly next: string | null;
  readonly cursor: string;
}

/** 64 bits, of which the last digit's worth is centuries away. */
const Xid = z.string().regex(/^\d{1,19}$/);
/** `xmin`: every transaction below it had ended when the cursor was made, so it had been seen. */
const SyncCursor = z.strictObject({ xmin: Xid });
const NextCursor = z.strictObject({ xmin: Xid, since: Xid.nullable(), after: z.uuid() });

/**
 * S6: what changed since the cursor. A cursor is the oldest transaction that was still running when it was made;
 * every row tells which transaction changed it last, so nothing that committed late is missed, whatever the clocks say.
 */
export async function syncPage(
  db: Db,
  tenantId: number,
  userId: string,
  cursor: string | undefined,
  next: string | undefined,
): Promise<SyncPage> {
  const page = next === undefined ? null : decodeCursor(NextCursor, next, 'next');
  // Read before the heads: what commits meanwhile is told twice rather than not at all.
  const xmin = page?.xmin ?? (await currentXmin(db));
  const asked = page ? page.since : cursor === undefined ? null : decodeCursor(SyncCursor, cursor).xmin;
  // A cursor from the future is one of another database (restored, moved): start anew.
  const known = asked !== null && BigInt(asked) > BigInt(xmin) ? null : asked;
  const left = known === null || page ? [] : await leftSince(db, tenantId, userId, known);
  // Whoever left more than can be told is told everything that is still there.
  const full = known === null || left.length > limits.conversations;
  const since = full ? null : known;
  const after = page ? sql`m.conversation_id > ${page.after}` : sql`true`;
  const changed =
    since === null ? sql`true` : sql`(c.changed_xid >= ${since}::xid8 or m.changed_xid >= ${since}::xid8)`;

  const { heads, cut } = await readHeads(
    db,
    tenantId,
    userId,
    sql`${changed} and ${after} order by m.conversation_id limit ${limits.syncPage + 1}`,
    limits.pageBytes,
  );
  const shown = heads.slice(0, limits.syncPage);
  const last = shown.at(-1);
  const more = (cut || heads.length > limits.syncPage) && last !== undefined;
  return {
    heads: shown,
    users: await usersOf(db, tenantId, shown),
    left: full ? [] : left,
    full,
    next: more ? encodeCursor({ xmin, since, after: last.conversation.id }) : null,
    cursor: encodeCursor({ xmin }),
  };
}

async function currentXmin(db: Db): Promise<string> {
  const result = await sql<{
    xmin: string;
  }>`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`.execute(db);
  return result.rows[0]?.xmin ?? '0';
}

async function leftSince(db: Db, tenantId: number, userId: string, since: string): Promise<MemberRecord[]> {
  const rows = await db
    .selectFrom('members')
    .select(memberColumns)
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('state', '<>', 'joined')
    .where(sql<boolean>`changed_xid >= ${since}::xid8`)
    .limit(limits.conversations + 1)
    .execute();
  return rows.map(toMember);
}
