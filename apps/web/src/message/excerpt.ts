/** One line of what a message says: its text, else what it carries. Everything that shows a message in a line asks here. */
import type { Attachment, MessageBody, MessageFile } from '@kith/protocol';
import { Ban, Lock, type LucideIcon } from 'lucide-react';
import { attachmentIcon, attachmentLine } from '../attachments/kinds.ts';
import { t } from '../i18n/index.ts';
import { isPicture } from '../media/files/kind.ts';
import { plainPreview } from './preview.ts';

export interface Excerpt {
  readonly icon?: LucideIcon | undefined;
  readonly text: string;
  /** What it shows, if it shows something. */
  readonly picture?: MessageFile | undefined;
  /** Not somebody's words, but the app's about them. */
  readonly sign?: true;
}

/** The plain text of a message, '' when there is none. */
export const textOf = (body: MessageBody): string =>
  body.type === 'content' && body.content.type === 'plain' ? body.content.text : '';

export const attachmentOf = (body: MessageBody): Attachment | undefined =>
  body.type === 'content' && body.content.type === 'plain' ? body.content.attachment : undefined;

/** The first picture, film or round message of its files that came with a blur of it. */
export function pictureOf(body: MessageBody): MessageFile | undefined {
  const attachment = attachmentOf(body);
  if (attachment?.type !== 'files') return undefined;
  return attachment.files.find(
    (file) => file.placeholder !== undefined && (isPicture(file) || file.kind === 'round'),
  );
}

/** Of a message that is not a system message. `nameOf` as in `plainPreview`. */
export function excerptOf(body: MessageBody, nameOf: (userId: string) => string | undefined): Excerpt {
  const text = textOf(body);
  const attachment = attachmentOf(body);
  if (attachment) {
    const words = text.trim() === '' ? attachmentLine(attachment) : plainPreview(text, nameOf);
    return { icon: attachmentIcon(attachment), text: words, picture: pictureOf(body) };
  }
  if (text) return { text: plainPreview(text, nameOf) };
  return body.type === 'deleted'
    ? { icon: Ban, text: t('message.deleted'), sign: true }
    : { icon: Lock, text: t('message.encrypted'), sign: true };
}
