/** Conversations: their own rows, and the list of public channels. */
import { type ConversationRecord, Text } from '@kith/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import { type ConversationRow, toConversation } from './records.ts';
import { hasWord, type Somebody } from './users.ts';

export const conversationColumns = [
  'tenant_id',
  'id',
  'kind',
  'visibility',
  'history',
  'name',
  'topic',
  'avatar_id',
  'direct_key',
  'blocked_by',
  'request_to',
  'member_count',
  'disappear_after',
  'file_rules',
  'created_by',
  'created_at',
  'rev',
  'last_seq',
  'record_rev',
] as const satisfies readonly (keyof ConversationRow)[];

export const conversationRow = (db: Db, tenantId: number, id: string): Promise<ConversationRow | undefined> =>
  db
    .selectFrom('conversations')
    .select(conversationColumns)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();

/** A row for each, in their order; undefined where there is no such conversation. */
export async function conversationRows(
  db: Db,
  asked: readonly { readonly tenantId: number; readonly conversationId: string }[],
): Promise<(ConversationRow | undefined)[]> {
  const { rows } = await sql<ConversationRow & { readonly n: number }>`
    select q.n::integer as n, ${sql.join(conversationColumns.map((column) => sql.ref(`c.${column}`)))}
    from unnest(
      ${asked.map((one) => one.tenantId)}::integer[], ${asked.map((one) => one.conversationId)}::uuid[]
    ) with ordinality q (tenant_id, id, n)
    join conversations c on c.tenant_id = q.tenant_id and c.id = q.id`.execute(db);
  const found: (ConversationRow | undefined)[] = asked.map(() => undefined);
  for (const row of rows) found[row.n - 1] = row;
  return found;
}

/** What names the direct conversation of two people, whoever opens it. */
export const directKey = (a: string, b: string): string => [a, b].sort().join(':');

export async function directConversationId(db: Db, tenantId: number, key: string): Promise<string | null> {
  const row = await db
    .selectFrom('conversations')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('direct_key', '=', key)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Whether one of these people is in as many conversations as `most`; counts no further. */
export async function isAnyoneFull(
  db: Db,
  tenantId: number,
  userIds: readonly string[],
  most: number,
): Promise<boolean> {
  const result = await sql<{ full: boolean }>`
    select exists (
      select 1 from unnest(${[...userIds]}::uuid[]) person (id)
      where ${most} <= (select count(*) from (
        select 1 from members m
        where m.tenant_id = ${tenantId} and m.user_id = person.id and m.state = 'joined' limit ${most}
      ) counted)
    ) as full`.execute(db);
  return result.rows[0]?.full ?? false;
}

const PageCursor = z.tuple([Text(400), z.uuid()]);
/** What pages go by; channels have an index by it. */
const sortName = sql<string>`folded(c.name)`;

/** Only what comes after the page that ended there. */
function isAfter(cursor: string | undefined) {
  if (cursor === undefined) return sql<boolean>`true`;
  const [name, id] = decodeCursor(PageCursor, cursor);
  return sql<boolean>`(${sortName}, c.id) > (${name}, ${id}::uuid)`;
}

/** `rows`: one more than a page, where there are more. */
function pageOf<Row extends { readonly id: string; readonly sort_name: string }>(
  rows: readonly Row[],
  limit: number,
): { page: readonly Row[]; next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, next: rows.length > limit && last ? encodeCursor([last.sort_name, last.id]) : null };
}

/** A page of public channels by name, and whether this person is in them. */
export async function channelPage(
  db: Db,
  tenantId: number,
  userId: string,
  query: string,
  cursor: string | undefined,
  limit: number,
): Promise<{ channels: (ConversationRecord & { joined: boolean })[]; next: string | null }> {
  const typed = query.trim().replace(/^#/, '');
  const rows = await db
    .selectFrom('conversations as c')
    .leftJoin('members as m', (join) =>
      join
        .onRef('m.tenant_id', '=', 'c.tenant_id')
        .onRef('m.conversation_id', '=', 'c.id')
        .on('m.user_id', '=', userId)
        .on('m.state', '=', 'joined'),
    )
    .select(conversationColumns.map((column) => `c.${column}` as const))
    .select([sql<boolean>`m.user_id is not null`.as('joined'), sortName.as('sort_name')])
    .where('c.tenant_id', '=', tenantId)
    .where('c.kind', '=', 'channel')
    .where('c.visibility', '=', 'public')
    .$if(typed !== '', (q) => q.where(hasWord(sortName, typed)))
    .where(isAfter(cursor))
    .orderBy(sortName)
    .orderBy('c.id')
    .limit(limit + 1)
    .execute();
  const { page, next } = pageOf(rows, limit);
  return { channels: page.map((row) => ({ ...toConversation(row), joined: row.joined })), next };
}

/** A page of the groups and channels that both are in, by name. */
export async function commonPage(
  db: Db,
  { tenantId, userId }: Somebody,
  otherId: string,
  cursor: string | undefined,
  limit: number,
): Promise<{ conversations: ConversationRecord[]; next: string | null }> {
  const rows = await db
    .selectFrom('members as mine')
    .innerJoin('members as theirs', (join) =>
      join
        .onRef('theirs.tenant_id', '=', 'mine.tenant_id')
        .onRef('theirs.conversation_id', '=', 'mine.conversation_id')
        .on('theirs.user_id', '=', otherId)
        .on('theirs.state', '=', 'joined'),
    )
    .innerJoin('conversations as c', (join) =>
      join.onRef('c.tenant_id', '=', 'mine.tenant_id').onRef('c.id', '=', 'mine.conversation_id'),
    )
    .select(conversationColumns.map((column) => `c.${column}` as const))
    .select(sortName.as('sort_name'))
    .where('mine.tenant_id', '=', tenantId)
    .where('mine.user_id', '=', userId)
    .where('mine.state', '=', 'joined')
    .where('c.kind', '<>', 'direct')
    .where(isAfter(cursor))
    .orderBy(sortName)
    .orderBy('c.id')
    .limit(limit + 1)
    .execute();
  const { page, next } = pageOf(rows, limit);
  return { conversations: page.map(toConversation), next };
}
