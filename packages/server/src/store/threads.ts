/** Threads (T1): their replies in pages, who follows them and how far each has read. */
import { limits, type MessageRecord, type Thread, type ThreadMark, type User } from '@kith/protocol';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { CursorTime, decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import {
  type HistoryPlace,
  messagesOf,
  notHidden,
  quotedBy,
  unpacked,
  type View,
  withinBytes,
  withMine,
} from './messages.ts';
import { fromJson, type MessageRow, messageDates, toMessage } from './records.ts';
import type { Schema } from './schema.ts';
import { peopleOf, type Somebody, usersByIds } from './users.ts';

export interface ThreadKey {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly rootId: string;
  readonly rootSeq: number;
}

const cap = limits.unreadCap + 1;
/** Replies that are looked at for the people who wrote them. */
const LATEST = 200;

/** Unread replies of a row `f` of `thread_members`, in the thread's own index. */
const unreadReplies = sql`
  select u.mentions_all, u.mentions
  from members m
  cross join lateral (select ${unpacked('m.hidden')} as hidden offset 0) own
  join messages u on u.tenant_id = m.tenant_id and u.conversation_id = m.conversation_id
  where m.tenant_id = f.tenant_id and m.conversation_id = f.conversation_id and m.user_id = f.user_id
    and u.thread_root = f.root_id and u.seq > f.read_seq and u.kind = 'content' and u.author_id <> f.user_id
    and ${notHidden('u.seq', 'own.hidden')}
  order by u.seq limit ${sql.lit(cap)}`;
const counts = sql`
  case when f.following then (select count(*)::integer from (${unreadReplies}) u) else 0 end as unread,
  case when f.following then (
    select count(*)::integer from (${unreadReplies}) u where u.mentions_all or f.user_id = any (u.mentions)
  ) else 0 end as mentions`;

/** How far the foremost of the others says to have read. Who hides their own reading is told of nobody's. */
const othersRead = (conversation: string, root: RawBuilder<unknown>, userId: RawBuilder<unknown>) => sql`
  case when (
    select coalesce((viewer.settings -> 'privacy' ->> 'receipts')::boolean, true) from users viewer
    where viewer.tenant_id = ${sql.ref(`${conversation}.tenant_id`)} and viewer.id = ${userId}
  ) then coalesce((
    select r.seq from thread_receipts r
    where r.tenant_id = ${sql.ref(`${conversation}.tenant_id`)} and r.conversation_id = ${sql.ref(`${conversation}.id`)}
      and r.root_id = ${root} and r.user_id <> ${userId}
    order by r.seq desc limit 1
  ), 0) else 0 end as others_read_seq`;

interface MarkRow {
  readonly following: boolean;
  readonly read_seq: number;
  readonly unread: number;
  readonly mentions: number;
  readonly rev: number;
  readonly last_seq: number;
  readonly others_read_seq: number;
}

const toMark = (
  { conversationId, rootId, rootSeq }: Omit<ThreadKey, 'tenantId'>,
  row: MarkRow,
): ThreadMark => ({
  conversationId,
  rootId,
  rootSeq,
  following: row.following,
  readSeq: row.read_seq,
  unread: row.unread,
  mentions: row.mentions,
  rev: row.rev,
  lastSeq: row.last_seq,
  othersReadSeq: row.others_read_seq,
});

/** How one person stands to a thread. Null: there is no such conversation. */
export const threadMark = async (db: Db, thread: ThreadKey, userId: string): Promise<ThreadMark | null> =>
  (await threadMarks(db, thread, [userId])).get(userId) ?? null;

/** How each of these stands to it. */
export async function threadMarks(
  db: Db,
  thread: ThreadKey,
  userIds: readonly string[],
): Promise<Map<string, ThreadMark>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await sql<MarkRow & { readonly user_id: string }>`
    select one.user_id, coalesce(f.following, false) as following, coalesce(f.read_seq, 0) as read_seq,
      c.rev, c.last_seq, ${counts}, ${othersRead('c', sql`${thread.rootId}::uuid`, sql`one.user_id`)}
    from conversations c
    cross join unnest(${userIds}::uuid[]) one (user_id)
    left join thread_members f on f.tenant_id = c.tenant_id and f.conversation_id = c.id
      and f.root_id = ${thread.rootId} and f.user_id = one.user_id
    where c.tenant_id = ${thread.tenantId} and c.id = ${thread.conversationId}`.execute(db);
  return new Map(rows.map((row) => [row.user_id, toMark(thread, row)]));
}

