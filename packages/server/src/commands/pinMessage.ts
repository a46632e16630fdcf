import { KithError, limits } from '@kith/protocol';
import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { pinCount } from '../store/pins.ts';
import { toMessage } from '../store/records.ts';
import { heldMembership, heldMessage, ownView } from './access.ts';

export const pinMessage: Handler<'pinMessage'> = async (services, caller, { conversationId, messageId }) => {
  const { tenantId, userId } = caller;
  const record = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    const membership = await heldMembership(held, userId);
    const message = await heldMessage(held, membership, messageId);
    demand(judge('pin', membership), 'Only admins may pin messages here.');
    if (message.kind !== 'content')
      throw new KithError('conflict', { message: 'There is nothing left to pin.' });
    // S7: repeating changes nothing.
    if (message.pinned_at) return toMessage(message);
    if ((await pinCount(held.trx, tenantId, conversationId)) >= limits.pins) {
      throw new KithError('limit_reached', {
        message: `A conversation has at most ${limits.pins} pinned messages. Unpin one first.`,
      });
    }
    const pinned = await held.setMessage(message, { pinned_at: new Date(), pinned_by: userId });
    await held.appendSystem(userId, { type: 'pinned', messageId });
    return pinned;
  });
  return ownView(services, caller, conversationId, record);
};
