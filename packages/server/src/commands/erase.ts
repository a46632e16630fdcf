import type { MessageRecord } from '@kith/protocol';
import type { HeldConversation, MessageValues } from '../log/change.ts';
import { letFilesGo } from '../store/files.ts';
import type { MessageRow } from '../store/records.ts';
import { repliesGone } from './replyGone.ts';

/**
 * Deletes a message for everyone, whoever and whatever wants it: all that it said goes, its earlier versions, reactions and
 * votes too; its place stays.
 */
export async function eraseMessage(
  held: HeldConversation,
  message: MessageRow,
  by: string,
): Promise<MessageRecord> {
  const [record] = await eraseMessages(held, [message], { deleted_by: by, expires_at: null });
  if (!record) throw new Error('A message was deleted and not returned.');
  return record;
}

/** Those whose time was over: by their authors. They keep that time, so that apps show nothing in their place. */
export const eraseExpired = (
  held: HeldConversation,
  messages: readonly MessageRow[],
): Promise<MessageRecord[]> => eraseMessages(held, messages, { deletedByAuthor: true });

/** All of the person who goes: by themselves. */
export const eraseOfAuthor = (
  held: HeldConversation,
  messages: readonly MessageRow[],
): Promise<MessageRecord[]> => eraseMessages(held, messages, { deletedByAuthor: true, expires_at: null });

async function eraseMessages(
  held: HeldConversation,
  messages: readonly MessageRow[],
  values: MessageValues,
): Promise<MessageRecord[]> {
  if (messages.length === 0) return [];
  const ids = messages.map((message) => message.id);
  for (const table of ['message_edits', 'reactions', 'poll_votes'] as const) {
    await held.trx
      .deleteFrom(table)
      .where('tenant_id', '=', held.row.tenant_id)
      .where('conversation_id', '=', held.row.id)
      .where('message_id', 'in', ids)
      .execute();
  }
  await letFilesGo(held.trx, held.row.tenant_id, held.row.id, ids);
  const records = await held.setMessages(messages, {
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
    attachment: null,
    no_preview: null,
    forwarded: null,
    pinned_at: null,
    pinned_by: null,
    poll: null,
    link_preview: null,
    deleted_at: new Date(),
    ...values,
  });
  await repliesGone(held, messages);
  return records;
}
