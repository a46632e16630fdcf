/**
 * Every change of a conversation but new messages: one transaction that holds the conversation's row, gives out revs
 * (S1), and announces after the commit what it changed.
 */
import {
  type ConversationChange,
  type ConversationRecord,
  type FileRules,
  KithError,
  type MemberRecord,
  type MessageRecord,
  newId,
  type SystemEvent,
} from '@kith/protocol';
import { type Insertable, sql, type Transaction, type Updateable } from 'kysely';
import type { Announcer } from '../fanout/announcer.ts';
import { conversationColumns } from '../store/conversations.ts';
import type { Database } from '../store/database.ts';
import { memberColumns, memberRows } from '../store/members.ts';
import {
  type ConversationRow,
  type MemberRow,
  type MessageRow,
  toConversation,
  toMember,
  toMessage,
} from '../store/records.ts';
import type { ConversationsTable, MembersTable, MessagesTable, Schema } from '../store/schema.ts';
import { createTurns } from './turns.ts';

/** A conversation held for change. What is written through it raises the rev, one step a record. */
export interface HeldConversation {
  readonly trx: Transaction<Schema>;
  /** As it was when the change began, but for what this change has set since. */
  readonly row: Readonly<ConversationRow>;
  member(userId: string): Promise<MemberRow | null>;
  members(userIds: readonly string[]): Promise<MemberRow[]>;
  message(messageId: string): Promise<MessageRow | null>;
  /** Those of them that are there, in order of seq. */
  messages(messageIds: readonly string[]): Promise<MessageRow[]>;
  /** Makes or changes a membership. */
  putMember(userId: string, values: MemberValues): Promise<MemberRecord>;
  /** The same for several people, each named once: one statement. */
  putMembers(userIds: readonly string[], values: MemberValues): Promise<MemberRecord[]>;
  setConversation(values: ConversationValues): Promise<ConversationRecord>;
  setMessage(message: MessageRow, values: Updateable<MessagesTable>): Promise<MessageRecord>;
  /** The same for several, each named once: one statement. */
  setMessages(messages: readonly MessageRow[], values: MessageValues): Promise<MessageRecord[]>;
  /** A new message. Most of them go by the hot path (append.ts); here those do that change another record too. */
  appendMessage(message: NewMessage): Promise<MessageRecord>;
  /** The conversation itself speaks. */
  appendSystem(by: string, event: SystemEvent): Promise<MessageRecord>;
}

export interface ConversationValues
  extends Pick<
    Updateable<ConversationsTable>,
    'name' | 'topic' | 'avatar_id' | 'visibility' | 'history' | 'member_count' | 'disappear_after'
  > {
  readonly file_rules?: FileRules | null;
}

export type NewMessage = Omit<
  Insertable<MessagesTable>,
  'tenant_id' | 'conversation_id' | 'seq' | 'rev' | 'created_rev' | 'created_at'
>;

export interface MessageValues extends Updateable<MessagesTable> {
  /** Instead of `deleted_by`: of each its own author. */
  readonly deletedByAuthor?: true;
}

export type MemberValues = Pick<
  Updateable<MembersTable>,
  'role' | 'state' | 'visible_after' | 'joined_at' | 'read_seq' | 'delivered_seq'
>;

export interface NewConversation {
  readonly id: string;
  readonly kind: ConversationRow['kind'];
  readonly visibility: ConversationRow['visibility'];
  readonly history: ConversationRow['history'];
  readonly name: string;
  readonly topic: string;
  readonly directKey: string | null;
  readonly createdBy: string;
}

export interface ConversationLog {
  /** Runs `work` in a transaction that holds the conversation. Rejects with `not_found` when there is none. */
  change<T>(
    tenantId: number,
    conversationId: string,
    work: (held: HeldConversation) => Promise<T>,
  ): Promise<T>;
  /** The same, but for a conversation that somebody holds already: null, and nothing is done. */
  changeIfFree<T>(
    tenantId: number,
    conversationId: string,
    work: (held: HeldConversation) => Promise<T>,
  ): Promise<T | null>;
  /** Makes a conversation and runs `work` on it in the same transaction. A taken id or direct key is a unique violation. */
  create<T>(
    tenantId: number,
    conversation: NewConversation,
    work: (held: HeldConversation) => Promise<T>,
  ): Promise<T>;
}

