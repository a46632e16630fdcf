import type { Handler } from '../services.ts';
import { headsFor } from '../store/heads.ts';
import { telling } from './access.ts';

export const getHeads: Handler<'getHeads'> = async (services, caller, { conversationIds }) =>
  telling(
    services,
    caller,
    await headsFor(services.database.db, caller.tenantId, caller.userId, conversationIds),
  );
