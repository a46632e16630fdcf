/** What the search index is made of: how far it has come, documents, and the vocabulary that counts their words. */
import { setImmediate as turn } from 'node:timers/promises';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Db } from './database.ts';
import type { MessageRow } from './records.ts';
import type { Schema } from './schema.ts';

export interface Place {
  readonly tenantId: number;
  readonly conversationId: string;
}

/** A conversation held for indexing, and how far behind it is. */
export interface Claim extends Place {
  /** Indexed up to here; zeros when the documents are of another version. */
  readonly seq: number;
  readonly rev: number;
  /** The conversation's own. */
  readonly lastSeq: number;
  readonly headRev: number;
}

export type IndexedMessage = Pick<
  MessageRow,
  | 'tenant_id'
  | 'conversation_id'
  | 'seq'
  | 'rev'
  | 'author_id'
  | 'created_at'
  | 'kind'
  | 'text'
  | 'attachment'
>;

const ids = (places: readonly Place[]) => sql`unnest(
  ${places.map((place) => place.tenantId)}::integer[], ${places.map((place) => place.conversationId)}::uuid[]
)`;

/** Holds these conversations until the end of the transaction; those another node is at are left out. */
export async function claimForIndexing(
  trx: Transaction<Schema>,
  places: readonly Place[],
  version: number,
): Promise<Claim[]> {
  await sql`
    insert into search_progress (tenant_id, conversation_id, version, seq, rev)
    select c.tenant_id, c.id, ${version}, 0, 0 from ${ids(places)} q (tenant_id, id)
    join conversations c on c.tenant_id = q.tenant_id and c.id = q.id
    on conflict do nothing`.execute(trx);
  const { rows } = await sql<Claim>`
    select p.tenant_id as "tenantId", p.conversation_id as "conversationId", c.last_seq as "lastSeq", c.rev as "headRev",
      case when p.version = ${version} then p.seq else 0 end as seq,
      case when p.version = ${version} then p.rev else 0 end as rev
    from ${ids(places)} q (tenant_id, id)
    join search_progress p on p.tenant_id = q.tenant_id and p.conversation_id = q.id
    join conversations c on c.tenant_id = q.tenant_id and c.id = q.id
    order by p.tenant_id, p.conversation_id
    for update of p skip locked`.execute(trx);
  return rows;
}

/** What one step reads at most. */
export interface StepLimits {
  readonly messages: number;
  /** Bytes of what people wrote; one message may be longer. */
  readonly text: number;
}

export interface StepPage {
  readonly messages: IndexedMessage[];
  /** There may be more. */
  readonly cut: boolean;
}

/** What an attachment says is short. */
const ATTACHMENT_BYTES = 1_024;

/** The first of these rows that together stay within the limits, but always one. */
async function withinStep(
  trx: Transaction<Schema>,
  rows: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
  { messages, text }: StepLimits,
): Promise<StepPage> {
  const weight = sql`(coalesce(octet_length(page.text), 0)
    + case when page.attachment is null then 0 else ${sql.lit(ATTACHMENT_BYTES)} end)`;
  const found = await sql<IndexedMessage & { readonly total: number }>`
    select * from (
      select page.*, count(*) over ()::integer as total,
        sum(${weight}) over (order by ${order} rows unbounded preceding) - ${weight} as before
      from (${rows} order by ${order} limit ${messages}) page
    ) weighed where before < ${text} order by ${order}`.execute(trx);
  const total = found.rows[0]?.total ?? 0;
  return { messages: found.rows, cut: total >= messages || total > found.rows.length };
}

const columns = sql`m.tenant_id, m.conversation_id, m.seq, m.rev, m.author_id, m.created_at, m.kind, m.text, m.attachment`;

/** Of each claim the messages that are not indexed yet, in order of seq; the later claims get what the limits leave. */
export async function newMessages(
  trx: Transaction<Schema>,
  claims: readonly Claim[],
  limits: StepLimits,
): Promise<StepPage> {
  const rows = sql`
    select ${columns}, q.n from unnest(
      ${claims.map((claim) => claim.tenantId)}::integer[], ${claims.map((claim) => claim.conversationId)}::uuid[],
      ${claims.map((claim) => claim.seq)}::bigint[]
    ) with ordinality q (tenant_id, id, seq, n)
    cross join lateral (
      select * from messages m where m.tenant_id = q.tenant_id and m.conversation_id = q.id and m.seq > q.seq
      order by m.seq limit ${limits.messages}
    ) m`;
  return withinStep(trx, rows, sql`n, seq`, limits);
}

