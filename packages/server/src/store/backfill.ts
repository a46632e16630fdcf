/** Writes a conversation with its past, as a demo or an import knows it. Nothing is announced: nobody is there yet. */
import type {
  ConversationKind,
  HistoryVisibility,
  Reaction,
  Role,
  SystemEvent,
  Visibility,
} from '@kith/protocol';
import type { Transaction } from 'kysely';
import type { Db } from './database.ts';
import type { Schema } from './schema.ts';

export interface PastMessage {
  readonly id: string;
  readonly authorId: string;
  readonly at: Date;
  readonly body: { readonly text: string } | { readonly system: SystemEvent };
  readonly mentions?: readonly string[];
  /** Of an earlier message. */
  readonly replyTo?: string;
  readonly reactions?: readonly Reaction[];
}

export interface PastConversation {
  readonly tenantId: number;
  readonly id: string;
  readonly kind: ConversationKind;
  readonly visibility: Visibility;
  readonly history: HistoryVisibility;
  readonly name: string;
  readonly topic: string;
  readonly directKey: string | null;
  readonly createdAt: Date;
  /** The first made it. `unread`: how many of the last messages the member has not read. */
  readonly members: readonly { readonly userId: string; readonly role: Role; readonly unread: number }[];
  /** Oldest first. */
  readonly messages: readonly PastMessage[];
}

/** Rows of one insert: PostgreSQL takes 65,535 parameters a statement. */
const CHUNK = 1_000;

/** Writes all of it or nothing. */
export async function backfillConversation(db: Db, past: PastConversation): Promise<void> {
  const [creator] = past.members;
  if (!creator) throw new Error('A conversation has somebody in it.');
  const { tenantId, id: conversationId } = past;
  const lastSeq = past.messages.length;
  const lastRev = 1 + past.members.length + lastSeq;
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('conversations')
      .values({
        tenant_id: tenantId,
        id: conversationId,
        kind: past.kind,
        visibility: past.visibility,
        history: past.history,
        name: past.name,
        topic: past.topic,
        direct_key: past.directKey,
        member_count: past.members.length,
        created_by: creator.userId,
        created_at: past.createdAt,
        rev: lastRev,
        last_seq: lastSeq,
        record_rev: 1,
      })
      .execute();
    await trx
      .insertInto('members')
      .values(
        past.members.map((member, index) => ({
          tenant_id: tenantId,
          conversation_id: conversationId,
          user_id: member.userId,
          role: member.role,
          state: 'joined' as const,
          rev: 2 + index,
          visible_after: 0,
          joined_at: past.createdAt,
          delivered_seq: lastSeq,
          read_seq: Math.max(0, lastSeq - member.unread),
        })),
      )
      .execute();
    await writeMessages(trx, past);
  });
}

async function writeMessages(trx: Transaction<Schema>, past: PastConversation): Promise<void> {
  const seqs = new Map(past.messages.map((message, index) => [message.id, index + 1]));
  const scope = { tenant_id: past.tenantId, conversation_id: past.id };
  const firstRev = 1 + past.members.length;
  const rows = past.messages.map((message, index) => ({
    ...scope,
    seq: index + 1,
    id: message.id,
    rev: firstRev + index + 1,
    created_rev: firstRev + index + 1,
    author_id: message.authorId,
    created_at: message.at,
    kind: 'system' in message.body ? ('system' as const) : ('content' as const),
    text: 'text' in message.body ? message.body.text : null,
    system: 'system' in message.body ? JSON.stringify(message.body.system) : null,
    reply_id: message.replyTo ?? null,
    reply_seq: message.replyTo === undefined ? null : (seqs.get(message.replyTo) ?? null),
    mentions: message.mentions && message.mentions.length > 0 ? [...message.mentions] : null,
    mentions_all: false,
    reactions: message.reactions && message.reactions.length > 0 ? JSON.stringify(message.reactions) : null,
  }));
  for (let i = 0; i < rows.length; i += CHUNK)
    await trx
      .insertInto('messages')
      .values(rows.slice(i, i + CHUNK))
      .execute();
  const reactions = past.messages.flatMap((message) =>
    (message.reactions ?? []).flatMap(({ emoji, userIds }) =>
      userIds.map((userId) => ({
        ...scope,
        message_id: message.id,
        emoji,
        user_id: userId,
        created_at: message.at,
      })),
    ),
  );
  for (let i = 0; i < reactions.length; i += CHUNK)
    await trx
      .insertInto('reactions')
      .values(reactions.slice(i, i + CHUNK))
      .execute();
  const receipts = past.members.flatMap((member) => {
    const last = past.messages.at(-1);
    const read = past.messages.length - member.unread;
    const at = last?.at ?? past.createdAt;
    return [
      ...(last
        ? [{ ...scope, kind: 'delivered' as const, seq: past.messages.length, user_id: member.userId, at }]
        : []),
      ...(read > 0 ? [{ ...scope, kind: 'read' as const, seq: read, user_id: member.userId, at }] : []),
    ];
  });
  if (receipts.length > 0) await trx.insertInto('receipts').values(receipts).execute();
}
