/** What a host's backend may do in its tenant with an API key, below `/v1/admin`. People go by the names the host knows them by. */
import { z } from 'zod';
import { type CallOutput, type CallSpec, call } from './calls.ts';
import { MessagesAfter } from './commands/security.ts';
import { PictureUrl, Sub } from './hostTokens.ts';
import { limits } from './limits.ts';
import { ConversationRecord, MessageRecord, User } from './records.ts';
import { Cursor, Id, Name, PageSize, Seq, Text, Time } from './scalars.ts';

export const apiScopes = [
  'people:read',
  'people:write',
  'conversations:read',
  'conversations:write',
  'messages:read',
  'messages:send',
] as const;
export const ApiScope = z.enum(apiScopes);
export type ApiScope = z.output<typeof ApiScope>;

interface AdminSpec extends CallSpec {
  /** What a key needs for it. */
  readonly scope: ApiScope;
}

const admin = <S extends AdminSpec>(spec: S): S => spec;

/** People named at once. */
const BATCH = 100;
const Subs = z.array(Sub).min(1).max(BATCH);
const Conversation = { conversationId: Id };

export const adminCalls = {
  upsertPeople: admin({
    ...call({
      summary: 'Make people, or change them. What is not given stays.',
      input: z.strictObject({
        people: z
          .array(
            z.strictObject({
              sub: Sub,
              name: Name(limits.nameLength).optional(),
              role: z.enum(['member', 'admin']).optional(),
              /** Where their picture is; null: none. It is fetched soon. */
              picture: PictureUrl.nullable().optional(),
            }),
          )
          .min(1)
          .max(BATCH),
      }),
      output: z.object({ people: z.array(z.object({ sub: z.string(), userId: Id })) }),
      errors: ['limit_reached'],
      http: { method: 'PUT', path: '/admin/people' },
    }),
    scope: 'people:write',
  }),
  listPeople: admin({
    ...call({
      summary: 'All people of the tenant that the host knows, by sub.',
      input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
      output: z.object({
        people: z.array(z.object({ sub: z.string(), user: User })),
        next: Cursor.nullable(),
      }),
      errors: [],
      http: { method: 'GET', path: '/admin/people' },
    }),
    scope: 'people:read',
  }),
  revokePerson: admin({
    ...call({
      summary: 'End all sessions of a person; tokens issued up to now are refused.',
      input: z.strictObject({ sub: Sub }),
      output: z.object({ revoked: z.int() }),
      errors: ['not_found'],
      http: { method: 'POST', path: '/admin/people/revoke' },
    }),
    scope: 'people:write',
  }),
  deletePerson: admin({
    ...call({
      summary:
        'Delete a person for good, at once: sessions end, tokens issued up to now are refused, and a later one of the same sub makes somebody new. What they wrote stays, by a deleted account, or is deleted for everyone; that may take some time.',
      input: z.strictObject({ sub: Sub, messages: MessagesAfter }),
      output: z.object({ userId: Id }),
      errors: ['not_found'],
      http: { method: 'POST', path: '/admin/people/delete' },
    }),
    scope: 'people:write',
  }),
  openConversation: admin({
    ...call({
      summary:
        'Make a group or channel of these people. The id is the caller’s: asking again answers the same. Without an owner it belongs to the service itself.',
      input: z.strictObject({
        ...Conversation,
        kind: z.enum(['group', 'channel']).default('group'),
        name: Name(limits.nameLength),
        owner: Sub.optional(),
        members: z.array(Sub).max(BATCH).default([]),
      }),
      output: z.object({ conversation: ConversationRecord }),
      errors: ['not_found', 'conflict', 'limit_reached'],
      http: { method: 'POST', path: '/admin/conversations' },
    }),
    scope: 'conversations:write',
  }),
  listConversations: admin({
    ...call({
      summary: 'All groups and channels of the tenant, by id.',
      input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
      output: z.object({ conversations: z.array(ConversationRecord), next: Cursor.nullable() }),
      errors: [],
      http: { method: 'GET', path: '/admin/conversations' },
    }),
    scope: 'conversations:read',
  }),
  addPeople: admin({
    ...call({
      summary: 'Let people into a group or channel. Those who are in stay in.',
      input: z.strictObject({ ...Conversation, members: Subs }),
      output: z.object({ added: z.int() }),
      errors: ['not_found', 'limit_reached'],
      http: { method: 'POST', path: '/admin/conversations/{conversationId}/members' },
    }),
    scope: 'conversations:write',
  }),
  removePeople: admin({
    ...call({
      summary: 'Take people out of a group or channel.',
      input: z.strictObject({ ...Conversation, members: Subs }),
      output: z.object({ removed: z.int() }),
      errors: ['not_found', 'conflict'],
      http: { method: 'POST', path: '/admin/conversations/{conversationId}/members/remove' },
    }),
    scope: 'conversations:write',
  }),
  postMessage: admin({
    ...call({
      summary:
        'Say something in a group or channel: as the service, or as a person who is in it. The id is the caller’s: asking again answers the same.',
      input: z.strictObject({
        ...Conversation,
        messageId: Id,
        text: Text(limits.textLength, 1),
        as: Sub.optional(),
      }),
      output: z.object({ messageId: Id, seq: Seq, createdAt: Time }),
      errors: ['not_found', 'forbidden', 'conflict', 'limit_reached'],
      http: { method: 'POST', path: '/admin/conversations/{conversationId}/messages' },
    }),
    scope: 'messages:send',
  }),
  exportMessages: admin({
    ...call({
      summary: 'All messages of a group or channel, in order, from after a seq on.',
      input: z.strictObject({ ...Conversation, after: Seq.default(0), limit: PageSize }),
      output: z.object({ messages: z.array(MessageRecord), next: Seq.nullable() }),
      errors: ['not_found'],
      http: { method: 'GET', path: '/admin/conversations/{conversationId}/messages' },
    }),
    scope: 'messages:read',
  }),
} as const satisfies Record<string, AdminSpec>;

export type AdminCalls = typeof adminCalls;
export type AdminCall = keyof AdminCalls;
export type AdminOutput<N extends AdminCall> = CallOutput<AdminCalls, N>;
