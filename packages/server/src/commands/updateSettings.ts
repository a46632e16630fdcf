import { KithError } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { ownPerson, setPresenceSetting } from '../store/users.ts';

export const updateSettings: Handler<'updateSettings'> = async (services, caller, { presence }) => {
  const { tenantId, userId } = caller;
  const { db } = services.database;
  const changed = presence !== undefined && (await setPresenceSetting(db, tenantId, userId, presence));
  const own = await ownPerson(db, tenantId, userId);
  if (!own) throw new KithError('unauthenticated');
  if (changed) {
    services.announcer.toUser(tenantId, userId, { type: 'user', rev: own.rev, records: [own.settings] });
    services.presences.setSetting(tenantId, userId, own.settings.presence);
  }
  return { settings: own.settings };
};
