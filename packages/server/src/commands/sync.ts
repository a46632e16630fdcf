import type { Handler } from '../services.ts';
import { syncPage } from '../store/heads.ts';
import { telling } from './access.ts';

export const sync: Handler<'sync'> = async (services, caller, { cursor, next }) =>
  telling(
    services,
    caller,
    await syncPage(services.database.db, caller.tenantId, caller.userId, cursor, next),
  );
