import type { Handler } from '../services.ts';
import { changeScheduled, demandAhead, demandMaySend } from './scheduled.ts';

export const scheduleMessage: Handler<'scheduleMessage'> = async (
  services,
  { tenantId, userId },
  { messageId, ...message },
) => {
  const who = { tenantId, userId };
  demandAhead(message.at);
  await demandMaySend(services, who, message);
  // S7: the first one stays.
  return { record: await changeScheduled(services, who, messageId, (before) => before ?? message) };
};
