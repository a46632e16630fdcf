import type { Handler } from '../services.ts';
import { installedPacks } from '../store/stickers.ts';

export const listStickerPacks: Handler<'listStickerPacks'> = async ({ database }, caller) => ({
  packs: await installedPacks(database.db, caller),
});
