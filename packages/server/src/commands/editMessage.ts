import { isDeepStrictEqual } from 'node:util';
import { KithError } from '@kith/protocol';
import { demand, judgeEdit } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { toContent, toMessage } from '../store/records.ts';
import { heldMembership, heldMessage, ownView } from './access.ts';
import { allowedMentions } from './mentions.ts';

export const editMessage: Handler<'editMessage'> = async (
  services,
  caller,
  { conversationId, messageId, content },
) => {
  const { tenantId, userId } = caller;
  const record = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    const membership = await heldMembership(held, userId);
    const message = await heldMessage(held, membership, messageId);
    demand(judgeEdit(membership, userId, message.author_id), 'Only the author may edit a message.');
    if (message.kind !== 'content')
      throw new KithError('conflict', { message: 'This message can no longer be edited.' });
    const mentions = allowedMentions(membership, content);
    // S7: a repeated edit changes nothing.
    if (isDeepStrictEqual(toContent(message), content)) return toMessage(message);
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
    return held.setMessage(message, {
      text: content.type === 'plain' ? content.text : null,
      sealed:
        content.type === 'encrypted'
          ? JSON.stringify({ scheme: content.scheme, bytes: content.bytes })
          : null,
      mentions: mentions.userIds.length > 0 ? [...mentions.userIds] : null,
      mentions_all: mentions.all,
      edited_at: new Date(),
      edit_count: message.edit_count + 1,
    });
  });
  return ownView(services, caller, conversationId, record);
};
