import { KithError } from '@kith/protocol';
import { demand, judge, judgeRemove } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { toMember } from '../store/records.ts';
import { heldMembership, letOut } from './access.ts';

export const removeMember: Handler<'removeMember'> = async (services, caller, { conversationId, userId }) => {
  const membership = await services.conversationLog.change(caller.tenantId, conversationId, async (held) => {
    const own = await heldMembership(held, caller.userId);
    demand(judge('removeMembers', own), 'Only admins may remove people.');
    const target = await held.member(userId);
    if (!target) throw new KithError('not_found', { message: 'This person is not here.' });
    // S7: repeating changes nothing.
    if (target.state !== 'joined') return toMember(target);
    demand(judgeRemove(own, target.role), 'You may remove only people of a lower role.');
    const record = await letOut(held, userId, 'removed');
    await held.appendSystem(caller.userId, { type: 'removed', userId });
    return record;
  });
  return { membership };
};
