import type { Caller, Handler, Services } from '../services.ts';
import { authorsBetween, type MovedMark, moveThreadMark } from '../store/threadReads.ts';
import type { ThreadKey } from '../store/threads.ts';
import { ownMark, threadAccess } from './threadAccess.ts';

export const markThreadRead: Handler<'markThreadRead'> = async (services, caller, input) => {
  const { key } = await threadAccess(services, caller, input);
  const moved = await moveThreadMark(services.database.db, key, caller.userId, input.seq);
  if (moved?.foremost) await tellAuthors(services, caller, key, moved);
  return { mark: await ownMark(services, caller, key, moved?.following === true) };
};

/** T3: those whose replies were read, but who hides their own reading. */
async function tellAuthors(
  { database, privacy, announcer }: Services,
  { tenantId, userId }: Caller,
  key: ThreadKey,
  moved: MovedMark,
): Promise<void> {
  const { conversationId, rootId } = key;
  for (const author of await authorsBetween(database.db, key, userId, moved)) {
    if ((await privacy.facts(tenantId, author))?.receipts === false) continue;
    announcer.toUser(tenantId, author, { type: 'threadRead', conversationId, rootId, readSeq: moved.to });
  }
}
