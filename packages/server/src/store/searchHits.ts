/**
 * Where messages are that fit. The three ways to find them differ only in what is read first; each tells the planner so by
 * its form, because it cannot know how common a word is among one person's conversations.
 */
import { sql, type Transaction } from 'kysely';
import { quote, tenantMark } from '../search/document.ts';
import type { Db } from './database.ts';
import { notHidden, unpacked } from './messages.ts';
import type { MessageRow } from './records.ts';
import type { Schema } from './schema.ts';

/** What is told to the planner holds until its end. */
export type SearchTransaction = Transaction<Schema>;

/** A conversation somebody is in. */
export interface OwnConversation {
  readonly id: string;
  readonly name: string;
  readonly kind: 'direct' | 'group' | 'channel';
  /** As in the table: the two people of a direct conversation. */
  readonly directKey: string | null;
  /** Messages they may see, about. */
  readonly messages: number;
}

/** How many messages of the tenant have been indexed, about. */
export async function indexedMessages(db: Db, tenantId: number): Promise<number> {
  const { rows } = await sql<{ messages: number }>`
    select coalesce(sum(seq), 0)::float8 as messages from search_progress where tenant_id = ${tenantId}`.execute(
    db,
  );
  return rows[0]?.messages ?? 0;
}

/** All that this person is in now (S13); or the one asked for, if they are. */
export async function ownConversations(
  db: Db,
  tenantId: number,
  userId: string,
  conversationId: string | null,
): Promise<OwnConversation[]> {
  const { rows } = await sql<OwnConversation>`
    select c.id, c.name, c.kind, c.direct_key as "directKey", (c.last_seq - m.visible_after)::float8 as messages
    from members m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
    where m.tenant_id = ${tenantId} and m.user_id = ${userId} and m.state = 'joined' and not m.request
      and (${conversationId}::uuid is null or m.conversation_id = ${conversationId}::uuid)`.execute(db);
  return rows;
}

export interface HitPlace {
  readonly conversationId: string;
  readonly seq: number;
  readonly at: Date;
}

export interface HitQuestion {
  readonly tenantId: number;
  readonly userId: string;
  readonly conversationIds: readonly string[];
  /** Null: whatever it says. */
  readonly tsquery: string | null;
  /** The part of it that is worth looking up in the index; null: none. */
  readonly rarest: string | null;
  readonly from: Date | null;
  readonly until: Date | null;
  /** Only what comes after this place in the order of answers. */
  readonly after: HitPlace | null;
  readonly limit: number;
}

export interface HitsFound {
  readonly places: HitPlace[];
  /** How many fit, where all were looked at. */
  readonly total: number | null;
  /** Looked no further than here, though there may be more. */
  readonly edge: HitPlace | null;
}

type Row = HitPlace & { readonly total: number };

const columns = sql`d.conversation_id as "conversationId", d.seq, d.at`;
const order = sql`d.at desc, d.conversation_id desc, d.seq desc`;

const inTime = ({ from, until, after }: HitQuestion) => sql`
  d.at >= ${from?.toISOString() ?? '-infinity'}::timestamptz and d.at < ${until?.toISOString() ?? 'infinity'}::timestamptz
  and d.at <= ${after?.at.toISOString() ?? 'infinity'}::timestamptz`;

/** Beyond the cursor. */
const beyond = ({ after }: HitQuestion) =>
  after === null
    ? sql`true`
    : sql`(d.at, d.conversation_id, d.seq)
        < (${after.at.toISOString()}::timestamptz, ${after.conversationId}::uuid, ${after.seq}::bigint)`;

/** What the person may see (S13), as it is in this statement. */
const memberships = ({ tenantId, userId, conversationIds }: HitQuestion) => sql`
  select m.conversation_id, m.visible_after, ${unpacked('m.hidden')} as hidden from members m
  where m.tenant_id = ${tenantId} and m.user_id = ${userId} and m.state = 'joined'
    and m.conversation_id = any (${[...conversationIds]}::uuid[])`;

/** As the function behind `@@`, which no index answers: of what was found otherwise, does it fit? */
const fitting = ({ tsquery }: HitQuestion) =>
  tsquery === null ? sql`true` : sql`ts_match_vq(d.words, ${tsquery}::tsquery)`;

const answer = (rows: readonly Row[], { limit, after }: HitQuestion, counted: boolean): HitsFound => ({
  places: rows.slice(0, limit + 1).map(({ conversationId, seq, at }) => ({ conversationId, seq, at })),
  total: counted && after === null ? (rows[0]?.total ?? 0) : null,
  edge: null,
});

