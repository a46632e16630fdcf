import { KithError } from '@kith/protocol';
import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { toMember } from '../store/records.ts';
import { factsOf, letOut } from './access.ts';

export const leaveConversation: Handler<'leaveConversation'> = async (
  services,
  caller,
  { conversationId },
) => {
  const { tenantId, userId } = caller;
  const membership = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    const own = await held.member(userId);
    // S7: repeating changes nothing.
    if (own?.state === 'left') return toMember(own);
    demand(judge('leave', factsOf(held, own)), 'A direct conversation cannot be left.');
    if (own?.role === 'owner' && held.row.member_count > 1) {
      throw new KithError('conflict', { message: 'Hand the conversation over before you leave.' });
    }
    const record = await letOut(held, userId, 'left');
    await held.appendSystem(userId, { type: 'left' });
    return record;
  });
  return { membership };
};
