import { z } from 'zod';
import { limits } from '../limits.ts';
import { Presence, ReceiptMark, User } from '../records.ts';
import { Cursor, Id, PageSize, Rev, Seq, Time } from '../scalars.ts';
import { command } from './command.ts';

export const receiptCommands = {
  markRead: command({
    summary:
      'Everything up to `seq` is read. A mark never goes back. Answers with the counts that follow, exact at `rev`.',
    input: z.strictObject({ conversationId: Id, seq: Seq }),
    output: z.object({ readSeq: Seq, unread: z.int(), mentions: z.int(), rev: Rev }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'PUT', path: '/conversations/{conversationId}/read' },
    rate: 'ephemeral',
  }),
  markDelivered: command({
    summary: 'Everything up to `seq` has reached this device, for several conversations at once.',
    input: z.strictObject({
      marks: z
        .array(z.strictObject({ conversationId: Id, seq: Seq }))
        .min(1)
        .max(limits.deliveredMarks),
    }),
    output: z.object({}),
    errors: [],
    http: { method: 'POST', path: '/delivered' },
    rate: 'ephemeral',
  }),
  getReceipts: command({
    summary:
      'Whom a message has reached and who has read it, and when; both `null`: it has not reached them yet.',
    input: z.strictObject({ conversationId: Id, messageId: Id, cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({
      receipts: z.array(z.object({ userId: Id, deliveredAt: Time.nullable(), readAt: Time.nullable() })),
      users: z.array(User),
      next: Cursor.nullable(),
    }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: '/conversations/{conversationId}/messages/{messageId}/receipts' },
    rate: 'read',
  }),
  typing: command({
    summary: 'This person is writing, or has stopped. Lasts some seconds; repeat while it goes on.',
    input: z.strictObject({ conversationId: Id, active: z.boolean() }),
    output: z.object({}),
    errors: ['not_found', 'forbidden'],
    http: { method: 'POST', path: '/conversations/{conversationId}/typing' },
    rate: 'ephemeral',
  }),
  watch: command({
    summary:
      'What is on this screen: typing and receipts of these conversations and presence of these people come from now on. Replaces what was watched before.',
    input: z.strictObject({
      conversationIds: z.array(Id).max(limits.watchedConversations),
      userIds: z.array(Id).max(limits.watchedUsers),
    }),
    output: z.object({
      presence: z.array(Presence),
      /** Marks of the other members, for conversations up to `limits.receiptMembers`; else only the foremost. */
      receipts: z.array(z.object({ conversationId: Id, marks: z.array(ReceiptMark) })),
    }),
    errors: [],
    http: null,
    rate: 'ephemeral',
  }),
  setActivity: command({
    summary: 'Whether somebody is at this device: a person whose devices are all idle is away.',
    input: z.strictObject({ active: z.boolean() }),
    output: z.object({}),
    errors: [],
    http: null,
    rate: 'ephemeral',
  }),
} as const;
