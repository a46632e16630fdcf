import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { toMessage } from '../store/records.ts';
import { heldMembership, heldMessage, ownView } from './access.ts';

export const unpinMessage: Handler<'unpinMessage'> = async (
  services,
  caller,
  { conversationId, messageId },
) => {
  const { tenantId, userId } = caller;
  const record = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    const membership = await heldMembership(held, userId);
    const message = await heldMessage(held, membership, messageId);
    demand(judge('pin', membership), 'Only admins may unpin messages here.');
    // S7: repeating changes nothing.
    if (!message.pinned_at) return toMessage(message);
    return held.setMessage(message, { pinned_at: null, pinned_by: null });
  });
  return ownView(services, caller, conversationId, record);
};
