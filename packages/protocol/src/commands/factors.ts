/** What is shown besides a password: the code of an authenticator app, a passkey, a recovery code; and who must have one. */
import { z } from 'zod';
import { limits } from '../limits.ts';
import { NewPasskey, PasskeyCreation, PasskeyRequest } from '../passkeys.ts';
import { Id, Name, Text, Time } from '../scalars.ts';
import { command } from './command.ts';
import { Code } from './security.ts';

/** Shown once; null where the account has some already. */
const NewCodes = z.array(z.string()).nullable();

const Passkey = z.object({
  id: Id,
  name: z.string(),
  createdAt: Time,
  usedAt: Time.nullable(),
  /** Whether its maker keeps a copy: it outlives the device. */
  backedUp: z.boolean(),
});

const Factors = z.object({
  /** Since when an authenticator app is set up. */
  totp: Time.nullable(),
  passkeys: z.array(Passkey),
  /** Not used yet. */
  recoveryCodes: z.int(),
  /** Whether the tenant asks for one. */
  required: z.boolean(),
});

/** Of whom a second factor is asked. */
const Demand = z.enum(['off', 'admins', 'everyone']);
const TenantSecurity = z.object({ secondFactor: Demand });

const Ticket = Text(limits.ticketLength, 1);
const PasskeyName = Name(limits.passkeyNameLength);

export const factorCommands = {
  getFactors: command({
    summary: 'Which second factors one has set up.',
    input: z.strictObject({}),
    output: Factors,
    errors: ['not_found'],
    http: { method: 'GET', path: '/me/factors' },
    rate: 'read',
  }),
  beginTotp: command({
    summary:
      'A secret for an authenticator app (TOTP: six digits, 30 seconds, SHA-1). It counts once `confirmTotp` has shown that the app has it.',
    input: z.strictObject({}),
    output: z.object({
      /** Base32, to be typed. */
      secret: z.string(),
      /** The same as `otpauth:`, to be drawn as a QR code. */
      uri: z.string(),
    }),
    errors: ['confirmation_required', 'conflict', 'not_found'],
    http: { method: 'POST', path: '/me/factors/totp' },
    rate: 'write',
  }),
  confirmTotp: command({
    summary:
      'The code that the app shows. From now on signing in asks for one. With the first factor of an account come recovery codes, and all its other sessions end.',
    input: z.strictObject({ code: Code }),
    output: z.object({ recoveryCodes: NewCodes }),
    errors: ['confirmation_required', 'conflict', 'not_found'],
    http: { method: 'POST', path: '/me/factors/totp/confirm' },
    rate: 'write',
  }),
  removeTotp: command({
    summary: 'The authenticator app is asked for no more. With the last factor go the recovery codes.',
    input: z.strictObject({}),
    output: z.object({}),
    errors: ['confirmation_required', 'not_found'],
    http: { method: 'DELETE', path: '/me/factors/totp' },
    rate: 'write',
  }),
  renewRecoveryCodes: command({
    summary: 'Ten other recovery codes; those before are void.',
    input: z.strictObject({}),
    output: z.object({ recoveryCodes: z.array(z.string()) }),
    errors: ['confirmation_required', 'not_found'],
    http: { method: 'POST', path: '/me/factors/recovery-codes' },
    rate: 'write',
  }),
  beginPasskey: command({
    summary: 'Begin to add a passkey: what the browser needs to make one.',
    input: z.strictObject({}),
    output: z.object({ ticket: z.string(), expiresAt: Time, options: PasskeyCreation }),
    errors: ['confirmation_required', 'limit_reached', 'not_found'],
    http: { method: 'POST', path: '/me/passkeys/begin' },
    rate: 'write',
  }),
  addPasskey: command({
    summary:
      'The passkey that the browser made. It signs in without a password, and after one. With the first factor of an account come recovery codes, and all its other sessions end.',
    input: z.strictObject({ ticket: Ticket, passkey: NewPasskey, name: PasskeyName }),
    output: z.object({ passkey: Passkey, recoveryCodes: NewCodes }),
    errors: ['confirmation_required', 'conflict', 'limit_reached', 'not_found'],
    http: { method: 'POST', path: '/me/passkeys' },
    rate: 'write',
  }),
  renamePasskey: command({
    summary: 'Call a passkey something else.',
    input: z.strictObject({ passkeyId: Id, name: PasskeyName }),
    output: z.object({}),
    errors: ['confirmation_required', 'not_found'],
    http: { method: 'PATCH', path: '/me/passkeys/{passkeyId}' },
    rate: 'write',
  }),
  removePasskey: command({
    summary: 'A passkey signs in no more. With the last factor go the recovery codes.',
    input: z.strictObject({ passkeyId: Id }),
    output: z.object({}),
    errors: ['confirmation_required', 'not_found'],
    http: { method: 'DELETE', path: '/me/passkeys/{passkeyId}' },
    rate: 'write',
  }),
  beginPasskeyConfirm: command({
    summary: 'What the browser needs to ask for one of one’s passkeys, for `confirmIdentity`.',
    input: z.strictObject({}),
    output: z.object({ ticket: z.string(), expiresAt: Time, options: PasskeyRequest }),
    errors: ['not_found'],
    http: { method: 'POST', path: '/me/confirm/passkey' },
    rate: 'write',
  }),
  getTenantSecurity: command({
    summary: 'What the tenant asks of its people, for its owner and admins.',
    input: z.strictObject({}),
    output: TenantSecurity,
    errors: ['forbidden'],
    http: { method: 'GET', path: '/tenant/security' },
    rate: 'read',
  }),
  updateTenantSecurity: command({
    summary:
      'Of whom a second factor is asked, for the owner, who must have one. Whoever has none may do nothing before it is set up.',
    input: z.strictObject({ secondFactor: Demand }),
    output: TenantSecurity,
    errors: ['confirmation_required', 'forbidden', 'second_factor_required'],
    http: { method: 'PUT', path: '/tenant/security' },
    rate: 'write',
  }),
} as const;
