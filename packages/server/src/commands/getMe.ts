import { KithError } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { ownPerson } from '../store/users.ts';

export const getMe: Handler<'getMe'> = async (services, caller) => {
  const own = await ownPerson(services.database.db, caller.tenantId, caller.userId);
  if (!own) throw new KithError('unauthenticated');
  return { user: own.user, settings: own.settings, sessionId: caller.sessionId };
};
