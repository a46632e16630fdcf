/**
 * What a conversation holds. Every record carries the `rev` of its last change; of two versions of one record the one
 * with the greater `rev` is right, whichever came first (S3).
 */
import { z } from 'zod';
import { Content } from './content.ts';
import { FileRules } from './files.ts';
import { Emoji, Id, Rev, Seq, Time } from './scalars.ts';

export const ConversationKind = z.enum(['direct', 'group', 'channel']);
export const Visibility = z.enum(['public', 'private']);
/** From where a new member sees history: all of it, or from joining. */
export const HistoryVisibility = z.enum(['all', 'joined']);
export const Role = z.enum(['owner', 'admin', 'member']);
/** In the tenant as a whole: a guest is in some conversations for some time, and sees nobody else. */
export const TenantRole = z.enum([...Role.options, 'guest']);
export const MemberState = z.enum(['joined', 'left', 'removed']);

/** A picture of a person, group or channel: `GET /v1/blobs/{blobId}`, square. */
export const Avatar = z.object({ blobId: Id });

/** What somebody is at just now: an emoji, words, or both. Apps show it no longer than `until`. */
export const Status = z.object({
  emoji: Emoji.optional(),
  text: z.string(),
  until: Time.optional(),
});

/** A person or bot, as everybody in the tenant sees them. */
export const User = z.object({
  id: Id,
  username: z.string(),
  displayName: z.string(),
  /** Role in the tenant: the first account is its owner. */
  role: TenantRole,
  avatar: Avatar.optional(),
  /** Some lines of their own. */
  bio: z.string().optional(),
  status: Status.optional(),
  /** The account was deleted: nothing else of it is left, and apps show words of their own instead of the name. */
  deleted: z.literal(true).optional(),
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
  avatar: Avatar.optional(),
  /** Direct conversations: the one (notes to self) or two people. */
  direct: z.array(Id).max(2).optional(),
  memberCount: z.int(),
  /** New messages are deleted for everyone so many seconds after they were sent. Absent: they stay. */
  disappearAfter: z.int().min(1).optional(),
  /** What files may be sent. Absent: all that may be sent at all. */
  files: FileRules.optional(),
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
  z.object({ type: z.literal('avatar_changed'), removed: z.literal(true).optional() }),
  z.object({ type: z.literal('history_changed'), history: HistoryVisibility }),
  z.object({ type: z.literal('visibility_changed'), visibility: Visibility }),
  z.object({ type: z.literal('joined') }),
  z.object({ type: z.literal('left') }),
  z.object({ type: z.literal('added'), userIds: z.array(Id) }),
  z.object({ type: z.literal('removed'), userId: Id }),
  z.object({ type: z.literal('role_changed'), userId: Id, role: Role }),
  z.object({ type: z.literal('ownership_transferred'), userId: Id }),
  z.object({ type: z.literal('pinned'), messageId: Id }),
  /** 0: messages stay from now on. */
  z.object({ type: z.literal('disappearing_changed'), seconds: z.int().min(0) }),
]);

export const Reaction = z.object({
  emoji: Emoji,
  count: z.int().min(1),
  /** The latest to react, newest first, at most `limits.reactionUsers`; complete when as many as `count`. */
  userIds: z.array(Id),
  /** Whether the asking person is among them. Present in replies, absent in events, which are the same for all. */
  mine: z.boolean().optional(),
});

/** How a poll stands. The question and the answers to it are content. */
export const PollResults = z.object({
  /** In the order of the poll's options. */
  options: z.array(
    z.object({
      count: z.int().min(0),
      /** The latest who chose it, newest first, at most `limits.pollUsers`. Absent in anonymous polls. */
      userIds: z.array(Id).optional(),
      /** Whether the asking person chose it. Present in replies, absent in events, which are the same for all. */
      mine: z.boolean().optional(),
    }),
  ),
  /** People who voted: fewer than the counts together where several answers may be chosen. */
  voters: z.int().min(0),
  /** Closed by somebody. A poll is closed from its `closesAt` too, which changes no record. */
  closed: z.object({ at: Time, by: Id }).optional(),
});

