import { judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { withinReach } from './guestAccess.ts';

/** Conversations the caller is not in are passed over. */
export const watch: Handler<'watch'> = async (services, caller, input) => {
  const { tenantId, userId, socket } = caller;
  const asked = await Promise.all(
    [...new Set(input.conversationIds)].map(async (conversationId) => ({
      conversationId,
      membership: await services.memberships.get(tenantId, conversationId, userId),
    })),
  );
  const readable = asked.filter(({ membership }) => judge('read', membership) === 'allowed');
  const userIds = await withinReach(services, caller, input.userIds);
  const facts = await services.privacy.facts(tenantId, userId);
  const blind = facts?.receipts === false;
  // Before the snapshot is read: what changes meanwhile is told twice rather than not at all.
  socket?.watch({ conversationIds: readable.map(({ conversationId }) => conversationId), userIds, blind });
  const [shown, presence, receipts] = await Promise.all([
    Promise.all(
      userIds.map(async (one) =>
        (await services.privacy.allowed(tenantId, one, 'lastSeen', [userId])).has(userId),
      ),
    ),
    services.presences.of(tenantId, userIds),
    Promise.all(
      readable.map(async ({ conversationId, membership }) => ({
        conversationId,
        marks: await services.reads.marks(
          tenantId,
          conversationId,
          userId,
          membership?.conversation.memberCount ?? 0,
        ),
      })),
    ),
  ]);
  return {
    presence: presence.map((one, index) => (shown[index] ? one : { userId: one.userId, state: 'offline' })),
    receipts: receipts.map(({ conversationId, marks }) => ({
      conversationId,
      marks: blind ? marks.map((mark) => ({ ...mark, readSeq: 0 })) : marks,
    })),
  };
};
