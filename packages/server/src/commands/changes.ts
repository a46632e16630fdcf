import { KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { changesSince } from '../store/changes.ts';
import { readAccess } from './access.ts';

export const changes: Handler<'changes'> = async (services, caller, { conversationId, since, limit }) => {
  const { view } = await readAccess(services, caller, conversationId);
  const found = await changesSince(
    services.database.db,
    caller.tenantId,
    conversationId,
    since,
    view,
    limit ?? limits.pageMax,
  );
  if (!found) throw new KithError('not_found');
  return found;
};
