import type { Handler } from '../services.ts';
import { syncPage } from '../store/heads.ts';

export const sync: Handler<'sync'> = (services, caller, { cursor, next }) =>
  syncPage(services.database.db, caller.tenantId, caller.userId, cursor, next);
