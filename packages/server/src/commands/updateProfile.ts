import { KithError } from '@kith/protocol';
import { subjects } from '../fanout/bus.ts';
import type { Handler } from '../services.ts';
import { isUniqueViolation } from '../store/database.ts';
import { changeProfile } from '../store/profile.ts';
import { ownPerson } from '../store/users.ts';

export const updateProfile: Handler<'updateProfile'> = async (services, caller, change) => {
  const { tenantId, userId } = caller;
  const { db } = services.database;
  const changed = await db
    .transaction()
    .execute((trx) => changeProfile(trx, caller, change))
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      const message = 'Somebody has this username. Choose another.';
      throw new KithError('conflict', { message, fields: [{ path: 'username', message }] });
    });
  const own = await ownPerson(db, tenantId, userId);
  if (!own) throw new KithError('unauthenticated');
  const { user, profile, rev } = own;
  if (changed) {
    // Before the notice: whoever has heard of the name is told no older one.
    services.announcer.renamed();
    if (change.avatar !== undefined) services.announcer.privacyChanged(tenantId, [userId]);
    services.announcer.toUser(tenantId, userId, { type: 'user', rev, records: [profile] });
    services.announcer.ephemeral(subjects.people(tenantId), { type: 'profile', user });
  }
  return { user };
};
