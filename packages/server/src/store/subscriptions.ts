/** What a node must know to hand out events: who is in which conversation, from where, and how far each has come. */
import type { MemberRecord } from '@kith/protocol';
import { sql } from 'kysely';
import type { Db } from './database.ts';
import { memberColumns } from './members.ts';
import { toMember } from './records.ts';
import type { Somebody } from './users.ts';

export interface MembershipFound {
  readonly member: MemberRecord;
  /** Of the conversation, in the same snapshot. */
  readonly conversationRev: number;
  readonly memberCount: number;
}

const membershipsOf = (db: Db, tenantId: number, userId: string) =>
  db
    .selectFrom('members as m')
    .innerJoin('conversations as c', (join) =>
      join.onRef('c.tenant_id', '=', 'm.tenant_id').onRef('c.id', '=', 'm.conversation_id'),
    )
    .select(memberColumns.map((column) => `m.${column}` as const))
    .select(['c.rev as conversation_rev', 'c.member_count'])
    .where('m.tenant_id', '=', tenantId)
    .where('m.user_id', '=', userId);

type Found = Awaited<ReturnType<ReturnType<typeof membershipsOf>['execute']>>[number];

const toFound = (row: Found): MembershipFound => ({
  member: toMember(row),
  conversationRev: row.conversation_rev,
  memberCount: row.member_count,
});

/**
 * Every conversation that each of these people is in, in their order: as many as `letIn` lets them be in, or one more made
 * at the same moment.
 */
export async function joinedConversations(db: Db, people: readonly Somebody[]): Promise<MembershipFound[][]> {
  const { rows } = await sql<Found & { readonly n: number }>`
    select q.n::integer as n, ${sql.join(memberColumns.map((column) => sql.ref(`m.${column}`)))},
      c.rev as conversation_rev, c.member_count
    from unnest(
      ${people.map((one) => one.tenantId)}::integer[], ${people.map((one) => one.userId)}::uuid[]
    ) with ordinality q (tenant_id, user_id, n)
    join members m on m.tenant_id = q.tenant_id and m.user_id = q.user_id and m.state = 'joined'
    join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id`.execute(db);
  const found: MembershipFound[][] = people.map(() => []);
  for (const row of rows) found[row.n - 1]?.push(toFound(row));
  return found;
}

/** This person's memberships in these conversations, whatever their state. */
export async function membershipsIn(
  db: Db,
  tenantId: number,
  userId: string,
  conversationIds: readonly string[],
): Promise<MembershipFound[]> {
  const rows = await membershipsOf(db, tenantId, userId)
    .where(sql<boolean>`m.conversation_id = any (${[...conversationIds]}::uuid[])`)
    .execute();
  return rows.map(toFound);
}

/** The revisions of these conversations of one tenant. */
export const revsOf = (
  db: Db,
  tenantId: number,
  conversationIds: readonly string[],
): Promise<{ id: string; rev: number }[]> =>
  db
    .selectFrom('conversations')
    .select(['id', 'rev'])
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`id = any (${[...conversationIds]}::uuid[])`)
    .execute();
