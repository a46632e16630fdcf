/** The facts of people in conversations, for the policy. */
import { sql } from 'kysely';
import type { MemberFacts, Membership } from '../policy/memberships.ts';
import type { Db } from './database.ts';
import type { ConversationRow, MemberRow } from './records.ts';

export interface MembershipQuestion {
  readonly tenantId: number;
  readonly conversationId: string;
  readonly userId: string;
}

type Row = Pick<
  ConversationRow,
  'kind' | 'visibility' | 'history' | 'member_count' | 'blocked_by' | 'request_to'
> & {
  readonly n: number;
  readonly role: MemberRow['role'] | null;
  readonly state: MemberRow['state'] | null;
  readonly visible_after: number | null;
};

const toMembership = (
  userId: string,
  { role, state, visible_after: visibleAfter, ...row }: Row,
): Membership => ({
  conversation: {
    kind: row.kind,
    visibility: row.visibility,
    history: row.history,
    memberCount: row.member_count,
    ...(row.blocked_by && { blocked: true as const }),
  },
  member:
    role !== null && state !== null && visibleAfter !== null
      ? { role, state, visibleAfter, ...requestOf(row.request_to, userId) }
      : null,
});

/** How one of the two stands to a request. */
export const requestOf = (to: string | null, userId: string): Pick<MemberFacts, 'request'> =>
  to === null ? {} : { request: to === userId ? 'received' : 'sent' };

/** An answer to each, in their order; null when there is no such conversation. */
export async function membershipFacts(
  db: Db,
  questions: readonly MembershipQuestion[],
): Promise<(Membership | null)[]> {
  const { rows } = await sql<Row>`
    select q.n::integer as n, c.kind, c.visibility, c.history, c.member_count, c.blocked_by, c.request_to, m.role, m.state, m.visible_after
    from unnest(
      ${questions.map((one) => one.tenantId)}::integer[],
      ${questions.map((one) => one.conversationId)}::uuid[],
      ${questions.map((one) => one.userId)}::uuid[]
    ) with ordinality q (tenant_id, conversation_id, user_id, n)
    join conversations c on c.tenant_id = q.tenant_id and c.id = q.conversation_id
    left join members m on m.tenant_id = q.tenant_id and m.conversation_id = q.conversation_id and m.user_id = q.user_id`.execute(
    db,
  );
  const found: (Membership | null)[] = questions.map(() => null);
  for (const row of rows) found[row.n - 1] = toMembership(questions[row.n - 1]?.userId ?? '', row);
  return found;
}
