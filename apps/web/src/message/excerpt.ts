/** One line of what a message says: its text, else what it carries. Everything that shows a message in a line asks here. */
import type { Attachment, MessageBody } from '@kith/protocol';
import { Ban, Lock, type LucideIcon } from 'lucide-react';
import { attachmentIcon, attachmentLine } from '../attachments/kinds.ts';
import { t } from '../i18n/index.ts';
import { plainPreview } from './preview.ts';

export interface Excerpt {
  readonly icon?: LucideIcon | undefined;
  readonly text: string;
  /** Not somebody's words, but the app's about them. */
  readonly sign?: true;
}

/** The plain text of a message, '' when there is none. */
export const textOf = (body: MessageBody): string =>
  body.type === 'content' && body.content.type === 'plain' ? body.content.text : '';

export const attachmentOf = (body: MessageBody): Attachment | undefined =>
  body.type === 'content' && body.content.type === 'plain' ? body.content.attachment : undefined;

/** Of a message that is not a system message. `nameOf` as in `plainPreview`. */
export function excerptOf(body: MessageBody, nameOf: (userId: string) => string | undefined): Excerpt {
  const text = textOf(body);
  const attachment = attachmentOf(body);
  if (attachment) {
    const words = text.trim() === '' ? attachmentLine(attachment) : plainPreview(text, nameOf);
    return { icon: attachmentIcon(attachment), text: words };
  }
  if (text) return { text: plainPreview(text, nameOf) };
  return body.type === 'deleted'
    ? { icon: Ban, text: t('message.deleted'), sign: true }
    : { icon: Lock, text: t('message.encrypted'), sign: true };
}
