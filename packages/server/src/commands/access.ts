/** What several commands check first. */
import {
  type Head,
  KithError,
  limits,
  type MemberRecord,
  type MessageRecord,
  type Output,
  type ReceiptMark,
} from '@kith/protocol';
import type { HeldConversation } from '../log/change.ts';
import type { Membership } from '../policy/memberships.ts';
import { demand, judge } from '../policy/policy.ts';
import type { Caller, Services } from '../services.ts';
import { isAnyoneFull } from '../store/conversations.ts';
import { deletedAmong } from '../store/deletion.ts';
import { headsFor } from '../store/heads.ts';
import { requestOf } from '../store/memberships.ts';
import { messagesByIds, type View, withMine } from '../store/messages.ts';
import { marksOfMembers } from '../store/receipts.ts';
import { type MemberRow, type MessageRow, namesEverybody } from '../store/records.ts';
import { goneGuests, type Somebody, usersByIds } from '../store/users.ts';

export interface ReadAccess {
  readonly view: View;
  readonly membership: Membership;
}

/** The conversation as the caller may read it; throws when they may not. */
export async function readAccess(
  services: Services,
  caller: Somebody,
  conversationId: string,
): Promise<ReadAccess> {
  const membership = await services.memberships.get(caller.tenantId, conversationId, caller.userId);
  demand(judge('read', membership));
  if (!membership?.member) throw new KithError('not_found');
  return {
    membership,
    view: {
      tenantId: caller.tenantId,
      conversationId,
      userId: caller.userId,
      visibleAfter: membership.member.visibleAfter,
    },
  };
}

/** The facts of one person in a conversation that is held: exact, not cached. */
export async function heldMembership(held: HeldConversation, userId: string): Promise<Membership> {
  return factsOf(held, await held.member(userId));
}

export const factsOf = (held: HeldConversation, row: MemberRow | null): Membership => ({
  conversation: {
    kind: held.row.kind,
    visibility: held.row.visibility,
    history: held.row.history,
    memberCount: held.row.member_count,
    ...(held.row.blocked_by && { blocked: true as const }),
  },
  member: row && {
    role: row.role,
    state: row.state,
    visibleAfter: row.visible_after,
    ...requestOf(held.row.request_to, row.user_id),
  },
});

/**
 * A message of a held conversation, as far as this member may see it; throws when there is none. Asked for before anything
 * is judged by its author: a refusal would tell that it exists (S13).
 */
export async function heldMessage(
  held: HeldConversation,
  membership: Membership,
  messageId: string,
): Promise<MessageRow> {
  demand(judge('read', membership));
  const message = await held.message(messageId);
  if (!message || message.seq <= (membership.member?.visibleAfter ?? 0)) throw new KithError('not_found');
  return message;
}

/** Heads that were read for the caller, about to be told: what the policy knows must not be older (S13). */
export function telling<Answer extends { readonly heads: readonly Head[] }>(
  { memberships }: Services,
  { tenantId }: Caller,
  answer: Answer,
): Answer {
  for (const { membership } of answer.heads) memberships.confirm(tenantId, membership);
  return answer;
}

/** The head of a conversation the caller has just entered. */
export async function enteredHead(
  services: Services,
  caller: Caller,
  conversationId: string,
): Promise<Output<'joinChannel'>> {
  const { db } = services.database;
  const found = await headsFor(db, caller.tenantId, caller.userId, [conversationId]);
  const {
    heads: [head],
    users,
  } = telling(services, caller, found);
  if (!head) throw new KithError('not_found');
  return { head, users };
}

/** Throws unless all of them are people of the caller's tenant. */
export async function demandPeople(
  services: Services,
  caller: Caller,
  userIds: readonly string[],
): Promise<void> {
  const found = await usersByIds(services.database.db, caller.tenantId, userIds);
  if (found.length < new Set(userIds).size)
    throw new KithError('not_found', { message: 'There is no such person.' });
  refuseDeleted(found.flatMap(({ id, deleted }) => (deleted ? [id] : [])));
  const guests = found.flatMap(({ id, role }) => (role === 'guest' ? [id] : []));
  const gone = await goneGuests(services.database.db, caller.tenantId, guests);
  if (gone.length > 0)
    throw new KithError('forbidden', {
      message: 'The visit of this guest is over.',
      fields: gone.map((userId) => ({ path: userId, message: 'is gone', reason: 'guest_gone' })),
    });
}

function refuseDeleted(userIds: readonly string[]): void {
  if (userIds.length === 0) return;
  throw new KithError('forbidden', {
    message: 'The account of this person was deleted.',
    fields: userIds.map((userId) => ({ path: userId, message: 'was deleted', reason: 'deleted' })),
  });
}

