import type { Handler } from '../services.ts';
import { headsFor } from '../store/heads.ts';

export const getHeads: Handler<'getHeads'> = (services, caller, { conversationIds }) =>
  headsFor(services.database.db, caller.tenantId, caller.userId, conversationIds);