/** Changes of one conversation that wait here: some seconds of work. */
const WAITING_CHANGES = 1_000;

/** Marks a row as changed by this transaction, for `sync`. */
const currentXid = sql<string>`pg_current_xact_id()`;

export function createConversationLog({
  database,
  announcer,
}: {
  database: Database;
  announcer: Announcer;
}): ConversationLog {
  const { db } = database;
  const inTurn = createTurns(WAITING_CHANGES);

  const heldRow = (trx: Transaction<Schema>, tenantId: number, conversationId: string) =>
    trx
      .selectFrom('conversations')
      .select(conversationColumns)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', conversationId)
      .forNoKeyUpdate();

  const run = async <T>(
    tenantId: number,
    conversationId: string,
    begin: (trx: Transaction<Schema>) => Promise<ConversationRow | undefined>,
    work: (held: HeldConversation) => Promise<T>,
  ): Promise<T> => {
    const done = await db.transaction().execute(async (trx) => {
      const row = await begin(trx);
      if (!row) throw new KithError('not_found');
      const first = row.rev + 1;
      const { held, records, finish } = hold(trx, row);
      const result = await work(held);
      await finish();
      return { result, first, last: held.row.rev, records };
    });
    if (done.records.length > 0) {
      announcer.changed({ tenantId, conversationId, from: done.first, to: done.last, records: done.records });
    }
    return done.result;
  };

  return {
    change: (tenantId, conversationId, work) =>
      // They would wait for each other anyway, on the row: here they do so without a connection, which others need.
      inTurn(`${tenantId} ${conversationId}`, () =>
        run(
          tenantId,
          conversationId,
          (trx) => heldRow(trx, tenantId, conversationId).executeTakeFirst(),
          work,
        ),
      ),
    changeIfFree: (tenantId, conversationId, work) =>
      inTurn(`${tenantId} ${conversationId}`, async () => {
        let free = true;
        const begin = async (trx: Transaction<Schema>) => {
          const row = await heldRow(trx, tenantId, conversationId).skipLocked().executeTakeFirst();
          free = row !== undefined;
          return row;
        };
        try {
          return await run(tenantId, conversationId, begin, work);
        } catch (error) {
          if (!free) return null;
          throw error;
        }
      }),
    create: (tenantId, conversation, work) =>
      run(
        tenantId,
        conversation.id,
        (trx) =>
          trx
            .insertInto('conversations')
            .values({
              tenant_id: tenantId,
              id: conversation.id,
              kind: conversation.kind,
              visibility: conversation.visibility,
              history: conversation.history,
              name: conversation.name,
              topic: conversation.topic,
              direct_key: conversation.directKey,
              member_count: 0,
              created_by: conversation.createdBy,
              rev: 0,
              last_seq: 0,
              record_rev: 0,
            })
            .returning(conversationColumns)
            .executeTakeFirst(),
        work,
      ),
  };
}

