import { demand, judgeJoin } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { earlierMarks, enteredHead, heldMembership, letIn } from './access.ts';

export const joinChannel: Handler<'joinChannel'> = async (services, caller, { conversationId }) => {
  const { tenantId, userId } = caller;
  const marks = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    const membership = await heldMembership(held, userId);
    if (membership.member?.state === 'joined') return [];
    demand(judgeJoin(membership));
    await letIn(held, [userId]);
    await held.appendSystem(userId, { type: 'joined' });
    return earlierMarks(held, [userId]);
  });
  services.announcer.receipts(tenantId, conversationId, marks);
  return enteredHead(services, caller, conversationId);
};
