import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';

export const typing: Handler<'typing'> = async (services, caller, { conversationId, active }) => {
  const { tenantId, userId } = caller;
  demand(judge('type', await services.memberships.get(tenantId, conversationId, userId)));
  services.typing.notify(tenantId, conversationId, userId, active);
  return {};
};
