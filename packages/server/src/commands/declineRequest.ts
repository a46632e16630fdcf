import type { Handler } from '../services.ts';
import { readAccess } from './access.ts';
import { changeOwnRecord } from './own.ts';

/** What was accepted meanwhile, at another device, stays so. */
export const declineRequest: Handler<'declineRequest'> = async (services, caller, { conversationId }) => {
  await readAccess(services, caller, conversationId);
  return {
    record: await changeOwnRecord(services, caller, 'request', conversationId, (before) =>
      before ? { ...before, declined: true } : null,
    ),
  };
};
