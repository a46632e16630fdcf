import { z } from 'zod';
import { limits } from '../limits.ts';
import { NotificationSettings, PrivacySettings, QuietHours, SettingsRecord } from '../own.ts';
import { PresenceSetting, User } from '../records.ts';
import {
  Cursor,
  customEmojiName,
  Emoji,
  Id,
  isVisible,
  Line,
  Lines,
  Name,
  PageSize,
  Rev,
  Text,
  Time,
  Username,
} from '../scalars.ts';
import { command } from './command.ts';

const Session = z.object({
  id: z.string(),
  createdAt: Time,
  lastSeenAt: Time,
  expiresAt: Time,
  /** As the browser or SDK called itself when signing in. */
  userAgent: z.string().nullable(),
  address: z.string().nullable(),
  /** The one that asks. */
  current: z.boolean(),
});

const StatusInput = z
  .strictObject({
    emoji: Emoji.optional(),
    text: Line(limits.statusLength).default(''),
    until: Time.optional(),
  })
  .refine(({ emoji, text }) => emoji !== undefined || isVisible(text), {
    path: ['text'],
    message: 'must not be empty without an emoji',
  })
  // Not everybody who sees it knows the custom ones by heart.
  .refine(({ emoji }) => emoji === undefined || customEmojiName(emoji) === null, {
    path: ['emoji'],
    message: 'must be one of the emoji everybody has',
  });

export const accountCommands = {
  getMe: command({
    summary: 'Who is signed in, with settings.',
    input: z.strictObject({}),
    output: z.object({
      user: User,
      settings: SettingsRecord,
      sessionId: z.string(),
      rev: Rev,
      /** Of a guest: when their stay ends. */
      guestUntil: Time.optional(),
    }),
    errors: [],
    http: { method: 'GET', path: '/me' },
    rate: 'read',
  }),
  updateProfile: command({
    summary:
      'Change how others see one: name, username (which one signs in with, at most once an hour), words about oneself, status, picture. What is not given stays; null removes.',
    input: z.strictObject({
      displayName: Name(limits.nameLength).optional(),
      username: Username.optional(),
      bio: Lines(limits.bioLength).optional(),
      status: StatusInput.nullable().optional(),
      /** An uploaded image of one’s own, of the purpose `avatar`. */
      avatar: Id.nullable().optional(),
    }),
    output: z.object({ user: User }),
    errors: ['not_found', 'conflict', 'limit_reached'],
    http: { method: 'PATCH', path: '/me' },
    rate: 'write',
  }),
  updateSettings: command({
    summary: 'Change one’s own settings, on all devices. What is not given stays.',
    input: z.strictObject({
      presence: PresenceSetting.optional(),
      notifications: NotificationSettings.extend({ quietHours: QuietHours.strict().nullable() })
        .partial()
        .strict()
        .optional(),
      privacy: PrivacySettings.partial().strict().optional(),
    }),
    output: z.object({ settings: SettingsRecord }),
    errors: [],
    http: { method: 'PATCH', path: '/me/settings' },
    rate: 'write',
  }),
  listSessions: command({
    summary: 'Where this person is signed in, the most recently used first.',
    input: z.strictObject({}),
    output: z.object({ sessions: z.array(Session) }),
    errors: [],
    http: { method: 'GET', path: '/me/sessions' },
    rate: 'read',
  }),
  revokeSession: command({
    summary: 'End a session of one’s own; its sockets close at once.',
    input: z.strictObject({ sessionId: Text(64, 1) }),
    output: z.object({}),
    errors: ['not_found'],
    http: { method: 'DELETE', path: '/me/sessions/{sessionId}' },
    rate: 'write',
  }),
  revokeOtherSessions: command({
    summary: 'End every session of one’s own but this one.',
    input: z.strictObject({}),
    output: z.object({ revoked: z.int() }),
    errors: [],
    http: { method: 'POST', path: '/me/sessions/revoke-others' },
    rate: 'write',
  }),
  getUsers: command({
    summary: 'People by id; unknown ids are left out.',
    input: z.strictObject({ userIds: z.array(Id).min(1).max(limits.lookup) }),
    output: z.object({ users: z.array(User) }),
    errors: [],
    http: { method: 'GET', path: '/users-by-id' },
    rate: 'read',
  }),
  searchUsers: command({
    summary:
      'People whose name or username has a word that begins with the query; everybody without one. By name.',
    input: z.strictObject({
      query: Text(limits.queryLength).optional(),
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: z.object({ users: z.array(User), next: Cursor.nullable() }),
    errors: [],
    http: { method: 'GET', path: '/users' },
    rate: 'read',
  }),
} as const;
