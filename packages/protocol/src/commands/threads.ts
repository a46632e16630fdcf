import { z } from 'zod';
import { MessageRecord, Thread, ThreadMark, User } from '../records.ts';
import { Cursor, Id, PageSize, Seq } from '../scalars.ts';
import { command } from './command.ts';

const target = { conversationId: Id, rootId: Id };
const path = '/conversations/{conversationId}/threads/{rootId}';

export const threadCommands = {
  listThreads: command({
    summary: 'The threads one follows, those with the newest replies first.',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({
      threads: z.array(Thread),
      users: z.array(User),
      /** Of all that are followed, how many have unread replies. */
      unread: z.int().min(0),
      next: Cursor.nullable(),
    }),
    errors: [],
    http: { method: 'GET', path: '/threads' },
    rate: 'read',
  }),
  getThread: command({
    summary:
      'The root of a thread and a page of its replies in order of `seq`: the newest, or those before, after or around a place. Give at most one of `before`, `after`, `around`.',
    input: z
      .strictObject({
        ...target,
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
      root: MessageRecord,
      replies: z.array(MessageRecord),
      /** Messages these reply to, as far as visible. */
      quoted: z.array(MessageRecord),
      users: z.array(User),
      mark: ThreadMark,
      /** No reply lies before, or after, this page. */
      atStart: z.boolean(),
      atEnd: z.boolean(),
    }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path },
    rate: 'read',
  }),
  followThread: command({
    summary:
      'Follow a thread, or no longer. Whoever wrote its root, replies or is mentioned in it follows it by itself.',
    input: z.strictObject({ ...target, following: z.boolean() }),
    output: z.object({ mark: ThreadMark }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'PUT', path: `${path}/following` },
    rate: 'write',
  }),
  markThreadRead: command({
    summary: 'The replies of a thread up to `seq` are read. A mark never goes back.',
    input: z.strictObject({ ...target, seq: Seq }),
    output: z.object({ mark: ThreadMark }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'PUT', path: `${path}/read` },
    rate: 'ephemeral',
  }),
} as const;
