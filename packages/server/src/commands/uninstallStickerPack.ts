import type { Handler } from '../services.ts';
import { deleteInstall } from '../store/stickers.ts';

export const uninstallStickerPack: Handler<'uninstallStickerPack'> = async (services, caller, { packId }) => {
  await deleteInstall(services.database.db, caller, packId);
  return {};
};
