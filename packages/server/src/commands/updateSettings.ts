import { KithError } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { changeSettings, ownPerson } from '../store/users.ts';

export const updateSettings: Handler<'updateSettings'> = async (services, caller, change) => {
  const { tenantId, userId } = caller;
  const { db } = services.database;
  const changed = await changeSettings(db, caller, change);
  const own = await ownPerson(db, tenantId, userId);
  if (!own) throw new KithError('unauthenticated');
  if (changed) {
    services.announcer.toUser(tenantId, userId, { type: 'user', rev: own.rev, records: [own.settings] });
    if (change.privacy !== undefined) services.announcer.privacyChanged(tenantId, [userId]);
    if (change.presence !== undefined) services.presences.setSetting(tenantId, userId, own.settings.presence);
  }
  return { settings: own.settings };
};