export interface ThreadPage {
  readonly replies: MessageRecord[];
  readonly quoted: MessageRecord[];
  readonly atStart: boolean;
  readonly atEnd: boolean;
}

/** Up to `limit` replies in order of seq; fewer when they are long. */
export async function threadPage(
  db: Db,
  view: View,
  rootId: string,
  place: HistoryPlace,
  limit: number,
): Promise<ThreadPage> {
  const replies = messagesOf(db, view).where('thread_root', '=', rootId);
  /** `all`: there are no more on this side. */
  const cut = async (
    rows: ReturnType<typeof messagesOf>,
    order: RawBuilder<unknown>,
    count: number,
  ): Promise<{ rows: MessageRow[]; all: boolean }> => {
    const found = await withinBytes(db, rows.limit(count + 1), order);
    const all = !found.cut && found.rows.length <= count;
    return { rows: found.rows.slice(0, count), all };
  };
  const upTo = async (end: number | null, count: number) => {
    const before = end === null ? replies : replies.where('seq', '<', end);
    const { rows, all } = await cut(before.orderBy('seq', 'desc'), sql`seq desc`, count);
    return { rows: rows.reverse(), all };
  };
  const from = (start: number, count: number) =>
    cut(replies.where('seq', '>=', start).orderBy('seq'), sql`seq`, count);
  const isAny = async (side: '<' | '>=', seq: number): Promise<boolean> =>
    (await replies.where('seq', side, seq).orderBy('seq').limit(1).executeTakeFirst()) !== undefined;

  let rows: MessageRow[];
  let atStart: boolean;
  let atEnd: boolean;
  if (place.after !== undefined) {
    const later = await from(place.after + 1, limit);
    rows = later.rows;
    atEnd = later.all;
    atStart = !(await isAny('<', place.after + 1));
  } else if (place.around !== undefined) {
    const half = Math.floor(limit / 2);
    const earlier = await upTo(place.around, half);
    const later = await from(place.around, limit - half);
    rows = [...earlier.rows, ...later.rows];
    atStart = earlier.all;
    atEnd = later.all;
  } else {
    const earlier = await upTo(place.before ?? null, limit);
    rows = earlier.rows;
    atStart = earlier.all;
    atEnd = place.before === undefined || !(await isAny('>=', place.before));
  }
  const messages = await withMine(db, view, rows.map(toMessage));
  return { replies: messages, quoted: await quotedBy(db, view, messages), atStart, atEnd };
}

const ThreadCursor = z.tuple([CursorTime, z.uuid()]);

/**
 * The threads somebody follows and may see, of those they followed or wrote in last: by their roots, which tell the newest
 * reply. Nothing is written per follower when somebody replies, so they are put in order when they are asked for.
 */
const followed = ({ tenantId, userId }: Somebody) => sql`
  select f.*, m.hidden, root.reply_last_at, root.reply_last_seq
  from (
    select * from thread_members
    where tenant_id = ${tenantId} and user_id = ${userId} and following
    order by touched_at desc limit ${limits.followedThreads}
  ) f
  join members m on m.tenant_id = f.tenant_id and m.conversation_id = f.conversation_id and m.user_id = f.user_id
    and m.state = 'joined' and m.visible_after < f.root_seq and ${notHidden('f.root_seq', 'm.hidden')}
  join messages root on root.tenant_id = f.tenant_id and root.conversation_id = f.conversation_id and root.seq = f.root_seq
  where root.reply_count > 0`;

