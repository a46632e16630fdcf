/**
 * The tables, as Kysely knows them. Every key leads with the tenant (S15) and then the conversation, so that a
 * statement of the hot path touches one conversation's rows only.
 */
import type {
  ConversationKind,
  HistoryVisibility,
  MemberState,
  PresenceSetting,
  Reaction,
  Role,
  SystemEvent,
  Visibility,
} from '@kith/protocol';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/** Read as a Date, written as Date or text. */
type Instant = ColumnType<Date, Date | string, Date | string>;
type NullableInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** 64 bits in the database, a safe integer here: revisions do not reach 2^53. */
type Count = ColumnType<number, number | undefined, number>;
/** A transaction id: decimal digits, compared by the database. */
type Xid = ColumnType<string, string | undefined, string>;

export interface TenantsTable {
  id: Generated<number>;
  slug: string;
  name: string;
  created_at: Generated<Date>;
}

export interface UsersTable {
  tenant_id: number;
  id: string;
  username: string;
  display_name: string;
  role: Role;
  /** Revision of what belongs to the person (S5). */
  rev: Count;
  presence: ColumnType<PresenceSetting, PresenceSetting | undefined, PresenceSetting>;
  settings_rev: Count;
  profile_rev: Count;
  last_seen_at: NullableInstant;
  created_at: Generated<Date>;
}

export interface ConversationsTable {
  tenant_id: number;
  id: string;
  kind: ConversationKind;
  visibility: Visibility;
  history: HistoryVisibility;
  name: string;
  topic: string;
  /** The two people of a direct conversation, sorted, joined by a colon: one conversation a pair. */
  direct_key: string | null;
  member_count: number;
  created_by: string;
  created_at: Generated<Date>;
  /** Head of the list of changes, and of the messages (S1). */
  rev: number;
  last_seq: number;
  /** Revision of this record itself. */
  record_rev: number;
  changed_xid: Xid;
}

export interface MembersTable {
  tenant_id: number;
  conversation_id: string;
  user_id: string;
  role: Role;
  state: MemberState;
  rev: number;
  visible_after: number;
  joined_at: Instant;
  delivered_seq: Count;
  read_seq: Count;
  changed_xid: Xid;
}

export interface MessagesTable {
  tenant_id: number;
  conversation_id: string;
  seq: number;
  id: string;
  /** Revision of the last change, and the one it was sent with. */
  rev: number;
  created_rev: number;
  author_id: string;
  created_at: Instant;
  kind: 'content' | 'system' | 'deleted';
  /** Plain text. */
  text: string | null;
  /** Encrypted content: `{ scheme, bytes }` (S14). */
  sealed: JSONColumnType<{ scheme: string; bytes: string }> | null;
  system: JSONColumnType<SystemEvent> | null;
  reply_id: string | null;
  reply_seq: number | null;
  mentions: string[] | null;
  mentions_all: boolean;
  edited_at: NullableInstant;
  edit_count: Count;
  reactions: JSONColumnType<Reaction[]> | null;
  deleted_at: NullableInstant;
  deleted_by: string | null;
}

export interface MessageEditsTable {
  tenant_id: number;
  conversation_id: string;
  message_id: string;
  version: number;
  text: string | null;
  sealed: JSONColumnType<{ scheme: string; bytes: string }> | null;
  /** When this version was written. */
  written_at: Instant;
}

export interface ReactionsTable {
  tenant_id: number;
  conversation_id: string;
  message_id: string;
  emoji: string;
  user_id: string;
  created_at: Instant;
}

/** When a member's mark passed a place: who has a message, and since when (S9). */
export interface ReceiptsTable {
  tenant_id: number;
  conversation_id: string;
  kind: 'delivered' | 'read';
  seq: number;
  user_id: string;
  at: Instant;
}

/** What was committed, one row a transaction: anti-entropy compares it with what was announced (S11). */
export interface CommitsTable {
  xid: Xid;
  at: Generated<Date>;
  tenant_ids: number[];
  conversation_ids: string[];
  revs: number[];
  /** Whose memberships changed. */
  user_ids: string[] | null;
}

export interface Schema {
  tenants: TenantsTable;
  users: UsersTable;
  conversations: ConversationsTable;
  members: MembersTable;
  messages: MessagesTable;
  message_edits: MessageEditsTable;
  reactions: ReactionsTable;
  receipts: ReceiptsTable;
  commits: CommitsTable;
}
