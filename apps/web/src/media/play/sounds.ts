/** From a message to what the player plays, and to the voice message after it. */
import type { KithClient } from '@kith/client';
import type { MessageFile, MessageRecord } from '@kith/protocol';
import { t } from '../../i18n/index.ts';
import { attachmentOf } from '../../message/excerpt.ts';
import type { MessageSound } from './playing.ts';

/** Voice messages of one question, and questions: whoever listens to one farther back goes on by hand. */
const PAGE = 100;
const PAGES_MAX = 5;

export const soundKey = (messageId: string, fileId: string): string => `${messageId} ${fileId}`;

export function messageSound(client: KithClient, record: MessageRecord, file: MessageFile): MessageSound {
  const { id: messageId, conversationId, authorId } = record;
  const voice = file.kind === 'voice';
  return {
    type: 'message',
    kind: voice ? 'voice' : 'audio',
    key: soundKey(messageId, file.fileId),
    conversationId,
    messageId,
    duration: file.duration ?? 0,
    source: client.files.url({ conversationId, messageId }, file.fileId),
    title: voice ? (client.users.get(authorId).get()?.displayName ?? t('names.someone')) : file.name,
    ...(voice && { next: () => nextVoice(client, record) }),
  };
}

export function voiceOf(record: MessageRecord): MessageFile | undefined {
  const attachment = attachmentOf(record.body);
  return attachment?.type === 'files' ? attachment.files.find(({ kind }) => kind === 'voice') : undefined;
}

/** The one that was said after it, in the same conversation and, of replies, in the same thread. */
export async function nextVoice(client: KithClient, after: MessageRecord): Promise<MessageSound | undefined> {
  const { conversationId } = after;
  let newer: MessageRecord | undefined;
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { messages, next } = await client.request('listShared', {
      conversationId,
      kind: 'voice',
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    // Newest first: the last one met before it, is the next.
    for (const record of messages) {
      if (record.id === after.id) {
        const file = newer && voiceOf(newer);
        return newer && file ? messageSound(client, newer, file) : undefined;
      }
      if (voiceOf(record) && record.thread?.rootId === after.thread?.rootId) newer = record;
    }
    if (next === null) return undefined;
    cursor = next;
  }
  return undefined;
}
