import { KithError } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { countsFor } from '../store/heads.ts';
import { readAccess } from './access.ts';

export const markRead: Handler<'markRead'> = async (services, caller, { conversationId, seq }) => {
  await readAccess(services, caller, conversationId);
  const { tenantId, userId } = caller;
  await services.receiptLog.mark('read', { tenantId, conversationId, userId, seq });
  const counts = await countsFor(services.database.db, tenantId, conversationId, userId);
  if (!counts) throw new KithError('not_found');
  services.announcer.toUser(tenantId, userId, { type: 'read', conversationId, ...counts });
  return counts;
};
