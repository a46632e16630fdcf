import { KithError } from '@kith/protocol';
import type { Handler } from '../services.ts';

export const revokeSession: Handler<'revokeSession'> = async (services, caller, { sessionId }) => {
  if (!(await services.accounts.revokeSession(caller, sessionId))) throw new KithError('not_found');
  return {};
};
