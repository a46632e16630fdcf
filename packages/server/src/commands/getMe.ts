import { KithError } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { guestUntil } from '../store/guests.ts';

export const getMe: Handler<'getMe'> = async (services, caller) => {
  const own = await services.reads.ownPerson(caller.tenantId, caller.userId);
  if (!own) throw new KithError('unauthenticated');
  const until = caller.guest ? await guestUntil(services.database.db, caller) : null;
  return {
    user: own.user,
    settings: own.settings,
    sessionId: caller.sessionId,
    rev: own.rev,
    ...(until && { guestUntil: until.toISOString() }),
  };
};
