import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { memberRows } from '../store/members.ts';
import { toMember } from '../store/records.ts';
import { demandAddable, demandPeople, earlierMarks, heldMembership, letIn } from './access.ts';

export const addMembers: Handler<'addMembers'> = async (services, caller, { conversationId, userIds }) => {
  const { tenantId, userId } = caller;
  // Asked first, so that a stranger learns nothing of other people here.
  demand(
    judge('addMembers', await services.memberships.get(tenantId, conversationId, userId)),
    'You may not add people here.',
  );
  await demandPeople(services, caller, userIds);
  // S7: of those who are in already nothing is asked.
  const rows = await memberRows(services.database.db, tenantId, conversationId, userIds);
  const joined = new Set(rows.filter(({ state }) => state === 'joined').map((row) => row.user_id));
  await demandAddable(services, caller, userIds, joined);
  const entering = userIds.filter((other) => !joined.has(other));
  await services.newcomers.demand(caller, 'add', entering);
  const { members, marks } = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    demand(judge('addMembers', await heldMembership(held, userId)), 'You may not add people here.');
    const added = await letIn(held, userIds);
    if (added.length > 0) await held.appendSystem(userId, { type: 'added', userIds: added });
    return { members: (await held.members(userIds)).map(toMember), marks: await earlierMarks(held, added) };
  });
  services.announcer.receipts(tenantId, conversationId, marks);
  return { members };
};
