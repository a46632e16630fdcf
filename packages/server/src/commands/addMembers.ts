import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { toMember } from '../store/records.ts';
import { demandPeople, earlierMarks, heldMembership, letIn } from './access.ts';

export const addMembers: Handler<'addMembers'> = async (services, caller, { conversationId, userIds }) => {
  const { tenantId, userId } = caller;
  // Asked first, so that a stranger learns nothing of other people here.
  demand(
    judge('addMembers', await services.memberships.get(tenantId, conversationId, userId)),
    'You may not add people here.',
  );
  await demandPeople(services, caller, userIds);
  const { members, marks } = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    demand(judge('addMembers', await heldMembership(held, userId)), 'You may not add people here.');
    const added = await letIn(held, userIds);
    if (added.length > 0) await held.appendSystem(userId, { type: 'added', userIds: added });
    return { members: (await held.members(userIds)).map(toMember), marks: await earlierMarks(held, added) };
  });
  services.announcer.receipts(tenantId, conversationId, marks);
  return { members };
};