/** What lies behind the first link of a message, fetched by the server. */
export const LinkPreview = z.object({
  /** As it stands in the text. */
  url: z.string(),
  siteName: z.string().optional(),
  title: z.string(),
  description: z.string().optional(),
  /** Served by this service; `path` begins with a slash. Pixels. */
  image: z.object({ path: z.string(), width: z.int().min(1), height: z.int().min(1) }).optional(),
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
  /** Who said it first, and when. Where: only when everybody in the tenant may look there (a public channel). */
  forwarded: z
    .object({ authorId: Id, createdAt: Time, conversationId: Id.optional(), messageId: Id.optional() })
    .optional(),
  pinned: z.object({ at: Time, by: Id }).optional(),
  /** When it is deleted for everyone. */
  expiresAt: Time.optional(),
  /** Absent while nobody has voted. */
  poll: PollResults.optional(),
  linkPreview: LinkPreview.optional(),
  /** A reply in the thread of this root (T1). It stands in the main line only when it was sent there too. */
  thread: z.object({ rootId: Id, rootSeq: Seq, alsoSent: z.literal(true).optional() }).optional(),
  /** The replies in the thread of this message, deleted ones left out. Absent when there are none. */
  replies: z
    .object({
      count: z.int().min(1),
      /** Of the newest. */
      lastAt: Time,
      lastSeq: Seq,
      /** The latest to reply, newest first, at most `limits.threadUsers`. */
      userIds: z.array(Id),
    })
    .optional(),
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

/** How far one person has come in a thread, as it is at `rev`. A mark never goes back (T1). */
export const ThreadMark = z.object({
  conversationId: Id,
  rootId: Id,
  rootSeq: Seq,
  following: z.boolean(),
  readSeq: Seq,
  /** Replies after `readSeq` by others, not deleted; 0 when not followed. Exact to `limits.unreadCap`, one more means "more". */
  unread: z.int().min(0),
  /** Of these, the ones that mention this person or everyone. */
  mentions: z.int().min(0),
  rev: Rev,
  /** The conversation's last place at `rev`: replies beyond it are not counted. */
  lastSeq: Seq,
  /** How far the foremost of the others has read in it; 0: nobody, or nobody who says so. */
  othersReadSeq: Seq,
});

/** A thread as its row in the list of threads shows it. */
export const Thread = z.object({
  root: MessageRecord,
  /** The newest reply that is not deleted. */
  last: MessageRecord.nullable(),
  mark: ThreadMark,
});

export const PresenceSetting = z.enum(['auto', 'away', 'invisible']);

export const Presence = z.object({
  userId: Id,
  state: z.enum(['online', 'away', 'offline']),
  /** When last online; absent when online or never seen. */
  lastSeenAt: Time.optional(),
});

export type Status = z.output<typeof Status>;
export type User = z.output<typeof User>;
export type Role = z.output<typeof Role>;
export type TenantRole = z.output<typeof TenantRole>;
export type Visibility = z.output<typeof Visibility>;
export type HistoryVisibility = z.output<typeof HistoryVisibility>;
export type ConversationKind = z.output<typeof ConversationKind>;
export type MemberState = z.output<typeof MemberState>;
export type ConversationRecord = z.output<typeof ConversationRecord>;
export type MemberRecord = z.output<typeof MemberRecord>;
export type MessageRecord = z.output<typeof MessageRecord>;
export type MessageBody = z.output<typeof MessageBody>;
export type SystemEvent = z.output<typeof SystemEvent>;
export type PollResults = z.output<typeof PollResults>;
export type LinkPreview = z.output<typeof LinkPreview>;
export type Reaction = z.output<typeof Reaction>;
export type ConversationChange = z.output<typeof ConversationChange>;
export type ReceiptMark = z.output<typeof ReceiptMark>;
export type Head = z.output<typeof Head>;
export type ThreadMark = z.output<typeof ThreadMark>;
export type Thread = z.output<typeof Thread>;
export type PresenceSetting = z.output<typeof PresenceSetting>;
export type Presence = z.output<typeof Presence>;
