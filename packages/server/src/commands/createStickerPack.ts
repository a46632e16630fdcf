import { KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { findPack, holdPacks, insertInstall, insertPack } from '../store/stickers.ts';

export const createStickerPack: Handler<'createStickerPack'> = async (services, caller, { packId, name }) => {
  const pack = await services.database.db.transaction().execute(async (trx) => {
    const { own, installed } = await holdPacks(trx, caller);
    const known = await findPack(trx, caller, packId);
    // S7: said again.
    if (known?.ownerId === caller.userId) return known;
    if (own >= limits.ownStickerPacks || installed >= limits.stickerPacks) {
      throw new KithError('limit_reached', { message: 'You have as many sticker packs as there may be.' });
    }
    if (known || !(await insertPack(trx, caller, packId, name))) throw new KithError('conflict');
    await insertInstall(trx, caller, packId);
    return findPack(trx, caller, packId);
  });
  if (!pack) throw new KithError('not_found');
  return { pack };
};
