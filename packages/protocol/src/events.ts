/** What the server says unasked. */
import { z } from 'zod';
import { UserChange } from './own.ts';
import {
  ConversationChange,
  Head,
  MemberRecord,
  MessageRecord,
  Presence,
  ReceiptMark,
  ThreadMark,
  User,
} from './records.ts';
import { Id, Rev, Seq } from './scalars.ts';

export const Event = z.discriminatedUnion('type', [
  /** Revisions `from` to `to` of a conversation, both included: their records, as far as this member may see them. */
  z.object({
    type: z.literal('records'),
    conversationId: Id,
    from: Rev,
    to: Rev,
    records: z.array(ConversationChange),
  }),
  /** This person is in a conversation from now on: its head, and the people it names. */
  z.object({ type: z.literal('joined'), head: Head, users: z.array(User) }),
  /** This person is no longer in it: the last record they get of it (S13). */
  z.object({ type: z.literal('left'), membership: MemberRecord }),
  /** How far this person has read, on whichever device, with the counts that follow, true at `rev`. */
  z.object({
    type: z.literal('read'),
    conversationId: Id,
    readSeq: Seq,
    unread: z.int(),
    mentions: z.int(),
    rev: Rev,
  }),
  /** How far others have come (S9), to whoever watches the conversation. */
  z.object({ type: z.literal('receipts'), conversationId: Id, marks: z.array(ReceiptMark) }),
  /** A thread that this person follows, or no longer, or has read on whichever device (T1). */
  z.object({ type: z.literal('thread'), mark: ThreadMark }),
  /** Somebody else has read a thread up to here, with something of this person's among it (T3). */
  z.object({ type: z.literal('threadRead'), conversationId: Id, rootId: Id, readSeq: Seq }),
  /** What this person chose on whichever device, where the record alone does not tell whose choices they are (S18). */
  z.object({ type: z.literal('chosen'), message: MessageRecord }),
  /** What belongs to this person has changed (S5). */
  z.object({ type: z.literal('user'), rev: Rev, records: z.array(UserChange) }),
]);
export type Event = z.output<typeof Event>;

/** S10: never stored, never retried, dropped first under load. */
export const Ephemeral = z.discriminatedUnion('type', [
  z.object({ type: z.literal('typing'), conversationId: Id, userId: Id, active: z.boolean() }),
  z.object({ type: z.literal('presence'), presence: Presence }),
  /** A watched person's profile changed. */
  z.object({ type: z.literal('profile'), user: User }),
  /** The custom emoji of the tenant changed: `listEmoji` tells them. */
  z.object({ type: z.literal('emoji'), rev: Rev }),
]);
export type Ephemeral = z.output<typeof Ephemeral>;
