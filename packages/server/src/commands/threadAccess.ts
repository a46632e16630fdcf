import { KithError, type MessageRecord, type ThreadMark } from '@kith/protocol';
import type { Caller, Services } from '../services.ts';
import type { View } from '../store/messages.ts';
import { type ThreadKey, threadMark } from '../store/threads.ts';
import type { Somebody } from '../store/users.ts';
import { visibleMessage } from './access.ts';

export interface ThreadAccess {
  readonly view: View;
  readonly key: ThreadKey;
  readonly root: MessageRecord;
}

/** The thread of a root that the caller may see; throws when there is none (S13: without its root there is no thread). */
export async function threadAccess(
  services: Services,
  caller: Somebody,
  { conversationId, rootId }: { readonly conversationId: string; readonly rootId: string },
): Promise<ThreadAccess> {
  const { view, message: root } = await visibleMessage(services, caller, {
    conversationId,
    messageId: rootId,
  });
  // A reply is the root of none, nor is what the conversation itself says.
  if (root.thread || root.body.type === 'system') throw new KithError('not_found');
  return { view, root, key: { tenantId: caller.tenantId, conversationId, rootId, rootSeq: root.seq } };
}

/** How the caller stands to a thread now; told to all their devices when it has `changed`. */
export async function ownMark(
  { database, announcer }: Services,
  { tenantId, userId }: Caller,
  key: ThreadKey,
  changed: boolean,
): Promise<ThreadMark> {
  const mark = await threadMark(database.db, key, userId);
  if (!mark) throw new KithError('not_found');
  if (changed) announcer.toUser(tenantId, userId, { type: 'thread', mark });
  return mark;
}
