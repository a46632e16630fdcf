/** Messages: pages of history, look-ups, edits and reactions. Everything takes the viewer's `visibleAfter` (S13). */
import { type Content, limits, type MessageRecord, type Reaction } from '@kith/protocol';
import { type Expression, type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import { isComplete, type MessageRow, toContent, toMessage } from './records.ts';

/** One conversation as one member may see it. */
export interface View {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly userId: string;
  /** Messages after this place are visible. */
  readonly visibleAfter: number;
}

export interface HistoryPlace {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly around?: number | undefined;
}

const messagesOf = (db: Db, view: View) =>
  db
    .selectFrom('messages')
    .selectAll()
    .where('tenant_id', '=', view.tenantId)
    .where('conversation_id', '=', view.conversationId)
    .where('seq', '>', view.visibleAfter);

/** What a message weighs in an answer: what people wrote, as JSON, and the lists that name them. */
const weight = sql`(
  coalesce(octet_length(to_json(page.text)::text), 0) + coalesce(octet_length(page.sealed::text), 0)
  + coalesce(octet_length(page.reactions::text), 0) + coalesce(octet_length(to_json(page.mentions)::text), 0))`;

/** The first of these rows that together stay within `limits.pageBytes`, but always one; `cut`: there were more. */
export async function withinBytes(
  db: Db,
  rows: Expression<unknown>,
  order: RawBuilder<unknown>,
): Promise<{ rows: MessageRow[]; cut: boolean }> {
  const result = await sql<MessageRow & { total: number }>`
    select * from (
      select page.*, count(*) over ()::integer as total, sum(${weight}) over (order by ${order}) - ${weight} as before
      from (${rows}) page
    ) weighed where before < ${limits.pageBytes} order by ${order}`.execute(db);
  return { rows: result.rows, cut: (result.rows[0]?.total ?? 0) > result.rows.length };
}

/** Up to `limit` messages in order of seq; fewer when they are long. */
export async function historyPage(
  db: Db,
  view: View,
  place: HistoryPlace,
  limit: number,
): Promise<MessageRecord[]> {
  const upTo = async (end: number | null, count: number): Promise<MessageRow[]> => {
    const query = end === null ? messagesOf(db, view) : messagesOf(db, view).where('seq', '<', end);
    const nearest = query.orderBy('seq', 'desc').limit(count);
    return (await withinBytes(db, nearest, sql`seq desc`)).rows.reverse();
  };
  const from = async (start: number, count: number): Promise<MessageRow[]> => {
    const nearest = messagesOf(db, view).where('seq', '>=', start).orderBy('seq').limit(count);
    return (await withinBytes(db, nearest, sql`seq`)).rows;
  };

  let rows: MessageRow[];
  if (place.after !== undefined) rows = await from(place.after + 1, limit);
  else if (place.around !== undefined) {
    const earlier = Math.floor(limit / 2);
    rows = [...(await upTo(place.around, earlier)), ...(await from(place.around, limit - earlier))];
  } else rows = await upTo(place.before ?? null, limit);
  return withMine(db, view, rows.map(toMessage));
}

/** The visible messages among these ids, in order of seq. */
export async function messagesByIds(db: Db, view: View, ids: readonly string[]): Promise<MessageRecord[]> {
  if (ids.length === 0) return [];
  const rows = await messagesOf(db, view)
    .where('id', 'in', [...new Set(ids)])
    .orderBy('seq')
    .execute();
  return withMine(db, view, rows.map(toMessage));
}

/** The messages these reply to, as far as visible, not among them, and not too long together. */
export async function quotedBy(
  db: Db,
  view: View,
  messages: readonly MessageRecord[],
): Promise<MessageRecord[]> {
  const here = new Set(messages.map((message) => message.id));
  const ids = messages.flatMap((message) =>
    message.replyTo && !here.has(message.replyTo.messageId) ? [message.replyTo.messageId] : [],
  );
  if (ids.length === 0) return [];
  const query = messagesOf(db, view).where('id', 'in', [...new Set(ids)]);
  const { rows } = await withinBytes(db, query, sql`seq desc`);
  return withMine(db, view, rows.reverse().map(toMessage));
}

/** Adds to every reaction whether the viewer is among its reactors: the record names only the latest. */
export async function withMine(
  db: Db,
  view: Pick<View, 'tenantId' | 'conversationId' | 'userId'>,
  messages: MessageRecord[],
): Promise<MessageRecord[]> {
  const unsure = messages.filter((message) =>
    message.reactions?.some((reaction) => !isComplete(reaction) && !reaction.userIds.includes(view.userId)),
  );
  const own = new Set<string>();
  if (unsure.length > 0) {
    const rows = await db
      .selectFrom('reactions')
      .select(['message_id', 'emoji'])
      .where('tenant_id', '=', view.tenantId)
      .where('conversation_id', '=', view.conversationId)
      .where(
        'message_id',
        'in',
        unsure.map((message) => message.id),
      )
      .where('user_id', '=', view.userId)
      .execute();
    for (const row of rows) own.add(`${row.message_id} ${row.emoji}`);
  }
  return messages.map((message) =>
    message.reactions
      ? {
          ...message,
          reactions: message.reactions.map((reaction) => ({
            ...reaction,
            mine: reaction.userIds.includes(view.userId) || own.has(`${message.id} ${reaction.emoji}`),
          })),
        }
      : message,
  );
}

export interface EditVersion {
  readonly content: Content;
  readonly at: string;
}

const EditCursor = z.int32().min(1);

/** Earlier versions of a message, newest first. */
export async function editPage(
  db: Db,
  view: View,
  messageId: string,
  cursor: string | undefined,
  limit: number,
): Promise<{ versions: EditVersion[]; next: string | null }> {
  const before = cursor === undefined ? null : decodeCursor(EditCursor, cursor);
  const rows = await db
    .selectFrom('message_edits')
    .selectAll()
    .where('tenant_id', '=', view.tenantId)
    .where('conversation_id', '=', view.conversationId)
    .where('message_id', '=', messageId)
    .$if(before !== null, (q) => q.where('version', '<', before))
    .orderBy('version', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    versions: page.map((row) => ({ content: toContent(row), at: row.written_at.toISOString() })),
    next: rows.length > limit && last ? encodeCursor(last.version) : null,
  };
}

/** The database knows no year 0. */
const At = z.iso.datetime({ precision: 3 }).refine((at) => !at.startsWith('0000'));
const ReactionCursor = z.tuple([At, z.uuid()]);

/** Who reacted with an emoji, newest first. */
export async function reactionPage(
  db: Db,
  view: View,
  messageId: string,
  emoji: string,
  cursor: string | undefined,
  limit: number,
): Promise<{ reactions: { userId: string; at: string }[]; next: string | null }> {
  const before = cursor === undefined ? null : decodeCursor(ReactionCursor, cursor);
  // Cut to milliseconds, as the cursor carries them.
  const at = sql<Date>`date_trunc('milliseconds', created_at)`;
  const rows = await db
    .selectFrom('reactions')
    .select(['user_id', at.as('at')])
    .where('tenant_id', '=', view.tenantId)
    .where('conversation_id', '=', view.conversationId)
    .where('message_id', '=', messageId)
    .where('emoji', '=', emoji)
    .$if(before !== null, (q) =>
      q.where(sql<boolean>`(${at}, user_id) < (${before?.[0]}::timestamptz, ${before?.[1]}::uuid)`),
    )
    .orderBy(sql`2`, 'desc')
    .orderBy('user_id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit).map((row) => ({ userId: row.user_id, at: row.at.toISOString() }));
  const last = page.at(-1);
  return { reactions: page, next: rows.length > limit && last ? encodeCursor([last.at, last.userId]) : null };
}

/** A message's reactions as its record carries them: by first use, naming the latest reactors. Reads all kinds of one message. */
export async function summarizeReactions(
  db: Db,
  key: { readonly tenantId: number; readonly conversationId: string; readonly messageId: string },
): Promise<Reaction[]> {
  const result = await sql<{ emoji: string; count: number; user_ids: string[] }>`
    select kinds.emoji, kinds.count, latest.user_ids
    from (
      select emoji, count(*)::integer as count, min(created_at) as first_at
      from reactions
      where tenant_id = ${key.tenantId} and conversation_id = ${key.conversationId} and message_id = ${key.messageId}
      group by emoji
    ) kinds
    cross join lateral (
      select array_agg(user_id order by created_at desc, user_id) as user_ids from (
        select user_id, created_at from reactions r
        where r.tenant_id = ${key.tenantId} and r.conversation_id = ${key.conversationId}
          and r.message_id = ${key.messageId} and r.emoji = kinds.emoji
        order by created_at desc, user_id limit ${limits.reactionUsers}
      ) newest
    ) latest
    order by kinds.first_at, kinds.emoji`.execute(db);
  return result.rows.map((row) => ({ emoji: row.emoji, count: row.count, userIds: row.user_ids }));
}
