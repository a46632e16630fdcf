import { letGo } from '../blobs/blobs.ts';
import { demand, judgeTenant } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { deleteEmoji, holdEmoji, raiseEmojiRev } from '../store/emoji.ts';
import { tenantRole } from '../store/users.ts';

export const removeEmoji: Handler<'removeEmoji'> = async (services, { tenantId, userId }, { name }) => {
  const { rev, changed } = await services.database.db.transaction().execute(async (trx) => {
    demand(judgeTenant(await tenantRole(trx, tenantId, userId)));
    const before = await holdEmoji(trx, tenantId);
    const blobId = await deleteEmoji(trx, tenantId, name);
    // S7: gone already.
    if (blobId === null) return { rev: before, changed: false };
    await letGo(trx, tenantId, blobId);
    return { rev: await raiseEmojiRev(trx, tenantId), changed: true };
  });
  if (changed) services.announcer.emojiChanged(tenantId, rev);
  return { rev };
};
