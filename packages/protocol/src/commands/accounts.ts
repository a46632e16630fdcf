import { z } from 'zod';
import { limits } from '../limits.ts';
import { PresenceSetting, SettingsRecord, User, UserChange } from '../records.ts';
import { Cursor, Id, Name, PageSize, Rev, Text, Time } from '../scalars.ts';
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

export const accountCommands = {
  getMe: command({
    summary: 'Who is signed in, with settings.',
    input: z.strictObject({}),
    output: z.object({ user: User, settings: SettingsRecord, sessionId: z.string() }),
    errors: [],
    http: { method: 'GET', path: '/me' },
    rate: 'read',
  }),
  getMyChanges: command({
    summary: 'What changed of one’s own things after `since` (S5).',
    input: z.strictObject({ since: Rev }),
    output: z.object({ records: z.array(UserChange), rev: Rev }),
    errors: [],
    http: { method: 'GET', path: '/me/changes' },
    rate: 'read',
  }),
  updateProfile: command({
    summary: 'Change one’s own display name.',
    input: z.strictObject({ displayName: Name(limits.nameLength) }),
    output: z.object({ user: User }),
    errors: [],
    http: { method: 'PATCH', path: '/me' },
    rate: 'write',
  }),
  updateSettings: command({
    summary: 'Change one’s own settings, on all devices.',
    input: z.strictObject({ presence: PresenceSetting.optional() }),
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
