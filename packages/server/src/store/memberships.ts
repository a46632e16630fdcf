/** The facts of one person in one conversation, for the policy. */
import type { Membership, ReadMembership } from '../policy/memberships.ts';
import type { Db } from './database.ts';

async function readMembership(
  db: Db,
  tenantId: number,
  conversationId: string,
  userId: string,
): Promise<Membership | null> {
  const row = await db
    .selectFrom('conversations as c')
    .leftJoin('members as m', (join) =>
      join
        .onRef('m.tenant_id', '=', 'c.tenant_id')
        .onRef('m.conversation_id', '=', 'c.id')
        .on('m.user_id', '=', userId),
    )
    .select(['c.kind', 'c.visibility', 'c.history', 'c.member_count', 'm.role', 'm.state', 'm.visible_after'])
    .where('c.tenant_id', '=', tenantId)
    .where('c.id', '=', conversationId)
    .executeTakeFirst();
  if (!row) return null;
  const { role, state, visible_after: visibleAfter } = row;
  return {
    conversation: {
      kind: row.kind,
      visibility: row.visibility,
      history: row.history,
      memberCount: row.member_count,
    },
    member: role !== null && state !== null && visibleAfter !== null ? { role, state, visibleAfter } : null,
  };
}

/** Bound to a database. */
export const membershipReader =
  (db: Db): ReadMembership =>
  (tenantId, conversationId, userId) =>
    readMembership(db, tenantId, conversationId, userId);