interface ThreadRow extends MarkRow {
  readonly root: MessageRow;
  readonly last: MessageRow | null;
}

export interface ThreadList {
  readonly threads: Thread[];
  readonly users: User[];
  readonly next: string | null;
}

/** Those with the newest replies first; fewer than `limit` when they are long. */
export async function threadList(
  db: Db,
  somebody: Somebody,
  cursor: string | undefined,
  limit: number,
): Promise<ThreadList> {
  const before = cursor === undefined ? null : decodeCursor(ThreadCursor, cursor);
  const { rows } = await sql<ThreadRow>`
    select f.following, f.read_seq, c.rev, c.last_seq, to_jsonb(root) as root, to_jsonb(last) as last, ${counts},
      ${othersRead('c', sql`f.root_id`, sql`f.user_id`)}
    from (
      select * from (${followed(somebody)}) f
      where ${before === null ? sql`true` : sql`(reply_last_at, root_id) < (${before[0]}::timestamptz, ${before[1]}::uuid)`}
      order by reply_last_at desc, root_id desc limit ${limit + 1}
    ) f
    join conversations c on c.tenant_id = f.tenant_id and c.id = f.conversation_id
    join messages root on root.tenant_id = f.tenant_id and root.conversation_id = f.conversation_id and root.seq = f.root_seq
    left join messages last on last.tenant_id = f.tenant_id and last.conversation_id = f.conversation_id
      and last.seq = f.reply_last_seq and ${notHidden('last.seq', 'f.hidden')}
    order by f.reply_last_at desc, f.root_id desc`.execute(db);
  const threads: Thread[] = [];
  let bytes = 0;
  for (const row of rows.slice(0, limit)) {
    if (bytes >= limits.pageBytes) break;
    const root = toMessage(fromJson(row.root, messageDates));
    const { conversationId, id: rootId, seq: rootSeq } = root;
    const view = { tenantId: somebody.tenantId, conversationId, userId: somebody.userId };
    const shown = [root, ...(row.last ? [toMessage(fromJson(row.last, messageDates))] : [])];
    const [own = root, last = null] = await withMine(db, view, shown);
    threads.push({ root: own, last, mark: toMark({ conversationId, rootId, rootSeq }, row) });
    bytes += Buffer.byteLength(JSON.stringify(shown));
  }
  const end = threads.at(-1)?.root;
  return {
    threads,
    users: await usersByIds(
      db,
      somebody.tenantId,
      peopleOf(threads.flatMap(({ root, last }) => (last ? [root, last] : [root]))),
    ),
    next: rows.length > threads.length && end?.replies ? encodeCursor([end.replies.lastAt, end.id]) : null,
  };
}

/** How many of the threads somebody follows have something unread. */
export async function unreadThreads(db: Db, somebody: Somebody): Promise<number> {
  const { rows } = await sql<{ readonly unread: number }>`
    select count(*)::integer as unread from (${followed(somebody)}) f
    where f.reply_last_seq > f.read_seq and exists (
      select 1 from messages u
      where u.tenant_id = f.tenant_id and u.conversation_id = f.conversation_id and u.thread_root = f.root_id
        and u.seq > f.read_seq and u.kind = 'content' and u.author_id <> f.user_id and ${notHidden('u.seq', 'f.hidden')}
    )`.execute(db);
  return rows[0]?.unread ?? 0;
}

