import { KithError, limits } from '@kith/protocol';
import { takeIntoUse } from '../blobs/blobs.ts';
import { demand, judgeTenant } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { countEmoji, findEmoji, holdEmoji, insertEmoji, raiseEmojiRev } from '../store/emoji.ts';
import { tenantRole } from '../store/users.ts';

export const addEmoji: Handler<'addEmoji'> = async (services, caller, { name, blobId }) => {
  const { tenantId, userId } = caller;
  const done = await services.database.db.transaction().execute(async (trx) => {
    demand(judgeTenant(await tenantRole(trx, tenantId, userId)));
    const rev = await holdEmoji(trx, tenantId);
    const known = await findEmoji(trx, tenantId, name);
    if (known) {
      const { addedBy, ...emoji } = known;
      // S7: said again.
      if (addedBy === userId && emoji.blobId === blobId) return { emoji, rev, changed: false };
      throw new KithError('conflict', { message: `There is an emoji :${name}: already.` });
    }
    if ((await countEmoji(trx, tenantId)) >= limits.customEmoji) {
      throw new KithError('limit_reached', {
        message: `There are at most ${limits.customEmoji} custom emoji.`,
      });
    }
    const { width, height } = await takeIntoUse(trx, caller, blobId, 'emoji');
    const emoji = { name, blobId, width, height };
    await insertEmoji(trx, tenantId, emoji, userId);
    return { emoji, rev: await raiseEmojiRev(trx, tenantId), changed: true };
  });
  if (done.changed) services.announcer.emojiChanged(tenantId, done.rev);
  return { emoji: done.emoji, rev: done.rev };
};
