import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';

export const typing: Handler<'typing'> = async (services, caller, { conversationId, active }) => {
  const { tenantId, userId } = caller;
  const membership = await services.memberships.get(tenantId, conversationId, userId);
  demand(judge('type', membership));
  // Who has not accepted a stranger lets them see nothing of themselves, and is not to see them come to life.
  if (membership?.member?.request) return {};
  services.typing.notify(tenantId, conversationId, userId, active);
  return {};
};
