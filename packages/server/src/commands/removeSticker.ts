import type { Handler } from '../services.ts';
import { hideSticker } from '../store/stickers.ts';
import { holdOwnPack } from './stickerPacks.ts';

export const removeSticker: Handler<'removeSticker'> = async (services, caller, { packId, stickerId }) => {
  await services.database.db.transaction().execute(async (trx) => {
    await holdOwnPack(trx, caller, packId);
    await hideSticker(trx, caller.tenantId, packId, stickerId);
  });
  return {};
};
