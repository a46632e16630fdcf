import { KithError, limits, type Output } from '@kith/protocol';
import type { Encoded } from '../encoded.ts';
import type { Caller, Handler, Services } from '../services.ts';
import { readAccess } from './access.ts';

export const changes: Handler<'changes'> = (services, caller, { conversationId, since, limit }) =>
  changesFor(services, caller, conversationId, since, limit ?? limits.pageMax);

/** @throws KithError not_found, forbidden: not the caller's to see. */
export async function changesFor(
  services: Services,
  caller: Caller,
  conversationId: string,
  since: number,
  limit: number,
): Promise<Encoded<Output<'changes'>>> {
  const { view } = await readAccess(services, caller, conversationId);
  const found = await services.changesReader.read({
    tenantId: caller.tenantId,
    conversationId,
    since,
    viewer: view,
    limit,
  });
  if (!found) throw new KithError('not_found');
  // The read may have waited: whoever was shown out meanwhile must not be told what came after (S13).
  const { visibleAfter } = (await readAccess(services, caller, conversationId)).view;
  if (visibleAfter !== view.visibleAfter) throw new KithError('unavailable', { retryAfterMs: 0 });
  return found;
}
