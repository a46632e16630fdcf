import { KithError } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { findPack, stickersOf } from '../store/stickers.ts';

export const getStickerPack: Handler<'getStickerPack'> = async ({ database: { db } }, caller, { packId }) => {
  const pack = await findPack(db, caller, packId);
  if (!pack) throw new KithError('not_found');
  return { pack, stickers: await stickersOf(db, caller.tenantId, packId) };
};
