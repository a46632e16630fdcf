import { isDeepStrictEqual } from 'node:util';
import { type Content, KithError } from '@kith/protocol';
import { asSaid } from '../media/use.ts';
import { demand, judgeEdit } from '../policy/policy.ts';
import { linkOf } from '../previews/previews.ts';
import type { Handler } from '../services.ts';
import { toContent, toMessage } from '../store/records.ts';
import { heldMembership, heldMessage, ownView } from './access.ts';
import { allowedMentions } from './mentions.ts';
import { demandModest } from './requests.ts';
import { mentionedNow } from './threadFollowers.ts';

export const editMessage: Handler<'editMessage'> = async (
  services,
  caller,
  { conversationId, messageId, content },
) => {
  const { tenantId, userId } = caller;
  const { record, begun } = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    const membership = await heldMembership(held, userId);
    const message = await heldMessage(held, membership, messageId);
    demand(judgeEdit(membership, userId, message.author_id), 'Only the author may edit a message.');
    if (message.kind !== 'content')
      throw new KithError('conflict', { message: 'This message can no longer be edited.' });
    if (membership.member?.request === 'sent') await demandModest(held, userId, { content, messageId });
    const mentions = allowedMentions(membership, content);
    const before = asSaid(toContent(message));
    const after = asSaid(content);
    // S7: a repeated edit changes nothing.
    if (isDeepStrictEqual(before, after)) return { record: toMessage(message), begun: [] };
    // It is shown as what somebody else said.
    if (message.forwarded)
      throw new KithError('conflict', { message: 'A forwarded message stays as it was said.' });
    demandSameAttachment(before, after);
    if (message.poll && message.poll.voters > 0)
      throw new KithError('conflict', {
        message: 'Somebody has voted on it: what was asked stays as it is.',
      });
    await held.trx
      .insertInto('message_edits')
      .values({
        tenant_id: tenantId,
        conversation_id: conversationId,
        message_id: messageId,
        version: message.edit_count + 1,
        text: message.text,
        sealed: message.sealed && JSON.stringify(message.sealed),
        written_at: message.edited_at ?? message.created_at,
      })
      .execute();
    const record = await held.setMessage(message, {
      text: content.type === 'plain' ? content.text : null,
      no_preview: content.type === 'plain' && content.noPreview ? true : null,
      sealed:
        content.type === 'encrypted'
          ? JSON.stringify({ scheme: content.scheme, bytes: content.bytes })
          : null,
      mentions: mentions.userIds.length > 0 ? [...mentions.userIds] : null,
      mentions_all: mentions.all,
      edited_at: new Date(),
      edit_count: message.edit_count + 1,
      // Of another link, or of none any more.
      ...(message.link_preview?.url !== linkOf(content) && { link_preview: null }),
    });
    return { record, begun: await mentionedNow(held, message, record) };
  });
  for (const { userId: mentioned, mark } of begun)
    services.announcer.toUser(tenantId, mentioned, { type: 'thread', mark });
  if (record.body.type === 'content' && !record.linkPreview)
    services.previews.offer({ tenantId, userId, conversationId, messageId, content });
  return ownView(services, caller, conversationId, record);
};

/** What a message carries besides its text was seen, answered, passed on: it stays. Left out means: as it is. */
function demandSameAttachment(before: Content, after: Content): void {
  const carried = before.type === 'plain' ? before.attachment : undefined;
  if (after.type === 'plain' && after.attachment === undefined) return;
  if (after.type === 'encrypted' && !carried) return;
  if (after.type === 'plain' && isDeepStrictEqual(after.attachment, carried)) return;
  throw new KithError('conflict', { message: 'Only the text of a message can be changed.' });
}
