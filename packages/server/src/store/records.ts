/** From rows to the records of the wire. */
import type {
  Content,
  ConversationChange,
  ConversationRecord,
  MemberRecord,
  MessageBody,
  MessageRecord,
  Reaction,
  Status,
  User,
} from '@kith/protocol';
import type { Selectable } from 'kysely';
import type { ConversationsTable, MembersTable, MessagesTable, UsersTable } from './schema.ts';

export type ConversationRow = Omit<Selectable<ConversationsTable>, 'changed_xid'>;
export type MemberRow = Omit<Selectable<MembersTable>, 'changed_xid' | 'hidden' | 'request'>;
export type MessageRow = Selectable<MessagesTable>;
/** Its columns that are dates, for `fromJson`. */
export const messageDates = [
  'created_at',
  'edited_at',
  'deleted_at',
  'expires_at',
  'pinned_at',
  'reply_last_at',
] as const satisfies readonly (keyof MessageRow)[];
export type UserRow = Pick<Selectable<UsersTable>, (typeof userColumns)[number]>;

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
  'avatar_id',
  'bio',
  'status',
  'deleted_at',
] as const satisfies readonly (keyof UsersTable)[];

export const toUser = (row: UserRow): User => ({
  id: row.id,
  username: row.username,
  displayName: row.display_name,
  role: row.role,
  ...(row.avatar_id !== null && { avatar: { blobId: row.avatar_id } }),
  ...(row.bio !== '' && { bio: row.bio }),
  ...(row.status && !isOver(row.status) && { status: row.status }),
  ...(row.deleted_at !== null && { deleted: true as const }),
});

/** Nothing removes a status at its end: it is not told any more. */
const isOver = ({ until }: Status): boolean => until !== undefined && Date.parse(until) <= Date.now();

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
    ...(row.avatar_id !== null && { avatar: { blobId: row.avatar_id } }),
    ...(direct && { direct }),
    memberCount: row.member_count,
    ...(row.disappear_after && { disappearAfter: row.disappear_after }),
    ...(row.file_rules && { files: row.file_rules }),
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

type ContentRow = Pick<MessageRow, 'text' | 'sealed'> &
  Partial<Pick<MessageRow, 'attachment' | 'no_preview'>>;

export const toContent = (row: ContentRow): Content =>
  row.sealed
    ? { type: 'encrypted', ...row.sealed }
    : {
        type: 'plain',
        text: row.text ?? '',
        ...(row.attachment && { attachment: row.attachment }),
        ...(row.no_preview && { noPreview: true as const }),
      };

/** The reverse. */
export const contentColumns = (content: Content) =>
  content.type === 'encrypted'
    ? { sealed: JSON.stringify({ scheme: content.scheme, bytes: content.bytes }) }
    : {
        text: content.text,
        attachment: content.attachment ? JSON.stringify(content.attachment) : null,
        no_preview: content.noPreview ? true : null,
      };

function toBody(row: MessageRow): MessageBody {
  if (row.kind === 'content') return { type: 'content', content: toContent(row) };
  if (row.kind === 'system' && row.system) return { type: 'system', event: row.system };
  return {
    type: 'deleted',
    at: (row.deleted_at ?? row.created_at).toISOString(),
    by: row.deleted_by ?? row.author_id,
  };
}

/** `reactions` and `poll` as events carry them; replies add `mine` (see `withMine`). */
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
    ...(row.forwarded && { forwarded: row.forwarded }),
    ...(row.pinned_at &&
      row.pinned_by !== null && { pinned: { at: row.pinned_at.toISOString(), by: row.pinned_by } }),
    ...(row.expires_at && { expiresAt: row.expires_at.toISOString() }),
    ...(row.poll && { poll: row.poll }),
    ...(row.link_preview && { linkPreview: row.link_preview }),
    ...threadOf(row),
    ...repliesOf(row),
  };
}

const threadOf = (row: MessageRow): Pick<MessageRecord, 'thread'> =>
  row.thread_root === null || row.thread_root_seq === null
    ? {}
    : {
        thread: {
          rootId: row.thread_root,
          rootSeq: row.thread_root_seq,
          ...(row.thread_also && { alsoSent: true as const }),
        },
      };

const repliesOf = (row: MessageRow): Pick<MessageRecord, 'replies'> =>
  !row.reply_count || row.reply_last_at === null || row.reply_last_seq === null
    ? {}
    : {
        replies: {
          count: row.reply_count,
          lastAt: row.reply_last_at.toISOString(),
          lastSeq: row.reply_last_seq,
          userIds: row.reply_users ?? [],
        },
      };

/** Whether replies say of parts of it that they are the asking person's own. */
export const isPersonal = (record: ConversationChange): record is MessageRecord =>
  record.type === 'message' && (record.reactions !== undefined || record.poll !== undefined);

/** Whether it tells of every choice whose it is. */
export const namesEverybody = ({ reactions = [], poll }: MessageRecord): boolean =>
  reactions.every(isComplete) &&
  (poll?.options.every(({ count, userIds = [] }) => userIds.length === count) ?? true);

/** Whether the named reactors are all there are. */
export const isComplete = (reaction: Reaction): boolean => reaction.userIds.length === reaction.count;
