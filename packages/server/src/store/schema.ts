/**
 * The tables, as Kysely knows them. Every key leads with the tenant (S15) and then the conversation, so that a
 * statement of the hot path touches one conversation's rows only.
 */
import type {
  Attachment,
  BlobPurpose,
  ConversationKind,
  FileKind,
  FileRules,
  HistoryVisibility,
  ImageType,
  LinkPreview,
  MemberState,
  MessageRecord,
  OwnType,
  PollResults,
  PresenceSetting,
  Reaction,
  Report,
  Role,
  Status,
  SystemEvent,
  TenantRole,
  UploadState,
  Visibility,
} from '@kith/protocol';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { DueKind } from './due.ts';
import type { FileLimits, Findings } from './files.ts';
import type { ChosenSettings } from './users.ts';

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
  /** Rises with every change of the custom emoji. */
  emoji_rev: Count;
  /** What may be uploaded here, where it is not as the configuration says. */
  file_limits: ColumnType<FileLimits | null, string | null | undefined, string | null>;
  /** Of whom a second factor is asked. */
  second_factor: Generated<'off' | 'admins' | 'everyone'>;
  /** Who may make an account, or come by a token for the first time; null: as the configuration says. */
  sign_up: 'open' | 'invited' | 'domains' | 'closed' | null;
  /** With `domains`: whose addresses are let in without an invitation. */
  email_domains: Generated<string[]>;
  /** Who makes invitations; null: members where anybody may come in, else admins. */
  invite_by: 'admins' | 'members' | null;
  /** Pages of other sites that may speak for the people of this tenant. */
  origins: Generated<string[]>;
  quotas: JSONColumnType<Record<string, number>, string | undefined, string>;
  features: JSONColumnType<Record<string, boolean>, string | undefined, string>;
  /** Where the public keys of its host are. */
  jwks_url: ColumnType<string | null, string | null | undefined, string | null>;
  disabled_at: Date | null;
  created_at: Generated<Date>;
}

export interface UsersTable {
  tenant_id: number;
  id: string;
  username: string;
  display_name: string;
  /** `display_name` without case and accents. */
  folded_name: ColumnType<string, never, never>;
  role: TenantRole;
  avatar_id: ColumnType<string | null, string | null | undefined, string | null>;
  bio: ColumnType<string, string | undefined, string>;
  status: ColumnType<Status | null, string | null | undefined, string | null>;
  username_changed_at: NullableInstant;
  /** Revision of what belongs to the person (S5). */
  rev: Count;
  presence: ColumnType<PresenceSetting, PresenceSetting | undefined, PresenceSetting>;
  settings: ColumnType<ChosenSettings, string | undefined, string>;
  settings_rev: Count;
  profile_rev: Count;
  /** Removed own records up to this rev may be gone: an older place begins anew. */
  own_floor: Count;
  last_seen_at: NullableInstant;
  /** When the account is to be deleted, and what then becomes of the messages. */
  deletion_at: NullableInstant;
  deletion_messages: ColumnType<
    'keep' | 'delete' | null,
    'keep' | 'delete' | null | undefined,
    'keep' | 'delete' | null
  >;
  /** Up to which conversation the deletion has come. */
  deletion_place: ColumnType<string | null, string | null | undefined, string | null>;
  /** Since when nothing is left of them but their id. */
  deleted_at: NullableInstant;
  created_at: Generated<Date>;
  /** When the stay of a guest ends, and who invited them; null: no guest. */
  guest_until: ColumnType<Date | null, Date | null | undefined, Date | null>;
  guest_by: ColumnType<string | null, string | null | undefined, string | null>;
}

export interface ConversationsTable {
  tenant_id: number;
  id: string;
  kind: ConversationKind;
  visibility: Visibility;
  history: HistoryVisibility;
  name: string;
  topic: string;
  avatar_id: ColumnType<string | null, string | null | undefined, string | null>;
  /** Of a direct conversation: who of the two blocks the other. Null: nobody. */
  blocked_by: ColumnType<string[] | null, string[] | null | undefined, string[] | null>;
  /** Of a direct conversation that a stranger began: who has not accepted it yet. Null: nobody is waited for. */
  request_to: ColumnType<string | null, string | null | undefined, string | null>;
  /** The two people of a direct conversation, sorted, joined by a colon: one conversation a pair. */
  direct_key: string | null;
  member_count: number;
  /** Seconds; null: messages stay. */
  disappear_after: ColumnType<number | null, number | null | undefined, number | null>;
  /** What files may be sent; null: as in general. */
  file_rules: ColumnType<FileRules | null, string | null | undefined, string | null>;
  created_by: string;
  created_at: Generated<Date>;
  /** Head of the list of changes, and of the messages (S1). */
  rev: number;
  last_seq: number;
  /** Revision of this record itself. */
  record_rev: number;
  changed_xid: Xid;
}

