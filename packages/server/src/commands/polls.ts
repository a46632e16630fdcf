/** What the commands of polls have in common. */
import { KithError, type PollAttachment } from '@kith/protocol';
import type { MessageRow } from '../store/records.ts';

/** The poll a message carries; throws when it carries none (any more). */
export function pollOf(message: MessageRow): PollAttachment {
  if (message.kind === 'content' && message.attachment?.type === 'poll') return message.attachment;
  throw new KithError('conflict', { message: 'There is no poll.' });
}

export const isClosed = (message: MessageRow, { closesAt }: PollAttachment, now = Date.now()): boolean =>
  message.poll?.closed !== undefined || (closesAt !== undefined && Date.parse(closesAt) <= now);
