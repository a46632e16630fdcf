import { z } from 'zod';
import { Content } from '../content.ts';
import { limits } from '../limits.ts';
import { MessageRecord, User } from '../records.ts';
import { Cursor, Emoji, Id, PageSize, Rev, Seq, Time } from '../scalars.ts';
import { command } from './command.ts';

const target = { conversationId: Id, messageId: Id };
const messagePath = '/conversations/{conversationId}/messages/{messageId}';

export const messageCommands = {
  sendMessage: command({
    summary: 'Send a message. Repeating it with the same `messageId` returns the first result (S7).',
    input: z.strictObject({ ...target, content: Content, replyTo: Id.optional() }),
    output: z.object({ messageId: Id, seq: Seq, rev: Rev, createdAt: Time }),
    errors: ['not_found', 'forbidden', 'conflict', 'limit_reached'],
    http: { method: 'POST', path: '/conversations/{conversationId}/messages' },
    rate: 'send',
  }),
  editMessage: command({
    summary: 'Change the content of a message of one’s own. Earlier versions stay readable.',
    input: z.strictObject({ ...target, content: Content }),
    output: z.object({ message: MessageRecord }),
    errors: ['not_found', 'forbidden', 'conflict', 'limit_reached'],
    http: { method: 'PATCH', path: messagePath },
    rate: 'write',
  }),
  deleteMessage: command({
    summary: 'Delete a message for everyone; a tombstone keeps its place.',
    input: z.strictObject(target),
    output: z.object({ message: MessageRecord }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'DELETE', path: messagePath },
    rate: 'write',
  }),
  addReaction: command({
    summary: 'React to a message with an emoji.',
    input: z.strictObject({ ...target, emoji: Emoji }),
    output: z.object({ message: MessageRecord }),
    errors: ['not_found', 'forbidden', 'conflict', 'limit_reached'],
    http: { method: 'PUT', path: `${messagePath}/reactions/{emoji}` },
    rate: 'write',
  }),
  removeReaction: command({
    summary: 'Take back a reaction of one’s own.',
    input: z.strictObject({ ...target, emoji: Emoji }),
    output: z.object({ message: MessageRecord }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'DELETE', path: `${messagePath}/reactions/{emoji}` },
    rate: 'write',
  }),
  getHistory: command({
    summary:
      'A page of messages in order of `seq`: the newest, or those before, after or around a place. Give at most one of `before`, `after`, `around`.',
    input: z
      .strictObject({
        conversationId: Id,
        before: Seq.optional(),
        after: Seq.optional(),
        around: Seq.optional(),
        limit: PageSize,
      })
      .refine(
        (input) =>
          [input.before, input.after, input.around].filter((place) => place !== undefined).length <= 1,
        'give at most one of before, after, around',
      ),
    output: z.object({
      messages: z.array(MessageRecord),
      /** Messages these reply to, as far as visible. */
      quoted: z.array(MessageRecord),
      users: z.array(User),
      /** The page shows the conversation as it stood at this revision. */
      rev: Rev,
      lastSeq: Seq,
      /** Nothing visible lies before, or after, this page. */
      atStart: z.boolean(),
      atEnd: z.boolean(),
    }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: '/conversations/{conversationId}/messages' },
    rate: 'read',
  }),
  getMessages: command({
    summary: 'Messages by id; those that do not exist or are not visible are left out.',
    input: z.strictObject({ conversationId: Id, messageIds: z.array(Id).min(1).max(limits.lookup) }),
    output: z.object({ messages: z.array(MessageRecord), users: z.array(User), rev: Rev }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: '/conversations/{conversationId}/messages-by-id' },
    rate: 'read',
  }),
  getMessageEdits: command({
    summary: 'Earlier versions of a message, newest first.',
    input: z.strictObject({ ...target, cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({
      /** `at`: when this version was written. */
      versions: z.array(z.object({ content: Content, at: Time })),
      next: Cursor.nullable(),
    }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: `${messagePath}/edits` },
    rate: 'read',
  }),
  getReactions: command({
    summary: 'Who reacted to a message with an emoji, newest first.',
    input: z.strictObject({ ...target, emoji: Emoji, cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({
      reactions: z.array(z.object({ userId: Id, at: Time })),
      users: z.array(User),
      next: Cursor.nullable(),
    }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: `${messagePath}/reactions/{emoji}` },
    rate: 'read',
  }),
} as const;