function hold(trx: Transaction<Schema>, start: ConversationRow) {
  const tenantId = start.tenant_id;
  const conversationId = start.id;
  let row = start;
  /** Latest state of every record changed here, by what it is. */
  const changed = new Map<string, ConversationChange>();
  const changedMembers = new Set<string>();

  const nextRev = (): number => {
    row = { ...row, rev: row.rev + 1 };
    return row.rev;
  };
  const messageWhere = { tenant_id: tenantId, conversation_id: conversationId };

  const held: HeldConversation = {
    trx,
    get row() {
      return row;
    },
    members: (userIds) =>
      userIds.length === 0 ? Promise.resolve([]) : memberRows(trx, tenantId, conversationId, userIds),
    member: async (userId) => (await memberRows(trx, tenantId, conversationId, [userId]))[0] ?? null,
    message: async (messageId) => (await held.messages([messageId]))[0] ?? null,
    messages: (messageIds) =>
      trx
        .selectFrom('messages')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('conversation_id', '=', conversationId)
        .where(sql<boolean>`id = any (${[...messageIds]}::uuid[])`)
        .orderBy('seq')
        .execute(),
    putMember: async (userId, values) => {
      const [record] = await held.putMembers([userId], values);
      if (!record) throw new Error('A membership was written and not returned.');
      return record;
    },
    putMembers: async (userIds, values) => {
      if (userIds.length === 0) return [];
      // In order of their ids, as receipts lock memberships too: otherwise the two could wait for each other in a circle.
      const rows = userIds.toSorted().map((userId) => ({
        tenant_id: tenantId,
        conversation_id: conversationId,
        user_id: userId,
        role: values.role ?? ('member' as const),
        state: values.state ?? ('joined' as const),
        visible_after: values.visible_after ?? 0,
        joined_at: values.joined_at ?? new Date(),
        delivered_seq: values.delivered_seq ?? 0,
        read_seq: values.read_seq ?? 0,
        rev: nextRev(),
      }));
      const saved = await trx
        .insertInto('members')
        .values(rows)
        .onConflict((oc) =>
          oc.columns(['tenant_id', 'conversation_id', 'user_id']).doUpdateSet((eb) => ({
            ...values,
            rev: eb.ref('excluded.rev'),
            changed_xid: currentXid,
          })),
        )
        .returning(memberColumns)
        .execute();
      const records = saved.map(toMember).sort((a, b) => a.rev - b.rev);
      for (const record of records) {
        changed.set(`member ${record.userId}`, record);
        changedMembers.add(record.userId);
      }
      return records;
    },
    setConversation: async (values) => {
      const rev = nextRev();
      row = { ...row, ...(values as Partial<ConversationRow>), record_rev: rev };
      const record = toConversation(row);
      changed.set('conversation', record);
      return record;
    },
    setMessage: async (message, values) => {
      const [record] = await held.setMessages([message], values);
      if (!record) throw new Error('A message was changed and not returned.');
      return record;
    },
    setMessages: async (messages, { deletedByAuthor, ...values }) => {
      if (messages.length === 0) return [];
      const seqs = messages.map((message) => message.seq);
      const before = row.rev;
      row = { ...row, rev: before + messages.length };
      const saved = await trx
        .updateTable('messages')
        .set({
          ...values,
          ...(deletedByAuthor && { deleted_by: sql<string>`author_id` }),
          rev: sql<number>`${before}::bigint + array_position(${seqs}::bigint[], seq)`,
        })
        .where('tenant_id', '=', tenantId)
        .where('conversation_id', '=', conversationId)
        .where(sql<boolean>`seq = any (${seqs}::bigint[])`)
        .returningAll()
        .execute();
      const records = saved.map(toMessage).sort((a, b) => a.rev - b.rev);
      for (const record of records) changed.set(`message ${record.id}`, record);
      return records;
    },
    appendMessage: async (message) => {
      const rev = nextRev();
      row = { ...row, last_seq: row.last_seq + 1 };
      const createdAt = new Date();
      const lasts = message.kind === 'content' ? row.disappear_after : null;
      const saved = await trx
        .insertInto('messages')
        .values({
          ...messageWhere,
          ...message,
          seq: row.last_seq,
          rev,
          created_rev: rev,
          created_at: createdAt,
          ...(lasts && { expires_at: new Date(createdAt.getTime() + lasts * 1_000) }),
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      const record = toMessage(saved);
      changed.set(`message ${saved.id}`, record);
      return record;
    },
    appendSystem: (by, event) =>
      held.appendMessage({
        id: newId(),
        author_id: by,
        kind: 'system',
        system: JSON.stringify(event),
        mentions_all: false,
      }),
  };

  const finish = async (): Promise<void> => {
    if (row.rev === start.rev) return;
    await trx
      .updateTable('conversations')
      .set({
        rev: row.rev,
        last_seq: row.last_seq,
        record_rev: row.record_rev,
        name: row.name,
        topic: row.topic,
        avatar_id: row.avatar_id,
        visibility: row.visibility,
        history: row.history,
        member_count: row.member_count,
        disappear_after: row.disappear_after,
        file_rules: row.file_rules && JSON.stringify(row.file_rules),
        changed_xid: currentXid,
      })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', conversationId)
      .execute();
    await trx
      .insertInto('commits')
      .values({
        tenant_ids: [tenantId],
        conversation_ids: [conversationId],
        revs: [row.rev],
        user_ids: changedMembers.size > 0 || changed.has('conversation') ? [...changedMembers] : null,
      })
      .execute();
    records.push(...[...changed.values()].sort((a, b) => a.rev - b.rev));
  };

  const records: ConversationChange[] = [];
  return { held, records, finish };
}
