import { KithError, limits } from '@kith/protocol';
import type { Handler } from '../services.ts';
import { findPack, holdPacks, insertInstall } from '../store/stickers.ts';

export const installStickerPack: Handler<'installStickerPack'> = async (services, caller, { packId }) => {
  const pack = await services.database.db.transaction().execute(async (trx) => {
    const { installed } = await holdPacks(trx, caller);
    const found = await findPack(trx, caller, packId);
    if (!found) throw new KithError('not_found');
    if (found.installed) return found;
    if (installed >= limits.stickerPacks) {
      throw new KithError('limit_reached', {
        message: `You have ${limits.stickerPacks} packs. Remove one first.`,
      });
    }
    await insertInstall(trx, caller, packId);
    return { ...found, installed: true };
  });
  return { pack };
};
