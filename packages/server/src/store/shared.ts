/** What of a conversation is pictures, recordings or files: by the uses of files, which know where their messages stand. */
import { type FileKind, limits, type MessageRecord, type SharedKind } from '@kith/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import { messagesOf, type View, withinBytes, withMine } from './messages.ts';
import { toMessage } from './records.ts';

const kindsOf: Readonly<Record<SharedKind, readonly FileKind[]>> = {
  media: ['image', 'video'],
  voice: ['voice', 'round'],
  files: ['file', 'audio'],
};

/** Rows that one message may have in a run. */
const PER_MESSAGE = limits.messageFiles;

const SharedCursor = z.int().min(1);

/** A page of those this person may see, the latest message first. */
export async function sharedPage(
  db: Db,
  view: View,
  kind: SharedKind,
  cursor: string | undefined,
  limit: number,
): Promise<{ messages: MessageRecord[]; next: string | null }> {
  const before = cursor === undefined ? null : decodeCursor(SharedCursor, cursor);
  // Each kind is a run of the index of its own, so they are read one by one and merged; a message may be in two of them.
  const runs = kindsOf[kind].map(
    (one) => sql`(
      select seq from file_uses where tenant_id = ${view.tenantId} and conversation_id = ${view.conversationId}
        and kind = ${one} and seq is not null and seq > ${view.visibleAfter}
        and (${before}::bigint is null or seq < ${before}::bigint)
      order by seq desc limit ${(limit + 1) * PER_MESSAGE})`,
  );
  const query = messagesOf(db, view)
    .where(sql<boolean>`seq in (select seq from (${sql.join(runs, sql` union `)}) places)`)
    .where('kind', '=', 'content')
    .orderBy('seq', 'desc')
    .limit(limit + 1);
  const { rows, cut } = await withinBytes(db, query, sql`seq desc`);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    messages: await withMine(db, view, page.map(toMessage)),
    next: last && (cut || rows.length > limit) ? encodeCursor(last.seq) : null,
  };
}
