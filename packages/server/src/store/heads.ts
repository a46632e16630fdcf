/**
 * Heads (S6): what a conversation's row in the list shows, as one member sees it. Each head is read by one statement,
 * so that its counts, preview and revision are of one moment.
 */
import { type Head, limits, type User } from '@kith/protocol';
import { sql } from 'kysely';
import type { Db } from './database.ts';
import { inMainLine, notHidden, unpacked, withMine } from './messages.ts';
import {
  type ConversationRow,
  fromJson,
  type MemberRow,
  type MessageRow,
  messageDates,
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

const cap = limits.unreadCap + 1;

/** What a member `m` removed, for the counts and the preview. */
const withOwn = sql`cross join lateral (select ${unpacked('m.hidden')} as hidden offset 0) own`;

/**
 * The counts of a member `m`: stop at the cap, so that they cost the same after a year away. In order, though a count has
 * none: where one conversation is most of the table, the planner would else read the table from its start until it has
 * found as many as the cap, which are all of ten million.
 */
const unreadCount = sql`(select count(*)::integer from (
  select 1 from (
    select u.seq, u.author_id, u.thread_root, u.thread_also from messages u
    where u.tenant_id = m.tenant_id and u.conversation_id = m.conversation_id
      and u.seq > greatest(m.read_seq, m.visible_after) and u.kind = 'content'
    order by u.seq limit ${sql.lit(limits.lookedAt)}
  ) u where u.author_id <> m.user_id and ${inMainLine('u')} and ${notHidden('u.seq', 'own.hidden')}
  limit ${sql.lit(cap)}) counted)`;
const mentionCount = sql`(select count(*)::integer from (
  select 1 from messages u
  where u.tenant_id = m.tenant_id and u.conversation_id = m.conversation_id
    and u.seq > greatest(m.read_seq, m.visible_after) and u.kind = 'content' and u.author_id <> m.user_id
    and (u.mentions is not null or u.mentions_all) and (u.mentions_all or m.user_id = any (u.mentions))
    and ${inMainLine('u')} and ${notHidden('u.seq', 'own.hidden')}
  order by u.seq limit ${sql.lit(cap)}) counted)`;
const foremost = (kind: 'delivered' | 'read') => sql`coalesce((
  select r.seq from receipts r
  where r.tenant_id = m.tenant_id and r.conversation_id = m.conversation_id and r.kind = ${sql.lit(kind)} and r.user_id <> m.user_id
  order by r.seq desc limit 1), 0)`;

/** The heads of these conversations; those the person is not in are left out. */
export async function headsFor(
  db: Db,
  tenantId: number,
  userId: string,
  conversationIds: readonly string[],
): Promise<{ heads: Head[]; users: User[] }> {
  if (conversationIds.length === 0) return { heads: [], users: [] };
  const { rows } = await sql<HeadRow>`
    select to_jsonb(c) as conversation, to_jsonb(m) as member, to_jsonb(preview) as preview,
      ${unreadCount} as unread, ${mentionCount} as mentions,
      ${foremost('delivered')} as others_delivered, ${foremost('read')} as others_read
    from members m
    join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    ${withOwn}
    left join lateral (
      select * from (
        select * from messages p
        where p.tenant_id = m.tenant_id and p.conversation_id = m.conversation_id
          and p.seq > m.visible_after and p.kind <> 'deleted'
        order by p.seq desc limit ${sql.lit(limits.lookedAt)}
      ) p where ${inMainLine('p')} and ${notHidden('p.seq', 'own.hidden')}
      order by p.seq desc limit 1
    ) preview on true
    where m.tenant_id = ${tenantId} and m.user_id = ${userId} and m.state = 'joined'
      and m.conversation_id = any (${[...conversationIds]}::uuid[])
    order by m.conversation_id`.execute(db);
  const heads = await Promise.all(rows.map((row) => toHead(db, tenantId, userId, row)));
  return { heads, users: await usersByIds(db, tenantId, heads.flatMap(peopleOfHead)) };
}

async function toHead(db: Db, tenantId: number, userId: string, row: HeadRow): Promise<Head> {
  const member = fromJson(row.member, ['joined_at']);
  const message = row.preview && toMessage(fromJson(row.preview, messageDates));
  const [preview] = message
    ? await withMine(db, { tenantId, conversationId: member.conversation_id, userId }, [message])
    : [];
  return {
    conversation: toConversation(fromJson(row.conversation, ['created_at'])),
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

/** Everybody a head names: the author of its preview, and both people of a direct conversation. */
export const peopleOfHead = ({ conversation, preview }: Head): string[] => [
  ...(conversation.direct ?? []),
  ...(preview ? peopleOf([preview]) : []),
];

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
    ${withOwn}
    where m.tenant_id = ${tenantId} and m.conversation_id = ${conversationId} and m.user_id = ${userId} and m.state = 'joined'`.execute(
    db,
  );
  const row = result.rows[0];
  return row ? { readSeq: row.read_seq, unread: row.unread, mentions: row.mentions, rev: row.rev } : null;
}
