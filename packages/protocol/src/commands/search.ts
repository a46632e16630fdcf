import { z } from 'zod';
import { limits } from '../limits.ts';
import { MessageRecord, User } from '../records.ts';
import { Cursor, Id, PageSize, Seq, Text, Time } from '../scalars.ts';
import { command } from './command.ts';

/** What a message was found by. */
const SearchHit = z.object({
  message: MessageRecord,
  /** What to highlight in its text: pairs of start and end in UTF-16 units, in order, not overlapping. */
  ranges: z.array(z.tuple([z.int().min(0), z.int().min(0)])),
});

export const searchCommands = {
  searchMessages: command({
    summary:
      'Messages that fit a query, newest first, among those the caller may see. A query is words, "phrases", -without, and the operators from:, in:, has:, before:, after: and on:. A message is found a second or two after it was sent.',
    input: z.strictObject({
      query: Text(limits.searchLength, 1),
      /** Only in this conversation. */
      conversationId: Id.optional(),
      /** An IANA name such as `Europe/Berlin`: where the days of the query begin. UTC without it. */
      timeZone: Text(64, 1).optional(),
      cursor: Cursor.optional(),
      limit: z.int().min(1).max(limits.searchPageMax).optional(),
    }),
    output: z.object({
      hits: z.array(SearchHit),
      /** How many there are, where it was counted: not when there are many. */
      total: z.int().min(0).nullable(),
      /** Nothing was found as it is written: these are found by words that are spelled much like it. */
      corrected: z.boolean(),
      users: z.array(User),
      next: Cursor.nullable(),
    }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: '/search' },
    rate: 'search',
  }),
  getMentions: command({
    summary: 'Messages of others that mention the caller or everyone, in order of `seq`, after a place.',
    input: z.strictObject({ conversationId: Id, after: Seq, limit: PageSize }),
    output: z.object({ messages: z.array(MessageRecord), users: z.array(User) }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: '/conversations/{conversationId}/mentions' },
    rate: 'read',
  }),
  findDate: command({
    summary: 'The first message of a conversation at a time or after it; the last one when there is none.',
    input: z.strictObject({ conversationId: Id, at: Time }),
    /** Null: nothing there is visible. */
    output: z.object({ place: z.object({ messageId: Id, seq: Seq }).nullable() }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: '/conversations/{conversationId}/at' },
    rate: 'read',
  }),
} as const;