/** Of each claim the indexed messages that have changed since, in order of rev; the later claims get what the limits leave. */
export async function changedMessages(
  trx: Transaction<Schema>,
  claims: readonly Claim[],
  limits: StepLimits,
): Promise<StepPage> {
  const rows = sql`
    select ${columns}, q.n from unnest(
      ${claims.map((claim) => claim.tenantId)}::integer[], ${claims.map((claim) => claim.conversationId)}::uuid[],
      ${claims.map((claim) => claim.seq)}::bigint[], ${claims.map((claim) => claim.rev)}::bigint[]
    ) with ordinality q (tenant_id, id, seq, rev, n)
    cross join lateral (
      select * from messages m where m.tenant_id = q.tenant_id and m.conversation_id = q.id
        and m.rev <> m.created_rev and m.rev > q.rev and m.seq <= q.seq
      order by m.rev limit ${limits.messages}
    ) m`;
  return withinStep(trx, rows, sql`n, rev`, limits);
}

export async function saveProgress(
  trx: Transaction<Schema>,
  claims: readonly Claim[],
  version: number,
): Promise<void> {
  await sql`
    update search_progress p set version = ${version}, seq = q.seq, rev = q.rev
    from unnest(
      ${claims.map((claim) => claim.tenantId)}::integer[], ${claims.map((claim) => claim.conversationId)}::uuid[],
      ${claims.map((claim) => claim.seq)}::bigint[], ${claims.map((claim) => claim.rev)}::bigint[]
    ) q (tenant_id, id, seq, rev)
    where p.tenant_id = q.tenant_id and p.conversation_id = q.id`.execute(trx);
}

/** A page of all conversations, in order of their ids: where it ended, and which of them are behind. */
export async function conversationsBehind(
  db: Db,
  after: Place | null,
  page: number,
  version: number,
): Promise<{ readonly last: Place | null; readonly behind: Place[] }> {
  const { rows } = await sql<Place & { readonly behind: boolean }>`
    select c.tenant_id as "tenantId", c.id as "conversationId",
      p.rev is null or p.version <> ${version} or p.rev < c.rev or p.seq < c.last_seq as behind
    from (
      select tenant_id, id, rev, last_seq from conversations
      where (tenant_id, id) > (${after?.tenantId ?? 0}, ${after?.conversationId ?? NOWHERE}::uuid)
      order by tenant_id, id limit ${page}
    ) c
    left join search_progress p on p.tenant_id = c.tenant_id and p.conversation_id = c.id
    order by c.tenant_id, c.id`.execute(db);
  return { last: rows.at(-1) ?? null, behind: rows.filter((row) => row.behind) };
}

const NOWHERE = '00000000-0000-0000-0000-000000000000';

export interface DocumentWrite extends Place {
  readonly seq: number;
  readonly at: Date;
  /** What can be found of it; null: nothing any more. */
  readonly document: { readonly lexemes: readonly string[]; readonly vector: string } | null;
}

/** How many documents more hold a word. */
export type WordCounts = Map<string, number>;

