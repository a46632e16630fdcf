import { KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { readAccess } from './access.ts';
import { share } from './shared.ts';

export const changes: Handler<'changes'> = async (services, caller, { conversationId, since, limit }) => {
  const { view } = await readAccess(services, caller, conversationId);
  const found = await services.changesReader.read({
    tenantId: caller.tenantId,
    conversationId,
    since,
    viewer: view,
    limit: limit ?? limits.pageMax,
  });
  if (!found) throw new KithError('not_found');
  // The read may have waited: whoever was shown out meanwhile must not be told what came after (S13).
  const { visibleAfter } = (await readAccess(services, caller, conversationId)).view;
  if (visibleAfter !== view.visibleAfter) throw new KithError('unavailable', { retryAfterMs: 0 });
  return share(found);
};
