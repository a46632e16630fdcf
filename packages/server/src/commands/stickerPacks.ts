/** What changing a pack of stickers begins with. */
import { KithError } from '@kith/protocol';
import type { Caller } from '../services.ts';
import type { Db } from '../store/database.ts';
import { holdPack } from '../store/stickers.ts';

/** Throws unless the pack is the caller's own. */
export async function holdOwnPack(db: Db, { tenantId, userId }: Caller, packId: string): Promise<void> {
  const ownerId = await holdPack(db, tenantId, packId);
  if (ownerId === null) throw new KithError('not_found');
  if (ownerId !== userId) throw new KithError('forbidden', { message: 'Only who made a pack changes it.' });
}
