import { KithError } from '@kith/protocol';
import { subjects } from '../fanout/bus.ts';
import type { Handler } from '../services.ts';
import { ownPerson, setDisplayName } from '../store/users.ts';

export const updateProfile: Handler<'updateProfile'> = async (services, caller, { displayName }) => {
  const { tenantId, userId } = caller;
  const { db } = services.database;
  const changed = await setDisplayName(db, tenantId, userId, displayName);
  const own = await ownPerson(db, tenantId, userId);
  if (!own) throw new KithError('unauthenticated');
  const { user, profile, rev } = own;
  if (changed) {
    // Before the notice: whoever has heard of the name is told no older one.
    services.announcer.renamed();
    services.announcer.toUser(tenantId, userId, { type: 'user', rev, records: [profile] });
    services.announcer.ephemeral(subjects.people(tenantId), { type: 'profile', user });
  }
  return { user };
};
