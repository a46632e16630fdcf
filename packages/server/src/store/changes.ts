/** S2: the latest state of every record of a conversation that changed after a revision. */
import { type ConversationChange, limits, type User } from '@kith/protocol';
import { sql } from 'kysely';
import { conversationRow } from './conversations.ts';
import type { Db } from './database.ts';
import { memberColumns } from './members.ts';
import { withinBytes, withMine } from './messages.ts';
import {
  type ConversationRow,
  isPersonal,
  type MessageRow,
  toConversation,
  toMember,
  toMessage,
} from './records.ts';
import { peopleOf, usersByIds } from './users.ts';

/** Who looks: what they may not see is left out (S13). */
export interface Viewer {
  readonly userId: string;
  readonly visibleAfter: number;
}

export type Changes =
  | {
      readonly type: 'changes';
      readonly records: ConversationChange[];
      readonly users: User[];
      readonly rev: number;
      readonly more: boolean;
    }
  | { readonly type: 'reset'; readonly rev: number };

/**
 * Without anybody's own reactions; messages up to `visibleAfter` are left out. Null when there is no such conversation.
 */
export async function changesSince(
  db: Db,
  tenantId: number,
  conversationId: string,
  since: number,
  visibleAfter: number,
  limit: number,
): Promise<Changes | null> {
  const conversation = await conversationRow(db, tenantId, conversationId);
  return conversation ? changesOf(db, conversation, since, visibleAfter, limit) : null;
}

/**
 * The same, of a conversation's row that was read before: a record that changes after that has a greater rev, which an event
 * or the next page tells.
 */
export async function changesOf(
  db: Db,
  conversation: ConversationRow,
  since: number,
  visibleAfter: number,
  limit: number,
): Promise<Changes> {
  const { rev, tenant_id: tenantId, id: conversationId } = conversation;
  const distance = rev - since;
  if (distance < 0 || distance > limits.changesDistance) return { type: 'reset', rev };
  if (distance === 0) return { type: 'changes', records: [], users: [], rev, more: false };

  const [members, { rows: messages, cut }] = await Promise.all([
    db
      .selectFrom('members')
      .select(memberColumns)
      .where('tenant_id', '=', tenantId)
      .where('conversation_id', '=', conversationId)
      .where('rev', '>', since)
      .orderBy('rev')
      .limit(limit + 1)
      .execute(),
    changedMessages(
      db,
      tenantId,
      conversationId,
      { since, distance, lastSeq: conversation.last_seq },
      visibleAfter,
      limit + 1,
    ),
  ]);
  // Messages left out for their length end the page: what has a greater rev than the last one there belongs to the next.
  const end = cut ? (messages.at(-1)?.rev ?? since) : Number.POSITIVE_INFINITY;
  const found: ConversationChange[] = [
    ...(conversation.record_rev > since ? [toConversation(conversation)] : []),
    ...members.map(toMember),
    ...messages.map(toMessage),
  ]
    .filter((record) => record.rev <= end)
    .sort((a, b) => a.rev - b.rev);
  const records = found.slice(0, limit);
  const more = cut || found.length > limit;
  const named = records.flatMap((record) =>
    record.type === 'message' ? [...peopleOf([record])] : record.type === 'member' ? [record.userId] : [],
  );
  return {
    type: 'changes',
    records,
    users: await usersByIds(db, tenantId, named),
    // Never beyond the head: what came after it one of the reads may have seen and another not.
    rev: more ? Math.min(rev, records.at(-1)?.rev ?? rev) : rev,
    more,
  };
}

/**
 * New messages are the last ones: no more of them than revisions passed. Changed ones have an index of their own.
 * So the cost is that of the distance, never of the history.
 */
function changedMessages(
  db: Db,
  tenantId: number,
  conversationId: string,
  from: { readonly since: number; readonly distance: number; readonly lastSeq: number },
  visibleAfter: number,
  limit: number,
): Promise<{ rows: MessageRow[]; cut: boolean }> {
  const scope = sql`tenant_id = ${tenantId} and conversation_id = ${conversationId} and seq > ${visibleAfter} and rev > ${from.since}`;
  const changed = sql`
    select * from (
      (select * from messages where ${scope} and rev = created_rev and seq > ${from.lastSeq - from.distance} order by seq limit ${limit})
      union all
      (select * from messages where ${scope} and rev <> created_rev order by rev limit ${limit})
    ) changed order by rev limit ${limit}`;
  return withinBytes(db, changed, sql`rev`);
}

/** The same for one person, with their own reactions and votes marked; the same object where there is nothing to mark. */
export async function withOwnChoices(
  db: Db,
  { tenantId, conversationId, viewer }: { tenantId: number; conversationId: string; viewer: Viewer },
  changes: Changes,
): Promise<Changes> {
  if (changes.type !== 'changes') return changes;
  const messages = changes.records.filter(isPersonal);
  if (messages.length === 0) return changes;
  const view = { tenantId, conversationId, userId: viewer.userId };
  const own = new Map((await withMine(db, view, messages)).map((message) => [message.id, message]));
  const records = changes.records.map((record) =>
    record.type === 'message' ? (own.get(record.id) ?? record) : record,
  );
  return { ...changes, records };
}
