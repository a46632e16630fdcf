/** What keeps an account one's own: the address and the password, proofs that it is oneself, and what happened. */
import { z } from 'zod';
import { limits } from '../limits.ts';
import { PasskeyAnswer } from '../passkeys.ts';
import { Cursor, Id, PageSize, Text, Time } from '../scalars.ts';
import { securityEventKinds } from '../securityEvents.ts';
import { command } from './command.ts';

/** As it is kept: without spaces around it, in lower case. */
export const Email = z
  .string()
  .max(limits.emailLength)
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.email('must be an email address'))
  .meta({ format: 'email' });

/** Digits that were sent; people type them with a space in the middle. */
export const Code = z
  .string()
  .max(20)
  .transform((value) => value.replace(/[\s-]/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'must be six digits'));

const Account = z.object({
  /** Null: one came by one's number, and has told none. */
  email: z.string().nullable(),
  /** Whether a code that went there came back. */
  emailVerified: z.boolean(),
  /** Until then what is dear may be changed; null: `confirmIdentity` first. */
  confirmedUntil: Time.nullable(),
  /** Whether this server sends mail. */
  mail: z.boolean(),
  /** When the account is deleted for good; null: never. */
  deletionAt: Time.nullable(),
});

/** What becomes of what one has written: it stays, by nobody any more, or is deleted for everyone. */
export const MessagesAfter = z.enum(['keep', 'delete']);

const SecurityEvent = z.object({
  id: Id,
  kind: z.enum(securityEventKinds),
  at: Time,
  /** Whose account it was about. */
  userId: Id,
  address: z.string().nullable(),
  /** As the browser or SDK called itself. */
  userAgent: z.string().nullable(),
});

const AccountLink = z.object({
  id: Id,
  /** The service, as its settings here call it. */
  provider: z.string(),
  /** What it is called; its id, when this server no longer knows it. */
  name: z.string(),
  /** Whose account there: an address or a name; null: it said neither. */
  label: z.string().nullable(),
  linkedAt: Time,
});

export const securityCommands = {
  getAccount: command({
    summary: 'How one signs in here.',
    input: z.strictObject({}),
    output: Account,
    errors: ['not_found'],
    http: { method: 'GET', path: '/me/account' },
    rate: 'read',
  }),
  confirmIdentity: command({
    summary:
      'Show that it is still oneself, with the password or a passkey (see `beginPasskeyConfirm`). For ten minutes, this session may then change what is dear; so may one that has just signed in.',
    input: z.union([
      z.strictObject({ password: Text(limits.passwordMax, 1) }),
      z.strictObject({ ticket: Text(limits.ticketLength, 1), passkey: PasskeyAnswer }),
    ]),
    output: z.object({ confirmedUntil: Time }),
    errors: ['not_found'],
    http: { method: 'POST', path: '/me/confirm' },
    rate: 'write',
  }),
  changePassword: command({
    summary: 'Another password. All other sessions of the account end.',
    input: z.strictObject({ password: Text(limits.passwordMax, 1) }),
    output: z.object({ revoked: z.int() }),
    errors: ['confirmation_required', 'not_found'],
    http: { method: 'PUT', path: '/me/password' },
    rate: 'write',
  }),
  deleteAccount: command({
    summary:
      'Have one’s account deleted in some days (`deletionDays`). Until then nothing is gone, `keepAccount` or the mailed link takes it back, and sessions may do nothing else. All other sessions end. Asking again changes nothing.',
    input: z.strictObject({ messages: MessagesAfter }),
    output: z.object({ deletionAt: Time }),
    errors: ['confirmation_required', 'not_found', 'forbidden'],
    http: { method: 'POST', path: '/me/account/delete' },
    rate: 'write',
  }),
  keepAccount: command({
    summary: 'The account stays, with everything in it.',
    input: z.strictObject({}),
    output: z.object({}),
    errors: ['not_found'],
    http: { method: 'POST', path: '/me/account/keep' },
    rate: 'write',
  }),
  changeEmail: command({
    summary:
      'Begin to change the address one signs in with, or to prove the present one: a code goes there, which `confirmEmail` takes. The answer is the same for an address that somebody else has.',
    input: z.strictObject({ email: Email }),
    output: z.object({ ticket: z.string(), expiresAt: Time }),
    errors: ['confirmation_required', 'not_found'],
    http: { method: 'POST', path: '/me/email' },
    rate: 'write',
  }),
  confirmEmail: command({
    summary: 'The code that `changeEmail` sent. A ticket takes five tries.',
    input: z.strictObject({ ticket: Text(limits.ticketLength, 1), code: Code }),
    output: z.object({ email: z.string() }),
    errors: ['not_found', 'conflict'],
    http: { method: 'POST', path: '/me/email/confirm' },
    rate: 'write',
  }),
  listSecurityEvents: command({
    summary:
      'What happened to one’s account, the newest first; to all accounts of the tenant, for its owner and admins.',
    input: z.strictObject({
      of: z.enum(['me', 'everyone']).default('me'),
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: z.object({ events: z.array(SecurityEvent), next: Cursor.nullable() }),
    errors: ['forbidden'],
    http: { method: 'GET', path: '/me/security-events' },
    rate: 'read',
  }),
  listLinks: command({
    summary: 'Accounts at other services that one signs in by.',
    input: z.strictObject({}),
    output: z.object({ links: z.array(AccountLink) }),
    errors: ['not_found'],
    http: { method: 'GET', path: '/me/links' },
    rate: 'read',
  }),
  beginLink: command({
    summary:
      'Begin to connect an account at another service: a path of this server that the browser with this session goes to, once, within ten minutes.',
    input: z.strictObject({ provider: Text(limits.providerLength, 1) }),
    output: z.object({ url: z.string() }),
    errors: ['confirmation_required', 'not_found'],
    http: { method: 'POST', path: '/me/links' },
    rate: 'write',
  }),
  unlink: command({
    summary: 'An account at another service is no way in any more. The last way in stays.',
    input: z.strictObject({ linkId: Id }),
    output: z.object({}),
    errors: ['confirmation_required', 'not_found', 'conflict'],
    http: { method: 'DELETE', path: '/me/links/{linkId}' },
    rate: 'write',
  }),
} as const;
