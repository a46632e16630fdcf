/** Memberships. */
import { type MemberRecord, Text } from '@kith/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import { type MemberRow, toMember } from './records.ts';
import { isNamed } from './users.ts';

export const memberColumns = [
  'tenant_id',
  'conversation_id',
  'user_id',
  'role',
  'state',
  'rev',
  'visible_after',
  'joined_at',
  'delivered_seq',
  'read_seq',
] as const satisfies readonly (keyof MemberRow)[];

/** The members rows of these people, whatever their state. */
export const memberRows = (
  db: Db,
  tenantId: number,
  conversationId: string,
  userIds: readonly string[],
): Promise<MemberRow[]> =>
  db
    .selectFrom('members')
    .select(memberColumns)
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where('user_id', 'in', userIds)
    .execute();

const PageCursor = z.tuple([z.int().min(0).max(2), Text(400), z.uuid()]);

/** A page of those who are in: owner and admins first, then by name. */
export async function memberPage(
  db: Db,
  tenantId: number,
  conversationId: string,
  query: string,
  cursor: string | undefined,
  limit: number,
): Promise<{ members: MemberRecord[]; next: string | null }> {
  const after = cursor === undefined ? null : decodeCursor(PageCursor, cursor);
  const typed = query.trim().replace(/^@/, '');
  const rank = sql<number>`case m.role when 'owner' then 0 when 'admin' then 1 else 2 end`;
  const name = sql<string>`u.folded_name`;
  const rows = await db
    .selectFrom('members as m')
    .innerJoin('users as u', (join) =>
      join.onRef('u.tenant_id', '=', 'm.tenant_id').onRef('u.id', '=', 'm.user_id'),
    )
    .select(memberColumns.map((column) => `m.${column}` as const))
    .select([rank.as('rank'), name.as('sort_name')])
    .where('m.tenant_id', '=', tenantId)
    .where('m.conversation_id', '=', conversationId)
    .where('m.state', '=', 'joined')
    .$if(typed !== '', (q) => q.where(isNamed(sql.ref('u.username'), name, typed)))
    .$if(after !== null, (q) =>
      q.where(
        sql<boolean>`(${rank}, ${name}, m.user_id) > (${after?.[0]}::integer, ${after?.[1]}, ${after?.[2]}::uuid)`,
      ),
    )
    .orderBy(rank)
    .orderBy(name)
    .orderBy('m.user_id')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    members: page.map(toMember),
    next: rows.length > limit && last ? encodeCursor([last.rank, last.sort_name, last.user_id]) : null,
  };
}
