import type { MessageRecord, ThreadMark } from '@kith/protocol';
import type { HeldConversation } from '../log/change.ts';
import type { MessageRow } from '../store/records.ts';
import { startFollowing, threadMarks } from '../store/threads.ts';

/**
 * Whom an edit names follows from now on, as if the first version had named them (T2): in a reply at once, in a root as far as
 * there are replies. Returns those who did not follow before, with what to tell them after the commit.
 */
export async function mentionedNow(
  held: HeldConversation,
  before: MessageRow,
  after: MessageRecord,
): Promise<{ userId: string; mark: ThreadMark }[]> {
  const { tenant_id: tenantId, conversation_id: conversationId, seq, thread_root: threadRoot } = before;
  const isReply = threadRoot !== null;
  const named = (after.mentions ?? []).filter(
    (userId) => userId !== after.authorId && !before.mentions?.includes(userId),
  );
  if (named.length === 0 || (!isReply && !before.reply_count)) return [];
  const key = {
    tenantId,
    conversationId,
    rootId: threadRoot ?? before.id,
    rootSeq: before.thread_root_seq ?? seq,
  };
  const begun = await startFollowing(
    held.trx,
    key,
    named.map((userId) => ({ userId, readSeq: isReply ? seq - 1 : seq, again: isReply })),
  );
  const marks = await threadMarks(
    held.trx,
    key,
    begun.map(({ userId }) => userId),
  );
  // The conversation's row still says what was before this change.
  return [...marks].map(([userId, mark]) => ({ userId, mark: { ...mark, rev: held.row.rev } }));
}