/** By hand. Whoever begins to follow has nothing unread. False: it was so already. */
export async function setFollowing(
  db: Db,
  thread: ThreadKey,
  userId: string,
  following: boolean,
): Promise<boolean> {
  const { rows } = await sql`
    insert into thread_members as f (tenant_id, conversation_id, root_id, user_id, root_seq, following, read_seq, touched_at)
    select c.tenant_id, c.id, ${thread.rootId}, ${userId}, ${thread.rootSeq}, ${following}, c.last_seq, now()
    from conversations c where c.tenant_id = ${thread.tenantId} and c.id = ${thread.conversationId}
    on conflict (tenant_id, conversation_id, root_id, user_id) do update
      set following = excluded.following, touched_at = excluded.touched_at,
        read_seq = case when excluded.following then excluded.read_seq else f.read_seq end
      where f.following <> excluded.following
    returning 1`.execute(db);
  return rows.length > 0;
}

export interface Follower {
  readonly userId: string;
  /** Up to where there is nothing unread. */
  readonly readSeq: number;
  /** Also who had unfollowed. */
  readonly again: boolean;
}

/**
 * Who follows from now on by what happened: as far as they are members who see the root. Returns those who did not follow
 * before. In the transaction that holds the conversation.
 */
export async function startFollowing(
  trx: Transaction<Schema>,
  thread: ThreadKey,
  followers: readonly Follower[],
): Promise<Follower[]> {
  if (followers.length === 0) return [];
  // In order of their ids, so that no two transactions wait for each other in a circle.
  const sorted = followers.toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
  const { rows } = await sql<{ readonly user_id: string; readonly was: boolean | null }>`
    with wanted as (
      select q.user_id, q.read_seq, q.again, f.following as was
      from unnest(
        ${sorted.map((one) => one.userId)}::uuid[], ${sorted.map((one) => one.readSeq)}::bigint[],
        ${sorted.map((one) => one.again)}::boolean[]
      ) q (user_id, read_seq, again)
      join members m on m.tenant_id = ${thread.tenantId} and m.conversation_id = ${thread.conversationId}
        and m.user_id = q.user_id and m.state = 'joined' and m.visible_after < ${thread.rootSeq}
      left join thread_members f on f.tenant_id = m.tenant_id and f.conversation_id = m.conversation_id
        and f.root_id = ${thread.rootId} and f.user_id = m.user_id
      where f.following is null or q.again
      order by q.user_id
    ), written as (
      insert into thread_members as f (tenant_id, conversation_id, root_id, user_id, root_seq, following, read_seq, touched_at)
      select ${thread.tenantId}::integer, ${thread.conversationId}::uuid, ${thread.rootId}::uuid, user_id,
        ${thread.rootSeq}::bigint, true, read_seq, now()
      from wanted
      on conflict (tenant_id, conversation_id, root_id, user_id) do update
        set following = true, touched_at = excluded.touched_at,
          read_seq = case when f.following then f.read_seq else greatest(f.read_seq, excluded.read_seq) end
    )
    select user_id, was from wanted`.execute(trx);
  const fresh = new Set(rows.filter((row) => row.was !== true).map((row) => row.user_id));
  return sorted.filter((one) => fresh.has(one.userId));
}

/** What a root tells of its replies, after one was deleted. */
export async function repliesLeft(
  db: Db,
  thread: ThreadKey,
  count: number,
): Promise<Pick<MessageRow, 'reply_count' | 'reply_last_at' | 'reply_last_seq' | 'reply_users'>> {
  const latest = await db
    .selectFrom('messages')
    .select(['seq', 'author_id', 'created_at'])
    .where('tenant_id', '=', thread.tenantId)
    .where('conversation_id', '=', thread.conversationId)
    .where('thread_root', '=', thread.rootId)
    .where('kind', '=', 'content')
    .orderBy('seq', 'desc')
    .limit(LATEST)
    .execute();
  const [newest] = latest;
  return {
    reply_count: newest ? Math.max(count, 1) : null,
    reply_last_at: newest?.created_at ?? null,
    reply_last_seq: newest?.seq ?? null,
    reply_users: newest ? latestPeople(latest.map((row) => row.author_id)) : null,
  };
}

/** Each once, the latest first. */
export const latestPeople = (userIds: readonly string[]): string[] =>
  [...new Set(userIds)].slice(0, limits.threadUsers);
