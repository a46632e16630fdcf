import type { Handler } from '../services.ts';

export const revokeOtherSessions: Handler<'revokeOtherSessions'> = async (services, caller) => ({
  revoked: await services.accounts.revokeOtherSessions(caller),
});
