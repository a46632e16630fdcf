import type { Handler } from '../services.ts';
import { deliverNow } from './scheduled.ts';

export const sendScheduledNow: Handler<'sendScheduledNow'> = async (
  services,
  { tenantId, userId },
  { messageId },
) => ({ record: await deliverNow(services, { tenantId, userId }, messageId) });
