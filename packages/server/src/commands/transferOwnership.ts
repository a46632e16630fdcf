import { KithError, type MemberRecord } from '@kith/protocol';
import { demand, judge } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { toMember } from '../store/records.ts';
import { heldMembership } from './access.ts';
import { refuseGuest } from './guestAccess.ts';

export const transferOwnership: Handler<'transferOwnership'> = async (
  services,
  caller,
  { conversationId, userId },
) => {
  const members = await services.conversationLog.change(caller.tenantId, conversationId, async (held) => {
    demand(
      judge('transferOwnership', await heldMembership(held, caller.userId)),
      'Only the owner may hand the conversation over.',
    );
    const target = await held.member(userId);
    if (target?.state !== 'joined') throw new KithError('not_found', { message: 'This person is not here.' });
    await refuseGuest(held, userId);
    if (userId === caller.userId) return [toMember(target)];
    const changed: MemberRecord[] = [];
    // In order of their ids, as receipts lock memberships too: otherwise the two could wait for each other in a circle.
    for (const id of [caller.userId, userId].sort()) {
      changed.push(await held.putMember(id, { role: id === userId ? 'owner' : 'admin' }));
    }
    await held.appendSystem(caller.userId, { type: 'ownership_transferred', userId });
    return changed;
  });
  return { members };
};
