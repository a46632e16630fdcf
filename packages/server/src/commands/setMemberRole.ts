import { KithError } from '@kith/protocol';
import { demand, judge, judgeSetRole } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { toMember } from '../store/records.ts';
import { heldMembership } from './access.ts';
import { refuseGuest } from './guestAccess.ts';

export const setMemberRole: Handler<'setMemberRole'> = async (
  services,
  caller,
  { conversationId, userId, role },
) => {
  const membership = await services.conversationLog.change(caller.tenantId, conversationId, async (held) => {
    const own = await heldMembership(held, caller.userId);
    demand(judge('setRoles', own), 'Only admins may change roles.');
    const target = await held.member(userId);
    if (target?.state !== 'joined') throw new KithError('not_found', { message: 'This person is not here.' });
    if (target.role === role) return toMember(target);
    await refuseGuest(held, userId);
    demand(judgeSetRole(own, target.role), 'You may change only the role of people below you.');
    const record = await held.putMember(userId, { role });
    await held.appendSystem(caller.userId, { type: 'role_changed', userId, role });
    return record;
  });
  return { membership };
};
