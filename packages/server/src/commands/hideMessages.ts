import { changeHidden, KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { conversationRow } from '../store/conversations.ts';
import { setHidden } from '../store/hidden.ts';
import { readAccess } from './access.ts';

export const hideMessages: Handler<'hideMessages'> = async (
  services,
  caller,
  { conversationId, hide = [], show = [] },
) => {
  const { view } = await readAccess(services, caller, conversationId);
  const conversation = await conversationRow(services.database.db, view.tenantId, conversationId);
  const last = conversation?.last_seq ?? 0;
  if (hide.some((seq) => seq > last))
    throw new KithError('bad_input', { fields: [{ path: 'hide', message: 'no such messages yet' }] });
  const { record, changed } = await setHidden(services.database.db, view, (before) => {
    const ranges = changeHidden(before, hide, show);
    if (ranges.length > Math.max(before.length, limits.hiddenRanges))
      throw new KithError('limit_reached', {
        message: 'You have removed as many messages here for yourself as can be kept.',
      });
    return ranges;
  });
  if (changed) {
    const { tenantId, userId } = caller;
    services.announcer.toUser(tenantId, userId, { type: 'user', rev: record.rev, records: [record] });
  }
  return { record };
};
