/** Pinned messages: the few of a conversation that stay at its top. */
import type { MessageRecord } from '@kith/protocol';
import { sql } from 'kysely';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Db } from './database.ts';
import { messagesOf, type View, withinBytes, withMine } from './messages.ts';
import { toMessage } from './records.ts';

/** How many there are, from whenever. */
export async function pinCount(db: Db, tenantId: number, conversationId: string): Promise<number> {
  const { count } = await db
    .selectFrom('messages')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('tenant_id', '=', tenantId)
    .where('conversation_id', '=', conversationId)
    .where('pinned_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return count;
}

const PinCursor = z.int().min(1);

/** A page of those this person may see, the latest message first. */
export async function pinPage(
  db: Db,
  view: View,
  cursor: string | undefined,
  limit: number,
): Promise<{ messages: MessageRecord[]; next: string | null }> {
  const before = cursor === undefined ? null : decodeCursor(PinCursor, cursor);
  const query = messagesOf(db, view)
    .where('pinned_at', 'is not', null)
    .$if(before !== null, (q) => q.where('seq', '<', before))
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
