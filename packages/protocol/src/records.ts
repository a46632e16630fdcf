/**
 * What a conversation holds. Every record carries the `rev` of its last change; of two versions of one record the one
 * with the greater `rev` is right, whichever came first (S3).
 */
import { z } from 'zod';
import { Content } from './content.ts';
import { Emoji, Id, Rev, Seq, Time } from './scalars.ts';

export const ConversationKind = z.enum(['direct', 'group', 'channel']);
export const Visibility = z.enum(['public', 'private']);
/** From where a new member sees history: all of it, or from joining. */
export const HistoryVisibility = z.enum(['all', 'joined']);
export const Role = z.enum(['owner', 'admin', 'member']);
export const MemberState = z.enum(['joined', 'left', 'removed']);

/** A person or bot, as everybody in the tenant sees them. */
export const User = z.object({
  id: Id,
  username: z.string(),
  displayName: z.string(),
  /** Role in the tenant: the first account is its owner. */
  role: Role,
});

export const ConversationRecord = z.object({
  type: z.literal('conversation'),
  id: Id,
  rev: Rev,
  kind: ConversationKind,
  /** `public` only for channels that everybody may find and join. */
  visibility: Visibility,
  history: HistoryVisibility,
  /** Empty for direct conversations, which are named by the other person. */
  name: z.string(),
  topic: z.string(),
  /** Direct conversations: the one (notes to self) or two people. */
  direct: z.array(Id).max(2).optional(),
  memberCount: z.int(),
  createdBy: Id,
  createdAt: Time,
});

export const MemberRecord = z.object({
  type: z.literal('member'),
  conversationId: Id,
  userId: Id,
  rev: Rev,
  role: Role,
  state: MemberState,
  /** Messages after this place are the member's to see (S13). */
  visibleAfter: Seq,
  joinedAt: Time,
});

/** What happened, when the conversation itself speaks. `by` is the message's author. */
export const SystemEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('created') }),
  z.object({ type: z.literal('renamed'), name: z.string() }),
  z.object({ type: z.literal('topic_changed'), topic: z.string() }),
  z.object({ type: z.literal('history_changed'), history: HistoryVisibility }),
  z.object({ type: z.literal('visibility_changed'), visibility: Visibility }),
  z.object({ type: z.literal('joined') }),
  z.object({ type: z.literal('left') }),
  z.object({ type: z.literal('added'), userIds: z.array(Id) }),
  z.object({ type: z.literal('removed'), userId: Id }),
  z.object({ type: z.literal('role_changed'), userId: Id, role: Role }),
  z.object({ type: z.literal('ownership_transferred'), userId: Id }),
]);

export const Reaction = z.object({
  emoji: Emoji,
  count: z.int().min(1),
  /** The latest to react, newest first, at most `limits.reactionUsers`; complete when as many as `count`. */
  userIds: z.array(Id),
  /** Whether the asking person is among them. Present in replies, absent in events, which are the same for all. */
  mine: z.boolean().optional(),
});

/** A message's body is one of three things; a deleted message keeps its place and loses everything else. */
export const MessageBody = z.discriminatedUnion('type', [
  z.object({ type: z.literal('content'), content: Content }),
  z.object({ type: z.literal('system'), event: SystemEvent }),
  z.object({ type: z.literal('deleted'), at: Time, by: Id }),
]);

export const MessageRecord = z.object({
  type: z.literal('message'),
  id: Id,
  conversationId: Id,
  seq: Seq,
  rev: Rev,
  authorId: Id,
  createdAt: Time,
  body: MessageBody,
  replyTo: z.object({ messageId: Id, seq: Seq }).optional(),
  /** Whom the message mentions, found by the server in plain text. Absent when nobody. */
  mentions: z.array(Id).optional(),
  mentionsAll: z.literal(true).optional(),
  /** When last edited, and how often; earlier versions come by `getMessageEdits`. */
  edited: z.object({ at: Time, count: z.int().min(1) }).optional(),
  /** In order of first use. */
  reactions: z.array(Reaction).optional(),
});

export const ConversationChange = z.discriminatedUnion('type', [
  ConversationRecord,
  MemberRecord,
  MessageRecord,
]);

/** How far one member has come. A mark never goes back (S9). */
export const ReceiptMark = z.object({ userId: Id, deliveredSeq: Seq, readSeq: Seq });

/** The head of a conversation: what its row in the list shows, as seen by one member at `rev`. */
export const Head = z.object({
  conversation: ConversationRecord,
  membership: MemberRecord,
  rev: Rev,
  lastSeq: Seq,
  readSeq: Seq,
  /** Messages after `readSeq` by others, neither deleted nor system; exact to `limits.unreadCap`, one more means "more". */
  unread: z.int().min(0),
  /** Of these, the ones that mention this member or everyone. */
  mentions: z.int().min(0),
  /** The newest visible message that is not deleted. */
  preview: MessageRecord.nullable(),
  /** The foremost marks among the other members. */
  othersDeliveredSeq: Seq,
  othersReadSeq: Seq,
});

/** What belongs to one person, in step on all their devices (S5). */
export const PresenceSetting = z.enum(['auto', 'away', 'invisible']);
export const SettingsRecord = z.object({
  type: z.literal('settings'),
  rev: Rev,
  presence: PresenceSetting,
});
/** A person as others see them, for their own other devices. */
export const ProfileRecord = z.object({ type: z.literal('profile'), rev: Rev, user: User });
export const UserChange = z.discriminatedUnion('type', [SettingsRecord, ProfileRecord]);

export const Presence = z.object({
  userId: Id,
  state: z.enum(['online', 'away', 'offline']),
  /** When last online; absent when online or never seen. */
  lastSeenAt: Time.optional(),
});

export type User = z.output<typeof User>;
export type Role = z.output<typeof Role>;
export type Visibility = z.output<typeof Visibility>;
export type HistoryVisibility = z.output<typeof HistoryVisibility>;
export type ConversationKind = z.output<typeof ConversationKind>;
export type MemberState = z.output<typeof MemberState>;
export type ConversationRecord = z.output<typeof ConversationRecord>;
export type MemberRecord = z.output<typeof MemberRecord>;
export type MessageRecord = z.output<typeof MessageRecord>;
export type MessageBody = z.output<typeof MessageBody>;
export type SystemEvent = z.output<typeof SystemEvent>;
export type Reaction = z.output<typeof Reaction>;
export type ConversationChange = z.output<typeof ConversationChange>;
export type ReceiptMark = z.output<typeof ReceiptMark>;
export type Head = z.output<typeof Head>;
export type PresenceSetting = z.output<typeof PresenceSetting>;
export type SettingsRecord = z.output<typeof SettingsRecord>;
export type ProfileRecord = z.output<typeof ProfileRecord>;
export type UserChange = z.output<typeof UserChange>;
export type Presence = z.output<typeof Presence>;
