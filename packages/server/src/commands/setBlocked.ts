import { KithError } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { directKey } from '../store/conversations.ts';
import { changeOwn } from '../store/own.ts';
import { holdDirect, noteBlock } from '../store/privacy.ts';
import { demandPeople } from './access.ts';

export const setBlocked: Handler<'setBlocked'> = async (services, caller, { userId: other, blocked }) => {
  const { tenantId, userId } = caller;
  if (other === userId) throw new KithError('forbidden', { message: 'You cannot block yourself.' });
  await demandPeople(services, caller, [other]);
  const key = directKey(userId, other);
  const at = new Date().toISOString();
  const { record, changed, conversationId } = await services.database.db
    .transaction()
    .execute(async (trx) => {
      await holdDirect(trx, tenantId, key);
      const own = await changeOwn(trx, caller, 'block', other, (before) =>
        blocked ? (before ?? { at }) : null,
      );
      // Asked anew: one that was opened meanwhile had waited for this person's row, and is there now.
      return {
        ...own,
        conversationId: own.changed ? await noteBlock(trx, tenantId, key, userId, blocked) : null,
      };
    });
  if (changed) {
    if (conversationId !== null) services.announcer.factsChanged(tenantId, conversationId);
    services.announcer.privacyChanged(tenantId, [userId, other]);
    services.announcer.toUser(tenantId, userId, { type: 'user', rev: record.rev, records: [record] });
  }
  return { record };
};
