import { KithError } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { ownValue } from '../store/own.ts';
import { changeScheduled, demandAhead, demandMaySend } from './scheduled.ts';

export const updateScheduled: Handler<'updateScheduled'> = async (
  services,
  { tenantId, userId },
  { messageId, content, at },
) => {
  const who = { tenantId, userId };
  const known = await ownValue(services.database.db, who, 'scheduled', messageId);
  if (!known) throw new KithError('not_found');
  // One that has failed waits for another time.
  demandAhead(at ?? known.at);
  await demandMaySend(services, who, { ...known, ...(content && { content }) });
  const record = await changeScheduled(services, who, messageId, (before) => {
    // Sent meanwhile.
    if (!before) throw new KithError('not_found');
    const { failed: _failed, ...kept } = before;
    return { ...kept, ...(content && { content }), ...(at !== undefined && { at }) };
  });
  return { record };
};
