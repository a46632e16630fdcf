import { z } from 'zod';
import { Content } from '../content.ts';
import { limits } from '../limits.ts';
import { MessageRecord, User } from '../records.ts';
import { Cursor, Emoji, Id, PageSize, Rev, Seq, Time } from '../scalars.ts';
import { command } from './command.ts';

const target = { conversationId: Id, messageId: Id };
/** The place of an option in its poll. */
const PollOption = z
  .int()
  .min(0)
  .max(limits.pollOptions - 1);
const messagePath = '/conversations/{conversationId}/messages/{messageId}';

export const messageCommands = {
  sendMessage: command({
    summary:
      'Send a message, or forward one: then the server copies its content and says whose it was. Repeating it with the same `messageId` returns the first result (S7).',
    input: z
      .strictObject({
        ...target,
        content: Content.optional(),
        /** Uploads that encrypted content needs; plain content says so itself. */
        files: z
          .array(Id)
          .min(1)
          .max(2 * limits.messageFiles)
          .optional(),
        /** A message the caller may see; mentions in it wake nobody. Into the main line only. */
        forward: z.strictObject(target).optional(),
        replyTo: Id.optional(),
        /** Into the thread of this message, or of the one that this is a reply in. */
        thread: Id.optional(),
        /** Into the main line too. */
        alsoSend: z.literal(true).optional(),
      })
      .refine((input) => input.thread !== undefined || input.alsoSend === undefined, {
        message: 'belongs to a thread',
        path: ['alsoSend'],
      })
      .refine(
        ({ content, forward }) => (content === undefined) !== (forward === undefined),
        'give one of content, forward',
      )
      .refine(({ content, files }) => files === undefined || content?.type === 'encrypted', {
        message: 'belongs to encrypted content',
        path: ['files'],
      })
      .refine(({ thread, forward }) => thread === undefined || forward === undefined, {
        message: 'goes into the main line',
        path: ['forward'],
      }),
    output: z.object({ messageId: Id, seq: Seq, rev: Rev, createdAt: Time }),
    errors: ['not_found', 'forbidden', 'conflict', 'limit_reached', 'file_refused', 'not_ready', 'too_large'],
    http: { method: 'POST', path: '/conversations/{conversationId}/messages' },
    rate: 'send',
  }),
  editMessage: command({
    summary:
      'Change the text of a message of one’s own; what else it carries stays as it is. Earlier versions stay readable.',
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
  votePoll: command({
    summary:
      'Choose among the options of a poll, by their places from 0; this replaces what the caller chose before. None: the vote is taken back.',
    input: z.strictObject({
      ...target,
      options: z
        .array(PollOption)
        .max(limits.pollOptions)
        .refine((options) => new Set(options).size === options.length, 'names an option twice'),
    }),
    output: z.object({ message: MessageRecord }),
    errors: ['not_found', 'forbidden', 'conflict'],
    http: { method: 'PUT', path: `${messagePath}/votes` },
    rate: 'write',
  }),
  closePoll: command({
    summary: 'End a poll: by its author, or an admin. Nobody votes any more; what was chosen stays.',
    input: z.strictObject(target),
    output: z.object({ message: MessageRecord }),
    errors: ['not_found', 'forbidden', 'conflict'],
    http: { method: 'POST', path: `${messagePath}/close` },
    rate: 'write',
  }),
  getPollVotes: command({
    summary: 'Who chose an option of a poll, newest first. Anonymous polls tell nobody.',
    input: z.strictObject({ ...target, option: PollOption, cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({
      votes: z.array(z.object({ userId: Id, at: Time })),
      users: z.array(User),
      next: Cursor.nullable(),
    }),
    errors: ['not_found', 'forbidden', 'conflict'],
    http: { method: 'GET', path: `${messagePath}/votes/{option}` },
    rate: 'read',
  }),
  pinMessage: command({
    summary: 'Keep a message at the top for everyone: in channels by admins, elsewhere by every member.',
    input: z.strictObject(target),
    output: z.object({ message: MessageRecord }),
    errors: ['not_found', 'forbidden', 'conflict', 'limit_reached'],
    http: { method: 'PUT', path: `${messagePath}/pin` },
    rate: 'write',
  }),
  unpinMessage: command({
    summary: 'Take a message from the top again, whoever pinned it.',
    input: z.strictObject(target),
    output: z.object({ message: MessageRecord }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'DELETE', path: `${messagePath}/pin` },
    rate: 'write',
  }),
  listPins: command({
    summary: 'Pinned messages, the latest of the conversation first.',
    input: z.strictObject({ conversationId: Id, cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({
      messages: z.array(MessageRecord),
      users: z.array(User),
      next: Cursor.nullable(),
      /** The list is as it stood at this revision. */
      rev: Rev,
    }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: '/conversations/{conversationId}/pins' },
    rate: 'read',
  }),
} as const;
