import type { Handler } from '../services.ts';
import { changeScheduled } from './scheduled.ts';

export const cancelScheduled: Handler<'cancelScheduled'> = async (
  services,
  { tenantId, userId },
  { messageId },
) => ({ record: await changeScheduled(services, { tenantId, userId }, messageId, () => null) });
