import { z } from 'zod';
import { FileRules } from '../files.ts';
import { disappearAfter, limits } from '../limits.ts';
import {
  ConversationChange,
  ConversationRecord,
  Head,
  HistoryVisibility,
  MemberRecord,
  Role,
  User,
  Visibility,
} from '../records.ts';
import { Cursor, Id, Name, PageSize, Rev, Text } from '../scalars.ts';
import { command } from './command.ts';

const one = { conversationId: Id };
const path = '/conversations/{conversationId}';
const Topic = Text(limits.topicLength);
const Query = Text(limits.queryLength);
const userIds = z.array(Id).max(limits.addMembers);
const headAndUsers = z.object({ head: Head, users: z.array(User) });

const Changes = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('changes'),
    records: z.array(ConversationChange),
    users: z.array(User),
    /** Everything up to here is told. */
    rev: Rev,
    more: z.boolean(),
  }),
  z.object({ type: z.literal('reset'), rev: Rev }),
]);

export const conversationCommands = {
  sync: command({
    summary:
      'The heads of every conversation that changed since `cursor` (all of them without one), in pages: ask again with `next` until it is null, then keep `cursor` for the next connection (S6).',
    input: z.strictObject({ cursor: Cursor.optional(), next: Cursor.optional() }),
    output: z.object({
      heads: z.array(Head),
      users: z.array(User),
      /** Conversations this person is no longer in. */
      left: z.array(MemberRecord),
      /** Whether this answers everything, so that what is not in it is gone. */
      full: z.boolean(),
      next: Cursor.nullable(),
      cursor: Cursor,
    }),
    errors: [],
    http: { method: 'GET', path: '/sync' },
    rate: 'read',
  }),
  getHeads: command({
    summary: 'The heads of these conversations; those the person is not in are left out.',
    input: z.strictObject({ conversationIds: z.array(Id).min(1).max(limits.lookup) }),
    output: z.object({ heads: z.array(Head), users: z.array(User) }),
    errors: [],
    http: { method: 'GET', path: '/heads' },
    rate: 'read',
  }),
  changes: command({
    summary:
      'The latest state of every record changed after `since`, in order of `rev` (S2). Ask again from `rev` while `more`. `reset`: too far; start anew from the end.',
    input: z.strictObject({ ...one, since: Rev, limit: PageSize }),
    output: Changes,
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: `${path}/changes` },
    rate: 'read',
  }),
  catchUp: command({
    summary:
      'The `changes` of several conversations in one answer, in the order asked: what a device wants after it was away. `changes` is null where the conversation is not the caller’s to see (any more). Those at the end that are not answered did not fit: ask for them again.',
    input: z.strictObject({
      conversations: z
        .array(z.strictObject({ ...one, since: Rev }))
        .min(1)
        .max(limits.catchUp)
        .refine((all) => new Set(all.map(({ conversationId }) => conversationId)).size === all.length, {
          message: 'names a conversation twice',
        }),
    }),
    output: z.object({
      answers: z.array(z.object({ ...one, changes: Changes.nullable() })),
    }),
    errors: [],
    http: { method: 'POST', path: '/changes' },
    rate: 'read',
  }),
  openDirect: command({
    summary:
      'The direct conversation with a person (oneself included), made with `conversationId` unless there is one. Apps show it to the other person with the first message.',
    input: z.strictObject({ ...one, userId: Id }),
    output: headAndUsers,
    errors: ['not_found', 'conflict', 'limit_reached'],
    http: { method: 'POST', path: '/direct' },
    rate: 'invite',
  }),
  createConversation: command({
    summary:
      'Make a group or a channel. Repeating it with the same `conversationId` returns the first result (S7).',
    input: z.discriminatedUnion('kind', [
      z.strictObject({
        ...one,
        kind: z.literal('group'),
        name: Name(limits.nameLength),
        userIds,
        history: HistoryVisibility.default('joined'),
      }),
      z.strictObject({
        ...one,
        kind: z.literal('channel'),
        name: Name(limits.nameLength),
        topic: Topic.default(''),
        userIds: userIds.default([]),
        visibility: Visibility.default('public'),
        history: HistoryVisibility.default('all'),
      }),
    ]),
    output: headAndUsers,
    errors: ['not_found', 'forbidden', 'conflict', 'limit_reached'],
    http: { method: 'POST', path: '/conversations' },
    rate: 'invite',
  }),
  updateConversation: command({
    summary:
      'Rename, set the topic and the picture, open or close a channel, choose what new members see, let messages disappear, say what files may be sent. In direct conversations only the last, by either of the two.',
    input: z.strictObject({
      ...one,
      name: Name(limits.nameLength).optional(),
      topic: Topic.optional(),
      /** An uploaded image of the caller’s own, of the purpose `avatar`; null removes. */
      avatar: Id.nullable().optional(),
      visibility: Visibility.optional(),
      history: HistoryVisibility.optional(),
      /** Seconds; 0: messages stay. Holds for those sent from then on. */
      disappearAfter: z.literal([...disappearAfter]).optional(),
      /** Null: no rules of its own. */
      files: FileRules.nullable().optional(),
    }),
    output: z.object({ conversation: ConversationRecord }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'PATCH', path },
    rate: 'write',
  }),
  listChannels: command({
    summary: 'Public channels, by name, whether joined or not.',
    input: z.strictObject({ query: Query.optional(), cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({
      channels: z.array(ConversationRecord.extend({ joined: z.boolean() })),
      next: Cursor.nullable(),
    }),
    errors: [],
    http: { method: 'GET', path: '/channels' },
    rate: 'read',
  }),
  listCommon: command({
    summary: 'Groups and channels that both you and this person are in, by name.',
    input: z.strictObject({ userId: Id, cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({ conversations: z.array(ConversationRecord), next: Cursor.nullable() }),
    errors: [],
    http: { method: 'GET', path: '/users/{userId}/conversations' },
    rate: 'read',
  }),
  joinChannel: command({
    summary: 'Join a public channel.',
    input: z.strictObject(one),
    output: headAndUsers,
    errors: ['not_found', 'limit_reached'],
    http: { method: 'POST', path: `${path}/join` },
    rate: 'write',
  }),
  leaveConversation: command({
    summary: 'Leave a group or channel. An owner hands it over first, unless nobody else is in it.',
    input: z.strictObject(one),
    output: z.object({ membership: MemberRecord }),
    errors: ['not_found', 'forbidden', 'conflict'],
    http: { method: 'POST', path: `${path}/leave` },
    rate: 'write',
  }),
} as const;

export const memberCommands = {
  listMembers: command({
    summary: 'Who is in a conversation: owner and admins first, then by name.',
    input: z.strictObject({ ...one, query: Query.optional(), cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({ members: z.array(MemberRecord), users: z.array(User), next: Cursor.nullable() }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'GET', path: `${path}/members` },
    rate: 'read',
  }),
  addMembers: command({
    summary: 'Add people. Those already in it stay as they are.',
    input: z.strictObject({ ...one, userIds: userIds.min(1) }),
    output: z.object({ members: z.array(MemberRecord) }),
    errors: ['not_found', 'forbidden', 'limit_reached'],
    http: { method: 'POST', path: `${path}/members` },
    rate: 'invite',
  }),
  removeMember: command({
    summary: 'Remove somebody of a lower role.',
    input: z.strictObject({ ...one, userId: Id }),
    output: z.object({ membership: MemberRecord }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'DELETE', path: `${path}/members/{userId}` },
    rate: 'write',
  }),
  setMemberRole: command({
    summary: 'Make somebody an admin, or an ordinary member again.',
    input: z.strictObject({ ...one, userId: Id, role: Role.exclude(['owner']) }),
    output: z.object({ membership: MemberRecord }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'PATCH', path: `${path}/members/{userId}` },
    rate: 'write',
  }),
  transferOwnership: command({
    summary: 'Hand the conversation over; the former owner becomes an admin.',
    input: z.strictObject({ ...one, userId: Id }),
    output: z.object({ members: z.array(MemberRecord) }),
    errors: ['not_found', 'forbidden'],
    http: { method: 'POST', path: `${path}/owner` },
    rate: 'write',
  }),
} as const;
