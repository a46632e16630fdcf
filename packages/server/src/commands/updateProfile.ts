import { KithError } from '@kith/protocol';
import { subjects } from '../fanout/bus.ts';
import type { Handler } from '../services.ts';
import { setDisplayName } from '../store/users.ts';

export const updateProfile: Handler<'updateProfile'> = async (services, caller, { displayName }) => {
  const { tenantId, userId } = caller;
  const user = await setDisplayName(services.database.db, tenantId, userId, displayName);
  if (!user) throw new KithError('unauthenticated');
  services.announcer.ephemeral(subjects.presence(tenantId, userId), { type: 'profile', user });
  return { user };
};
