/** Messages: pages of history, look-ups, edits and reactions. Everything takes the viewer's `visibleAfter` (S13). */
import { type Content, limits, type MessageRecord, type Output, type Reaction } from '@kith/protocol';
import { type Expression, type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import { type Chosen, newestPeople } from './newestPeople.ts';
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

/** Whether a row of `messages` stands in the main line: a reply in a thread does only when it was sent there too (T1). */
export const inMainLine = (alias: string): RawBuilder<boolean> =>
  sql<boolean>`(${sql.ref(`${alias}.thread_root`)} is null or ${sql.ref(`${alias}.thread_also`)})`;

/**
 * What a member removed, as a value to compare many places with: as it lies in its row it would be unpacked for each. For a
 * select of which there is no more than one, as `offset 0` makes a joined one.
 */
export const unpacked = (hidden: string): RawBuilder<string | null> =>
  sql`${sql.ref(hidden)} + '{}'::int8multirange`;

/** Whether a place is not among those a member removed from their own view. `hidden`: unpacked, where there are many places. */
export const notHidden = (seq: string, hidden: string): RawBuilder<boolean> =>
  sql<boolean>`(${sql.ref(hidden)} is null or not ${sql.ref(seq)} <@ ${sql.ref(hidden)})`;

export const messagesOf = (db: Db, view: View) =>
  db
    .selectFrom('messages')
    .selectAll()
    .where('tenant_id', '=', view.tenantId)
    .where('conversation_id', '=', view.conversationId)
    .where('seq', '>', view.visibleAfter)
    // Read once a statement, whatever the number of rows.
    .where(
      sql<boolean>`not coalesce(seq <@ (
        select ${unpacked('m.hidden')} from members m where m.tenant_id = ${view.tenantId}
          and m.conversation_id = ${view.conversationId} and m.user_id = ${view.userId}), false)`,
    );

/** What of a conversation somebody is shown at its ends, and its revision. Null when there is no such conversation. */
export async function historyEnds(
  db: Db,
  view: View,
): Promise<{ rev: number; lastSeq: number; shownAfter: number; shownTo: number } | null> {
  const { rows } = await sql<{ rev: number; lastSeq: number; shownAfter: number; shownTo: number }>`
    select c.rev, c.last_seq as "lastSeq",
      coalesce((select upper(r) - 1 from unnest(m.hidden) r where r @> (${view.visibleAfter}::bigint + 1)),
        ${view.visibleAfter}::bigint) as "shownAfter",
      coalesce((select lower(r) - 1 from unnest(m.hidden) r where r @> c.last_seq), c.last_seq) as "shownTo"
    from conversations c
    left join members m on m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.user_id = ${view.userId}
    where c.tenant_id = ${view.tenantId} and c.id = ${view.conversationId}`.execute(db);
  return rows[0] ?? null;
}

/** What a message weighs in an answer: what people wrote, as JSON, and the lists that name them. */
const weight = sql`(
  coalesce(octet_length(to_json(page.text)::text), 0) + coalesce(octet_length(page.sealed::text), 0)
  + coalesce(octet_length(page.reactions::text), 0) + coalesce(octet_length(to_json(page.mentions)::text), 0)
  + coalesce(octet_length(page.attachment::text), 0) + coalesce(octet_length(page.poll::text), 0)
  + coalesce(octet_length(page.link_preview::text), 0))`;

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
export const messagesByIds = async (db: Db, view: View, ids: readonly string[]): Promise<MessageRecord[]> =>
  withMine(db, view, await recordsByIds(db, view, ids));

/** The same as they are for everybody: without what the viewer chose. */
export async function recordsByIds(db: Db, view: View, ids: readonly string[]): Promise<MessageRecord[]> {
  if (ids.length === 0) return [];
  const rows = await messagesOf(db, view)
    .where('id', 'in', [...new Set(ids)])
    .orderBy('seq')
    .execute();
  return rows.map(toMessage);
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

/** Adds to every reaction and every answer of a poll whether it is the viewer's: the record names only the latest. */
export async function withMine(db: Db, view: Viewer, messages: MessageRecord[]): Promise<MessageRecord[]> {
  const [reacted, voted] = await Promise.all([
    ownReactionsOn(db, view, messages),
    ownVotesOn(db, view, messages),
  ]);
  return messages.map((message) =>
    message.reactions || message.poll
      ? {
          ...message,
          ...(message.reactions && {
            reactions: message.reactions.map((reaction) => ({
              ...reaction,
              mine: reaction.userIds.includes(view.userId) || reacted.has(`${message.id} ${reaction.emoji}`),
            })),
          }),
          ...(message.poll && {
            poll: {
              ...message.poll,
              options: message.poll.options.map((option, place) => ({
                ...option,
                mine: (option.userIds?.includes(view.userId) ?? false) || voted.has(`${message.id} ${place}`),
              })),
            },
          }),
        }
      : message,
  );
}

type Viewer = Pick<View, 'tenantId' | 'conversationId' | 'userId'>;

/** `message emoji` of those that the records do not tell. */
const ownReactionsOn = (
  db: Db,
  view: Viewer,
  messages: readonly MessageRecord[],
): Promise<ReadonlySet<string>> => {
  const isUnsure = (reaction: Reaction): boolean =>
    !isComplete(reaction) && !reaction.userIds.includes(view.userId);
  return ownChoicesOn(
    db,
    view,
    messages.filter(({ reactions }) => reactions?.some(isUnsure)),
    sql`select message_id, emoji as choice, tenant_id, conversation_id, user_id from reactions`,
  );
};

/** `message place` of those that the records do not tell, as those of anonymous polls never do. */
const ownVotesOn = (db: Db, view: Viewer, messages: readonly MessageRecord[]): Promise<ReadonlySet<string>> =>
  ownChoicesOn(
    db,
    view,
    messages.filter(({ poll }) => poll?.options.some(({ count, userIds = [] }) => userIds.length < count)),
    sql`select message_id, option as choice, tenant_id, conversation_id, user_id from poll_votes`,
  );

/** `message choice` of this person, out of `choices`. */
async function ownChoicesOn(
  db: Db,
  { tenantId, conversationId, userId }: Viewer,
  messages: readonly MessageRecord[],
  choices: RawBuilder<unknown>,
): Promise<ReadonlySet<string>> {
  if (messages.length === 0) return new Set();
  const { rows } = await sql<{ readonly message_id: string; readonly choice: string | number }>`
    select message_id, choice from (${choices}) chosen
    where tenant_id = ${tenantId} and conversation_id = ${conversationId} and user_id = ${userId}
      and message_id = any (${messages.map((message) => message.id)}::uuid[])`.execute(db);
  return new Set(rows.map((row) => `${row.message_id} ${row.choice}`));
}

/** What a message got when it was sent, and whose it is. Null when there is none. */
export async function sentMessage(
  db: Db,
  tenantId: number,
  conversationId: string,
  messageId: string,
): Promise<{ authorId: string; result: Output<'sendMessage'> } | null> {
  const row = await db
    .selectFrom('messages')
    .select(['seq', 'created_rev', 'created_at', 'author_id'])
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where('id', '=', messageId)
    .executeTakeFirst();
  return row
    ? {
        authorId: row.author_id,
        result: {
          messageId,
          seq: row.seq,
          rev: row.created_rev,
          createdAt: row.created_at.toISOString(),
        },
      }
    : null;
}

/** Messages of others that mention this member or everyone, in order of seq; fewer when they are long. */
export async function mentionsAfter(
  db: Db,
  view: View,
  after: number,
  limit: number,
): Promise<MessageRecord[]> {
  const mentioning = messagesOf(db, view)
    .where('seq', '>', after)
    .where('kind', '=', 'content')
    .where('author_id', '<>', view.userId)
    .where(
      sql<boolean>`(mentions is not null or mentions_all) and (mentions_all or ${view.userId}::uuid = any (mentions))`,
    )
    .orderBy('seq')
    .limit(limit);
  const { rows } = await withinBytes(db, mentioning, sql`seq`);
  return withMine(db, view, rows.map(toMessage));
}

/** A span of seqs is halved so often until one is left. */
const HALVINGS = 64;

/**
 * The first visible message sent at this time or later; the last one when there is none. Seqs have no gaps and grow with
 * time, so the place is found by halving, in as many look-ups as the length of the history has digits.
 */
export async function placeAt(
  db: Db,
  view: View,
  at: Date,
): Promise<{ messageId: string; seq: number } | null> {
  const { rows } = await sql<{ id: string; seq: number }>`
    with recursive span (low, high, halvings) as (
      select ${view.visibleAfter}::bigint + 1, c.last_seq, 0 from conversations c
      where c.tenant_id = ${view.tenantId} and c.id = ${view.conversationId}
      union all
      select case when m.created_at < ${at.toISOString()}::timestamptz then (s.low + s.high) / 2 + 1 else s.low end,
        case when m.created_at < ${at.toISOString()}::timestamptz then s.high else (s.low + s.high) / 2 end,
        s.halvings + 1
      from span s join messages m on m.tenant_id = ${view.tenantId} and m.conversation_id = ${view.conversationId}
        and m.seq = (s.low + s.high) / 2
      where s.low < s.high and s.halvings < ${HALVINGS}
    )
    select m.id, m.seq from (select low from span order by halvings desc limit 1) place
    join messages m on m.tenant_id = ${view.tenantId} and m.conversation_id = ${view.conversationId} and m.seq = place.low`.execute(
    db,
  );
  const [place] = rows;
  if (!place) return null;
  // What one removed oneself is no place to go to: the next one shown, else the last before.
  const shown = messagesOf(db, view).select(['id', 'seq']).limit(1);
  const found =
    (await shown.where('seq', '>=', place.seq).orderBy('seq').executeTakeFirst()) ??
    (await shown.where('seq', '<', place.seq).orderBy('seq', 'desc').executeTakeFirst());
  return found ? { messageId: found.id, seq: found.seq } : null;
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

/** Who reacted with an emoji, newest first. */
export async function reactionPage(
  db: Db,
  view: View,
  messageId: string,
  emoji: string,
  cursor: string | undefined,
  limit: number,
): Promise<{ reactions: Chosen[]; next: string | null }> {
  const reactions = db
    .selectFrom('reactions')
    .where('tenant_id', '=', view.tenantId)
    .where('conversation_id', '=', view.conversationId)
    .where('message_id', '=', messageId)
    .where('emoji', '=', emoji);
  const { people, next } = await newestPeople(db, reactions.select(['user_id', 'created_at']), cursor, limit);
  return { reactions: people, next };
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
