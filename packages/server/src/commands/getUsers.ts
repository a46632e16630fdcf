import type { Handler } from '../services.ts';
import { usersByIds } from '../store/users.ts';
import { withinReach } from './guestAccess.ts';

export const getUsers: Handler<'getUsers'> = async (services, caller, { userIds }) => ({
  users: await usersByIds(
    services.database.db,
    caller.tenantId,
    await withinReach(services, caller, userIds),
  ),
});
