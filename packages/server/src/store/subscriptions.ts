/** What a node must know to hand out events: who is in which conversation, from where, and how far each has come. */
import type { MemberState } from '@kith/protocol';
import { limits } from '@kith/protocol';
import { sql } from 'kysely';
import type { Db } from './database.ts';

export interface SubscriptionRow {
  readonly conversationId: string;
  readonly state: MemberState;
  /** Of the membership. */
  readonly rev: number;
  readonly visibleAfter: number;
  /** Of the conversation. */
  readonly conversationRev: number;
  readonly memberCount: number;
}

const columns = [
  'm.conversation_id as conversationId',
  'm.state',
  'm.rev',
  'm.visible_after as visibleAfter',
  'c.rev as conversationRev',
  'c.member_count as memberCount',
] as const;

const joinedTables = (db: Db, tenantId: number, userId: string) =>
  db
    .selectFrom('members as m')
    .innerJoin('conversations as c', (join) =>
      join.onRef('c.tenant_id', '=', 'm.tenant_id').onRef('c.id', '=', 'm.conversation_id'),
    )
    .select(columns)
    .where('m.tenant_id', '=', tenantId)
    .where('m.user_id', '=', userId);

/** Every conversation this person is in. */
export const subscriptionsOf = (db: Db, tenantId: number, userId: string): Promise<SubscriptionRow[]> =>
  joinedTables(db, tenantId, userId).where('m.state', '=', 'joined').limit(limits.conversations).execute();

/** This person's memberships in these conversations, whatever their state. */
export const membershipsIn = (
  db: Db,
  tenantId: number,
  userId: string,
  conversationIds: readonly string[],
): Promise<SubscriptionRow[]> =>
  joinedTables(db, tenantId, userId)
    .where(sql<boolean>`m.conversation_id = any (${[...conversationIds]}::uuid[])`)
    .execute();

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
