import { KithError } from '@kith/protocol';
import { demand, judgeDelete } from '../policy/policy.ts';
import type { Handler } from '../services.ts';
import { toMessage } from '../store/records.ts';
import { heldMembership, heldMessage } from './access.ts';

/** Everything the message said goes, its earlier versions and reactions too; its place stays. */
export const deleteMessage: Handler<'deleteMessage'> = async (
  services,
  caller,
  { conversationId, messageId },
) => {
  const { tenantId, userId } = caller;
  const message = await services.conversationLog.change(tenantId, conversationId, async (held) => {
    const membership = await heldMembership(held, userId);
    const found = await heldMessage(held, membership, messageId);
    demand(judgeDelete(membership, userId, found.author_id), 'You may delete only your own messages here.');
    if (found.kind === 'deleted') return toMessage(found);
    if (found.kind === 'system')
      throw new KithError('forbidden', { message: 'What the conversation itself says stays.' });
    for (const table of ['message_edits', 'reactions'] as const) {
      await held.trx
        .deleteFrom(table)
        .where('tenant_id', '=', tenantId)
        .where('conversation_id', '=', conversationId)
        .where('message_id', '=', messageId)
        .execute();
    }
    return held.setMessage(found, {
      kind: 'deleted',
      text: null,
      sealed: null,
      reply_id: null,
      reply_seq: null,
      mentions: null,
      mentions_all: false,
      edited_at: null,
      edit_count: 0,
      reactions: null,
      deleted_at: new Date(),
      deleted_by: userId,
    });
  });
  return { message };
};
