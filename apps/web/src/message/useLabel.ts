/** What a screen reader says for a whole message: who, when and what, then what else there is to know of it. */
import type { MessageRecord } from '@kith/protocol';
import { useClient, useReadable } from '../app/client.tsx';
import { t } from '../i18n/index.ts';
import type { MessageRowData } from '../timeline/rows.ts';
import { useMessageContext } from './context.tsx';
import { useExcerpt, useName } from './names.tsx';
import { formatTime } from './time.ts';

export function useLabel({ message, own }: MessageRowData): string {
  const { record, state, waits } = message;
  const author = useName(record.authorId) ?? t('names.someone');
  const { text } = useExcerpt(record.body);
  const reply = useReplyLine(record.replyTo?.messageId);
  const label = t('message.label', {
    who: own ? t('names.you') : author,
    time: formatTime(record.createdAt),
    text,
  });
  if (record.body.type === 'deleted') return label;
  const reactions = (record.reactions ?? []).reduce((sum, { count }) => sum + count, 0);
  const more = [
    reply,
    record.edited && t('message.edited'),
    reactions > 0 && t('message.label.reactions', { count: reactions }),
    state === 'failed' && t('message.notSent'),
    waits && t('message.waits'),
  ];
  // A line each, so that a voice pauses between them.
  return [label, ...more.filter(Boolean)].join('\n');
}

const NOTHING = { get: () => undefined, subscribe: () => () => undefined };

function useReplyLine(messageId: string | undefined): string | undefined {
  const { conversationId, meId } = useMessageContext();
  const { messages } = useClient();
  const answered = useReadable<MessageRecord | null | undefined>(
    messageId === undefined ? NOTHING : messages.get(conversationId, messageId),
  );
  const name = useName(answered?.authorId ?? '');
  if (messageId === undefined) return undefined;
  if (answered?.authorId === meId) return t('message.label.replyToYou');
  return t('message.label.reply', { name: name ?? t('names.someone') });
}