/** Whether the planner may read whole tables, and compare each row of one with each of another. */
const mayCompareAll = (trx: SearchTransaction, may: boolean) =>
  sql`select set_config('enable_seqscan', ${may ? 'on' : 'off'}, true), set_config('enable_nestloop', ${may ? 'on' : 'off'}, true)`.execute(
    trx,
  );

/** By the words: for words that are in few documents, whoever's. */
export async function hitsByWords(trx: SearchTransaction, question: HitQuestion): Promise<HitsFound> {
  // The tenant's own mark with the words: what others wrote is not read, however common the words are there. The column is
  // asked besides, by the function that no index answers.
  const rarest = question.rarest && `${quote(tenantMark(question.tenantId))} & (${question.rarest})`;
  // Its guesses of how many there are, of documents and of conversations, are far off.
  await mayCompareAll(trx, false);
  const { rows } = await sql<Row>`
    with found as materialized (
      select d.conversation_id, d.seq, d.at from search_documents d
      where d.words @@ ${rarest}::tsquery and int4eq(d.tenant_id, ${question.tenantId}) and ${fitting(question)}
    ), own as materialized (${memberships(question)})
    select ${columns}, count(*) over ()::integer as total from found d
    join own on own.conversation_id = d.conversation_id and d.seq > own.visible_after and ${notHidden('d.seq', 'own.hidden')}
    where ${inTime(question)} and ${beyond(question)}
    order by ${order} limit ${question.limit + 1}`.execute(trx);
  await mayCompareAll(trx, true);
  return answer(rows, question, true);
}

/** By the conversations, all of each: for people who have few messages to look through. */
export async function hitsByConversation(trx: SearchTransaction, question: HitQuestion): Promise<HitsFound> {
  const { rows } = await sql<Row>`
    with own as materialized (${memberships(question)})
    select ${columns}, count(*) over ()::integer as total from own
    cross join lateral (
      select d.conversation_id, d.seq, d.at from search_documents d
      where d.tenant_id = ${question.tenantId} and d.conversation_id = own.conversation_id
        and d.seq > own.visible_after and ${notHidden('d.seq', 'own.hidden')}
        and ${inTime(question)} and ${beyond(question)} and ${fitting(question)} offset 0
    ) d
    order by ${order} limit ${question.limit + 1}`.execute(trx);
  return answer(rows, question, true);
}

/** From the newest on, until a page is full: for words that are everywhere. Looks at `scan` messages at most. */
export async function hitsByTime(
  trx: SearchTransaction,
  question: HitQuestion,
  scan: number,
): Promise<HitsFound> {
  const { tenantId, conversationIds } = question;
  const [only] = conversationIds;
  // In one conversation its own order leads there; several meet in the order of the tenant.
  const newest = sql`
    select * from search_documents d
    where d.tenant_id = ${tenantId} ${conversationIds.length === 1 ? sql`and d.conversation_id = ${only}::uuid` : sql``}
      and ${inTime(question)}
    order by ${conversationIds.length === 1 ? sql`d.at desc, d.seq desc` : sql`d.at desc`}`;
  const { rows } = await sql<Row>`
    with own as materialized (${memberships(question)})
    select ${columns}, 0 as total from (${newest} limit ${scan}) d
    join own on own.conversation_id = d.conversation_id and d.seq > own.visible_after and ${notHidden('d.seq', 'own.hidden')}
    where ${fitting(question)} and ${beyond(question)}
    order by ${order} limit ${question.limit + 1}`.execute(trx);
  const found = answer(rows, question, false);
  if (rows.length > question.limit) return found;
  const { rows: next } = await sql<HitPlace>`
    select ${columns} from (${newest} offset ${scan} limit 1) d`.execute(trx);
  return { ...found, edge: next[0] ?? null };
}

/** The messages at these places that the person may see now, in their order: what was deleted since is left out. */
export async function messagesAt(
  db: Db,
  { tenantId, userId }: { readonly tenantId: number; readonly userId: string },
  places: readonly HitPlace[],
): Promise<MessageRow[]> {
  if (places.length === 0) return [];
  const { rows } = await sql<MessageRow>`
    select p.* from unnest(
      ${places.map((place) => place.conversationId)}::uuid[], ${places.map((place) => place.seq)}::bigint[]
    ) with ordinality q (conversation_id, seq, n)
    join messages p on p.tenant_id = ${tenantId} and p.conversation_id = q.conversation_id and p.seq = q.seq
    join members m on m.tenant_id = p.tenant_id and m.conversation_id = p.conversation_id and m.user_id = ${userId}
    where p.kind = 'content' and m.state = 'joined' and p.seq > m.visible_after and ${notHidden('p.seq', 'm.hidden')}
      and (p.expires_at is null or p.expires_at > now())
    order by q.n`.execute(db);
  return rows;
}
