import type { Handler } from '../services.ts';
import { syncPage } from '../store/heads.ts';
import { telling } from './access.ts';

export const sync: Handler<'sync'> = async (services, caller, { cursor, next }) => {
  const { db } = services.database;
  const read = () => syncPage(db, caller.tenantId, caller.userId, cursor, next);
  return telling(services, caller, await services.syncs.pass(read));
};