export interface NewcomerDeedsTable {
  tenant_id: number;
  user_id: string;
  deed: string;
  since: Date;
  done: number;
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
  /** Places of messages that this person removed from their own view: their own record of type `hidden`, for queries. */
  hidden: Generated<string | null>;
  /** Of whoever has not accepted a request yet: here too, so that marks are judged by the row they are written to. */
  request: Generated<boolean>;
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
  /** Of plain content. */
  attachment: JSONColumnType<Attachment> | null;
  no_preview: boolean | null;
  forwarded: JSONColumnType<NonNullable<MessageRecord['forwarded']>> | null;
  expires_at: NullableInstant;
  pinned_at: NullableInstant;
  pinned_by: string | null;
  /** The votes, summed up. */
  poll: JSONColumnType<PollResults> | null;
  link_preview: JSONColumnType<LinkPreview> | null;
  /** Of a reply in a thread: its root, and whether it stands in the main line too. */
  thread_root: string | null;
  thread_root_seq: number | null;
  thread_also: boolean | null;
  /** Of a root: its replies, deleted ones left out. */
  reply_count: number | null;
  reply_last_at: NullableInstant;
  reply_last_seq: number | null;
  reply_users: string[] | null;
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

export interface PollVotesTable {
  tenant_id: number;
  conversation_id: string;
  message_id: string;
  /** Place among the poll's options, from 0. */
  option: number;
  user_id: string;
  created_at: Instant;
}

export interface LinkPreviewsTable {
  tenant_id: number;
  url: string;
  /** Null: there is nothing to show. */
  preview: JSONColumnType<LinkPreview> | null;
  expires_at: Instant;
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

/** Who follows a thread, or does no longer, and how far they have read. */
export interface ThreadMembersTable {
  tenant_id: number;
  conversation_id: string;
  root_id: string;
  user_id: string;
  root_seq: number;
  following: boolean;
  read_seq: number;
  /** When the person last followed it or wrote in it. */
  touched_at: Instant;
}

/** When somebody's mark in a thread came where, for those who wrote there. Whose reading is nobody's to know leaves none. */
export interface ThreadReceiptsTable {
  tenant_id: number;
  conversation_id: string;
  root_id: string;
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

/** Small images; see blobs/. */
export interface BlobsTable {
  tenant_id: number;
  id: string;
  purpose: BlobPurpose;
  /** Null: the server made it. */
  owner_id: string | null;
  mime: ImageType;
  width: number;
  height: number;
  sha256: Uint8Array;
  /** Where its bytes lie, their wrapped key (null: not ciphered here), and how many they are. */
  object: string | null;
  secret: ColumnType<Buffer | null, Uint8Array | null, Uint8Array | null>;
  size: number | null;
  /** The bytes themselves, of what came before they lay elsewhere and has not been moved yet; null with `object`. */
  bytes: Uint8Array | null;
  /** Something uses it. What nothing uses is swept, a day after it came or was let go. */
  used: boolean;
  since: ColumnType<Date, Date | undefined, Date>;
}

/** Files of messages, and their small pictures; see media/. Their bytes lie elsewhere. */
export interface FilesTable {
  tenant_id: number;
  id: string;
  owner_id: string;
  /** Bytes, as they were announced; of what is ready, as they are. */
  size: number;
  /** Encrypted by its sender: nobody here looks inside. */
  opaque: boolean;
  /** By the server, of a file: counts for nobody's quota. */
  made: boolean;
  /** Where the bytes lie, and their wrapped key (null: not ciphered here). */
  object: string;
  secret: ColumnType<Buffer | null, Uint8Array | null, Uint8Array | null>;
  state: UploadState['state'];
  /** What it was found to be, or why it was refused. */
  findings: ColumnType<Findings | null, string | null | undefined, string | null>;
  /** Some message has it. What none has is swept. */
  used: Generated<boolean>;
  /** The last sign of life while nothing uses it, or the last look while it is checked. */
  since: ColumnType<Date, Date | undefined, Date>;
  /** The node that a request writes to it on, and until when it is believed to. */
  writer: ColumnType<string | null, undefined, string | null>;
  writer_until: ColumnType<Date | null, undefined, Date | null>;
  created_at: Generated<Date>;
}

export interface FileUsesTable {
  tenant_id: number;
  conversation_id: string;
  /** A message; or one that is to be sent later, under the id it will have. */
  message_id: string;
  file_id: string;
  /** Null: a small picture of another one, or what stands in an encrypted message. */
  kind: FileKind | null;
  /** Null: not sent yet. */
  seq: number | null;
}

/** `fine`: as it is; `done`: another was made of it, and its messages say so; `failed`: none could be made. */
export type TranscodeState = 'waiting' | 'fine' | 'done' | 'failed';

/** Films of messages, and whether all browsers play them; see media/transcode. */
export interface TranscodesTable {
  tenant_id: number;
  file_id: string;
  state: Generated<TranscodeState>;
  attempts: Generated<number>;
  /** How far it has come, 0 to 100. */
  progress: Generated<number>;
  /** Rises with every message that has it. */
  asked: Generated<number>;
  made_id: ColumnType<string | null, undefined, string | null>;
  /** Who is at it, until when. */
  claim: ColumnType<string | null, undefined, string | null>;
  claimed_until: ColumnType<Date | null, undefined, Date | null>;
  since: Generated<Date>;
}

export interface CustomEmojiTable {
  tenant_id: number;
  name: string;
  blob_id: string;
  width: number;
  height: number;
  added_by: string;
  created_at: Generated<Date>;
}

/** What is to be done at a time; about what, the own record of this key says. */
export interface DueWorkTable {
  tenant_id: number;
  user_id: string;
  kind: DueKind;
  id: string;
  at: ColumnType<Date, Date, Date>;
  /** A node is at it until then. */
  claimed_until: ColumnType<Date | null, Date | null, Date | null>;
}

/** What is said in it lies in `fields`; the rest of the columns is written as a whole (store/mails.ts). */
export interface MailsTable {
  id: string;
  channel: Generated<'mail' | 'sms'>;
  at: ColumnType<Date, Date, Date>;
  /** A node is at it until then. */
  claimed_until: ColumnType<Date | null, Date | null, Date | null>;
}

/** See smsCounts.ts. */
export interface SmsCountsTable {
  key: string;
  count: number;
  until: Date;
}

/** What belongs to one person, by type and key (S5). A removed one has no value. */
export interface OwnRecordsTable {
  tenant_id: number;
  user_id: string;
  type: OwnType;
  key: string;
  rev: number;
  value: ColumnType<unknown, string | null, string | null>;
}

/** How far the search index has followed a conversation. */
export interface SearchProgressTable {
  tenant_id: number;
  conversation_id: string;
  /** Of the way documents are made; another one makes them anew. */
  version: number;
  /** Messages up to `seq` are indexed as they were at `rev` or later. */
  seq: Count;
  rev: Count;
}

/** A message that can be found. */
export interface SearchDocumentsTable {
  tenant_id: number;
  conversation_id: string;
  /** When it was sent, to the millisecond. */
  at: Instant;
  seq: number;
  /** A tsvector, written by ourselves. */
  words: string;
}

/** The words of a tenant's documents, and what they are found by besides themselves. */
export interface SearchWordsTable {
  tenant_id: number;
  word: string;
  /** In how many documents it stands. */
  count: number;
  keys: string[];
}

export interface StickerPacksTable {
  tenant_id: number;
  id: string;
  name: string;
  owner_id: string;
  created_at: Generated<Date>;
}

export interface StickersTable {
  tenant_id: number;
  pack_id: string;
  id: string;
  blob_id: string;
  width: number;
  height: number;
  emoji: string;
  alt: string;
  /** Its place among all that ever were in the pack. */
  place: number;
  removed: Generated<boolean>;
}

export interface StickerInstallsTable {
  tenant_id: number;
  user_id: string;
  pack_id: string;
  at: Generated<Date>;
}

/** What people told of, with what they saw. */
export interface ReportsTable {
  tenant_id: number;
  id: string;
  by_id: string;
  created_at: Generated<Date>;
  about: JSONColumnType<Report['about']>;
  reason: Report['reason'];
  words: string;
  seen: JSONColumnType<Report['seen']>;
}

export interface Schema {
  newcomer_deeds: NewcomerDeedsTable;
  reports: ReportsTable;
  tenants: TenantsTable;
  users: UsersTable;
  conversations: ConversationsTable;
  members: MembersTable;
  messages: MessagesTable;
  message_edits: MessageEditsTable;
  reactions: ReactionsTable;
  poll_votes: PollVotesTable;
  link_previews: LinkPreviewsTable;
  receipts: ReceiptsTable;
  thread_members: ThreadMembersTable;
  thread_receipts: ThreadReceiptsTable;
  commits: CommitsTable;
  blobs: BlobsTable;
  files: FilesTable;
  file_uses: FileUsesTable;
  transcodes: TranscodesTable;
  custom_emoji: CustomEmojiTable;
  sticker_packs: StickerPacksTable;
  stickers: StickersTable;
  sticker_installs: StickerInstallsTable;
  own_records: OwnRecordsTable;
  due_work: DueWorkTable;
  mails: MailsTable;
  sms_counts: SmsCountsTable;
  search_progress: SearchProgressTable;
  search_documents: SearchDocumentsTable;
  search_words: SearchWordsTable;
}
