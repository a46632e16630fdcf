import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { endRequest } from '../store/requests.ts';
import { heldMembership } from './access.ts';
import { tellAccepted } from './requests.ts';

export const acceptRequest: Handler<'acceptRequest'> = async (services, caller, { conversationId }) => {
  const { tenantId, userId } = caller;
  const accepted = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    demand(judge('read', await heldMembership(held, userId)));
    return endRequest(held.trx, held.row, userId);
  });
  tellAccepted(services, caller, conversationId, accepted);
  return { record: accepted.record };
};
