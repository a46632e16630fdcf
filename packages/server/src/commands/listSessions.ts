import type { Handler } from '../services.ts';

export const listSessions: Handler<'listSessions'> = async (services, caller) => ({
  sessions: await services.accounts.listSessions(caller),
});