/** Throws unless each of these lets the caller add them, or is in already. Who blocks is not told from who lets nobody. */
export async function demandAddable(
  { privacy, database }: Services,
  { tenantId, userId }: Caller,
  userIds: readonly string[],
  joined: ReadonlySet<string> = new Set(),
): Promise<void> {
  const may = await Promise.all(
    userIds.map(
      async (other) =>
        joined.has(other) || (await privacy.allowed(tenantId, other, 'groups', [userId])).has(userId),
    ),
  );
  const refused = userIds.filter((_, index) => !may[index]);
  if (refused.length === 0) return;
  const users = await usersByIds(database.db, tenantId, refused);
  throw new KithError('forbidden', {
    message: `Cannot be added by you: ${users.map((user) => user.displayName).join(', ')}. Send a message instead.`,
    fields: users.map(({ id }) => ({
      path: `userIds.${userIds.indexOf(id)}`,
      message: 'cannot be added by you',
    })),
  });
}

/**
 * Lets people in: their memberships begin here (S13), with nothing unread. Returns those who were not in yet; only they
 * need room, so that a repetition finds none missing (S7).
 */
export async function letIn(
  held: HeldConversation,
  userIds: readonly string[],
  role: 'owner' | 'member' = 'member',
): Promise<string[]> {
  const known = new Map((await held.members(userIds)).map((row) => [row.user_id, row]));
  const entering = [...new Set(userIds)].filter((userId) => known.get(userId)?.state !== 'joined');
  if (held.row.member_count + entering.length > limits.members) {
    throw new KithError('limit_reached', {
      message: `A conversation has at most ${limits.members} members.`,
    });
  }
  refuseDeleted(await deletedAmong(held.trx, held.row.tenant_id, entering));
  if (await isAnyoneFull(held.trx, held.row.tenant_id, entering, limits.conversations))
    throw new KithError('limit_reached', { message: 'There are too many conversations.' });
  const lastSeq = held.row.last_seq;
  await held.putMembers(entering, {
    role,
    state: 'joined',
    joined_at: new Date(),
    visible_after: held.row.history === 'all' ? 0 : lastSeq,
    read_seq: lastSeq,
    delivered_seq: lastSeq,
  });
  if (entering.length > 0)
    await held.setConversation({ member_count: held.row.member_count + entering.length });
  return entering;
}

/**
 * How far those who were let in had come in an earlier stay, to be announced: whoever watches was shown the marks of
 * members only, and no mark moves now that would tell (S9).
 */
export const earlierMarks = (held: HeldConversation, entered: readonly string[]): Promise<ReceiptMark[]> =>
  entered.length === 0
    ? Promise.resolve([])
    : marksOfMembers(held.trx, held.row.tenant_id, held.row.id, entered);

/** A changed message as its reply carries it: with the caller's own choices marked. */
export async function ownView(
  services: Services,
  caller: Caller,
  conversationId: string,
  record: MessageRecord,
): Promise<{ message: MessageRecord }> {
  const [message = record] = await withMine(services.database.db, { ...caller, conversationId }, [record]);
  return { message };
}

/**
 * The same after the caller chose something (a reaction, an answer): told to their other devices too where the record, which
 * is the same for everybody, does not name all who chose.
 */
export async function ownChoice(
  services: Services,
  caller: Caller,
  conversationId: string,
  record: MessageRecord,
): Promise<{ message: MessageRecord }> {
  const answer = await ownView(services, caller, conversationId, record);
  if (!namesEverybody(record))
    services.announcer.toUser(caller.tenantId, caller.userId, { type: 'chosen', message: answer.message });
  return answer;
}

/** A message the caller may see; throws when there is none. */
export async function visibleMessage(
  services: Services,
  caller: Somebody,
  { conversationId, messageId }: { readonly conversationId: string; readonly messageId: string },
): Promise<ReadAccess & { readonly message: MessageRecord }> {
  const access = await readAccess(services, caller, conversationId);
  const [message] = await messagesByIds(services.database.db, access.view, [messageId]);
  if (!message) throw new KithError('not_found');
  return { ...access, message };
}

/** Ends a membership; the person's devices get the returned record as their last (S13). */
export async function letOut(
  held: HeldConversation,
  userId: string,
  state: 'left' | 'removed',
): Promise<MemberRecord> {
  const record = await held.putMember(userId, { state, role: 'member' });
  await held.setConversation({ member_count: held.row.member_count - 1 });
  return record;
}
