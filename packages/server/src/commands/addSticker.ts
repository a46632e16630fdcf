import { customEmojiName, KithError, limits } from '@kith/protocol';
import { takeIntoUse } from '../blobs/blobs.ts';
import type { Handler } from '../services.ts';
import { findEmoji } from '../store/emoji.ts';
import { countStickers, findSticker, insertSticker } from '../store/stickers.ts';
import { holdOwnPack } from './stickerPacks.ts';

export const addSticker: Handler<'addSticker'> = async (services, caller, input) => {
  const { tenantId } = caller;
  const { packId, stickerId, blobId, emoji, alt } = input;
  const sticker = await services.database.db.transaction().execute(async (trx) => {
    await holdOwnPack(trx, caller, packId);
    const known = await findSticker(trx, tenantId, packId, stickerId);
    if (known) {
      const { removed, ...sticker } = known;
      // S7: said again.
      if (!removed && sticker.blobId === blobId) return sticker;
      throw new KithError('conflict');
    }
    const custom = customEmojiName(emoji);
    if (custom !== null && !(await findEmoji(trx, tenantId, custom))) throw new KithError('not_found');
    const { there, ever } = await countStickers(trx, tenantId, packId);
    if (there >= limits.stickers || ever >= limits.stickersEver) {
      throw new KithError('limit_reached', { message: `A pack holds at most ${limits.stickers} stickers.` });
    }
    const { width, height } = await takeIntoUse(trx, caller, blobId, 'sticker');
    const sticker = { id: stickerId, blobId, width, height, emoji, alt };
    await insertSticker(trx, tenantId, packId, sticker, ever);
    return sticker;
  });
  return { sticker };
};
