/** From rows to the records of the wire. */
import type {
  Content,
  ConversationRecord,
  MemberRecord,
  MessageBody,
  MessageRecord,
  Reaction,
  User,
} from '@kith/protocol';
import type { Selectable } from 'kysely';
import type { ConversationsTable, MembersTable, MessagesTable, UsersTable } from './schema.ts';

export type ConversationRow = Omit<Selectable<ConversationsTable>, 'changed_xid'>;
export type MemberRow = Omit<Selectable<MembersTable>, 'changed_xid'>;
export type MessageRow = Selectable<MessagesTable>;
export type UserRow = Pick<Selectable<UsersTable>, 'id' | 'username' | 'display_name' | 'role'>;

/** A row that travelled as JSON, which has no dates: with these as dates again. */
export const fromJson = <T extends object>(row: T, keys: readonly (keyof T)[]): T => {
  const copy = { ...row };
  for (const key of keys) {
    const value = copy[key];
    if (typeof value === 'string') copy[key] = new Date(value) as T[typeof key];
  }
  return copy;
};

export const userColumns = [
  'id',
  'username',
  'display_name',
  'role',
] as const satisfies readonly (keyof UsersTable)[];

export const toUser = (row: UserRow): User => ({
  id: row.id,
  username: row.username,
  displayName: row.display_name,
  role: row.role,
});

/** The two people of a direct conversation (one, when it is with oneself), or null for other kinds. */
export const directPeople = (directKey: string | null): string[] | null =>
  directKey === null ? null : [...new Set(directKey.split(':'))];

export function toConversation(row: ConversationRow): ConversationRecord {
  const direct = directPeople(row.direct_key);
  return {
    type: 'conversation',
    id: row.id,
    rev: row.record_rev,
    kind: row.kind,
    visibility: row.visibility,
    history: row.history,
    name: row.name,
    topic: row.topic,
    ...(direct && { direct }),
    memberCount: row.member_count,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
  };
}

export const toMember = (row: MemberRow): MemberRecord => ({
  type: 'member',
  conversationId: row.conversation_id,
  userId: row.user_id,
  rev: row.rev,
  role: row.role,
  state: row.state,
  visibleAfter: row.visible_after,
  joinedAt: row.joined_at.toISOString(),
});

export const toContent = (row: Pick<MessageRow, 'text' | 'sealed'>): Content =>
  row.sealed ? { type: 'encrypted', ...row.sealed } : { type: 'plain', text: row.text ?? '' };

function toBody(row: MessageRow): MessageBody {
  if (row.kind === 'content') return { type: 'content', content: toContent(row) };
  if (row.kind === 'system' && row.system) return { type: 'system', event: row.system };
  return {
    type: 'deleted',
    at: (row.deleted_at ?? row.created_at).toISOString(),
    by: row.deleted_by ?? row.author_id,
  };
}

/** `reactions` as events carry them; replies add `mine` (see `withMine`). */
export function toMessage(row: MessageRow): MessageRecord {
  return {
    type: 'message',
    id: row.id,
    conversationId: row.conversation_id,
    seq: row.seq,
    rev: row.rev,
    authorId: row.author_id,
    createdAt: row.created_at.toISOString(),
    body: toBody(row),
    ...(row.reply_id !== null &&
      row.reply_seq !== null && { replyTo: { messageId: row.reply_id, seq: row.reply_seq } }),
    ...(row.mentions && { mentions: row.mentions }),
    ...(row.mentions_all && { mentionsAll: true as const }),
    ...(row.edited_at && { edited: { at: row.edited_at.toISOString(), count: row.edit_count } }),
    ...(row.reactions && row.reactions.length > 0 && { reactions: row.reactions }),
  };
}

/** Whether the named reactors are all there are. */
export const isComplete = (reaction: Reaction): boolean => reaction.userIds.length === reaction.count;