/** Writes documents, and tells by tenant how often each word is now in more or fewer of them. */
export async function writeDocuments(
  trx: Transaction<Schema>,
  writes: readonly DocumentWrite[],
): Promise<Map<number, WordCounts>> {
  const keys = (some: readonly DocumentWrite[]) => sql`
    ${some.map((one) => one.tenantId)}::integer[], ${some.map((one) => one.conversationId)}::uuid[],
    ${some.map((one) => one.at.toISOString())}::timestamptz[], ${some.map((one) => one.seq)}::bigint[]`;
  const { rows: before } = await sql<{ n: number; lexemes: string[] }>`
    select q.n::integer as n, tsvector_to_array(d.words) as lexemes
    from unnest(${keys(writes)}) with ordinality q (tenant_id, conversation_id, at, seq, n)
    join search_documents d on d.tenant_id = q.tenant_id and d.conversation_id = q.conversation_id
      and d.at = q.at and d.seq = q.seq`.execute(trx);
  const counts = new Map<number, WordCounts>();
  const count = (tenantId: number, lexemes: readonly string[], step: 1 | -1): void => {
    const words = counts.get(tenantId) ?? new Map<string, number>();
    counts.set(tenantId, words);
    for (const word of lexemes) words.set(word, (words.get(word) ?? 0) + step);
  };
  for (const { n, lexemes } of before) count(writes[n - 1]!.tenantId, lexemes, -1);
  for (const { tenantId, document } of writes) if (document) count(tenantId, document.lexemes, 1);

  const known = new Set(before.map(({ n }) => writes[n - 1]));
  const gone = writes.filter((write) => write.document === null && known.has(write));
  if (gone.length > 0) {
    await sql`
      delete from search_documents d using unnest(${keys(gone)}) q (tenant_id, conversation_id, at, seq)
      where d.tenant_id = q.tenant_id and d.conversation_id = q.conversation_id and d.at = q.at and d.seq = q.seq`.execute(
      trx,
    );
  }
  const made = writes.filter((write) => write.document !== null);
  if (made.length > 0) {
    await sql`
      insert into search_documents (tenant_id, conversation_id, at, seq, words)
      select q.tenant_id, q.conversation_id, q.at, q.seq, q.words::tsvector
      from unnest(${keys(made)}, ${made.map((one) => one.document?.vector ?? '')}::text[])
        q (tenant_id, conversation_id, at, seq, words)
      on conflict (tenant_id, conversation_id, at, seq) do update set words = excluded.words
      where search_documents.words <> excluded.words`.execute(trx);
  }
  return counts;
}

/** Any number that nothing else of ours locks by. */
const WORDS_LOCK = 0x6b697468;

/** Words counted in one statement: the embedded database answers nobody meanwhile, nor does the process. */
const WORDS_AT_ONCE = 500;

/** Keeps the vocabulary in step: a word that is in no document any more is gone. */
export async function countWords(
  trx: Transaction<Schema>,
  tenantId: number,
  counts: WordCounts,
  keysOf: (word: string) => string[],
): Promise<void> {
  const changed = [...counts].filter(([, step]) => step !== 0);
  if (changed.length === 0) return;
  // One at a time: two that count the same words in different orders would wait for each other.
  await sql`select pg_advisory_xact_lock(${WORDS_LOCK}, ${tenantId})`.execute(trx);
  for (let from = 0; from < changed.length; from += WORDS_AT_ONCE) {
    await countSome(trx, tenantId, changed.slice(from, from + WORDS_AT_ONCE), keysOf);
    await turn();
  }
}

async function countSome(
  trx: Transaction<Schema>,
  tenantId: number,
  changed: readonly (readonly [word: string, step: number])[],
  keysOf: (word: string) => string[],
): Promise<void> {
  const words = changed.map(([word]) => word);
  // Not a join: what has no statistics yet is read whole for one, for each handful of words.
  const { rows } = await sql<{ word: string; count: number }>`
    update search_words
    set count = count + (${changed.map(([, step]) => step)}::integer[])[array_position(${words}::text[], word)]
    where tenant_id = ${tenantId} and word = any (${words}::text[])
    returning word, count`.execute(trx);
  const gone = rows.filter((row) => row.count <= 0).map((row) => row.word);
  if (gone.length > 0)
    await trx
      .deleteFrom('search_words')
      .where('tenant_id', '=', tenantId)
      .where(sql<boolean>`word = any (${gone}::text[])`)
      .execute();
  const known = new Set(rows.map((row) => row.word));
  const fresh = changed.filter(([word, step]) => step > 0 && !known.has(word));
  if (fresh.length === 0) return;
  // An array of arrays has no rows to unnest: the keys of a word travel as text, and no key has a space.
  await sql`
    insert into search_words (tenant_id, word, count, keys)
    select ${tenantId}, q.word, q.count, string_to_array(q.keys, ' ')
    from unnest(
      ${fresh.map(([word]) => word)}::text[], ${fresh.map(([, step]) => step)}::integer[],
      ${fresh.map(([word]) => keysOf(word).join(' '))}::text[]
    ) q (word, count, keys)`.execute(trx);
}
