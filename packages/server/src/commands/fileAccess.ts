import { type Content, KithError } from '@kith/protocol';
import type { FileAddress } from '../media/links.ts';
import type { Services } from '../services.ts';
import { type FileRow, fileOfMessage } from '../store/files.ts';
import type { Somebody } from '../store/users.ts';
import { visibleMessage } from './access.ts';

/**
 * A file of a message that this person may see at this moment, and what it is called there. Of one that waits to be sent, only who
 * uploaded it. @throws KithError not_found, forbidden.
 */
export async function fileAccess(
  services: Services,
  person: Somebody,
  { conversationId, messageId, fileId }: FileAddress,
): Promise<{ readonly row: FileRow; readonly name: string }> {
  const key = { tenantId: person.tenantId, conversationId, messageId };
  const row = await fileOfMessage(services.database.db, key, fileId);
  if (row?.state !== 'ready') throw new KithError('not_found');
  if (!row.sent) {
    if (row.owner_id !== person.userId) throw new KithError('not_found');
    return { row, name: 'file' };
  }
  return { row, name: nameIn(await contentOf(services, person, { conversationId, messageId }), fileId) };
}

async function contentOf(
  services: Services,
  person: Somebody,
  target: Pick<FileAddress, 'conversationId' | 'messageId'>,
): Promise<Content | undefined> {
  const { message } = await visibleMessage(services, person, target);
  return message.body.type === 'content' ? message.body.content : undefined;
}

/** Of a small picture, or where the message says nothing to the server: a name like any other. */
function nameIn(content: Content | undefined, fileId: string): string {
  const attachment = content?.type === 'plain' ? content.attachment : undefined;
  const files = attachment?.type === 'files' ? attachment.files : [];
  return files.find((file) => file.fileId === fileId)?.name ?? 'file';
}
