import type { HeldConversation } from '../log/change.ts';
import type { MessageRow } from '../store/records.ts';
import { repliesLeft } from '../store/threads.ts';

/** After messages were deleted, whoever and whatever did it: the roots of those that were replies in a thread tell of so many less (T1). */
export async function repliesGone(held: HeldConversation, deleted: readonly MessageRow[]): Promise<void> {
  const gone = new Map<string, number>();
  for (const { kind, thread_root: root } of deleted)
    if (root !== null && kind === 'content') gone.set(root, (gone.get(root) ?? 0) + 1);
  if (gone.size === 0) return;
  for (const root of await held.messages([...gone.keys()])) {
    const key = {
      tenantId: root.tenant_id,
      conversationId: root.conversation_id,
      rootId: root.id,
      rootSeq: root.seq,
    };
    const count = (root.reply_count ?? 0) - (gone.get(root.id) ?? 0);
    await held.setMessage(root, await repliesLeft(held.trx, key, count));
  }
}
