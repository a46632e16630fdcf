/** The number one signs in by: proven by a code that a text message brings. */
import { z } from 'zod';
import { limits } from '../limits.ts';
import { Text, Time } from '../scalars.ts';
import { command } from './command.ts';
import { Code } from './security.ts';

/** As people type it: with its country, or as it is dialled in `region`. Which numbers there are, the server knows. */
export const PhoneTyped = Text(limits.phoneTyped, 1);

/** Where the browser is set to be, as two letters: `DE`. */
export const Region = z
  .string()
  .regex(/^[A-Za-z]{2}$/, 'must be two letters, such as DE')
  .optional();

const Phone = z.object({
  /** With most of its digits hidden. */
  shown: z.string(),
  /** When a code that went there came back. */
  provenAt: Time,
});

export const phoneCommands = {
  getPhone: command({
    summary: 'The number one signs in by, if any.',
    input: z.strictObject({}),
    output: z.object({
      phone: Phone.nullable(),
      /** Whether this server sends text messages. */
      works: z.boolean(),
    }),
    errors: ['not_found'],
    http: { method: 'GET', path: '/me/phone' },
    rate: 'read',
  }),
  changePhone: command({
    summary:
      'Begin to sign in by a number: a code goes there, which `confirmPhone` takes. The answer is the same for a number that another account has.',
    input: z.strictObject({ phone: PhoneTyped, region: Region }),
    output: z.object({
      ticket: z.string(),
      expiresAt: Time,
      /** The number, as it was understood. */
      phone: z.string(),
    }),
    errors: ['confirmation_required', 'not_found'],
    http: { method: 'POST', path: '/me/phone' },
    rate: 'write',
  }),
  confirmPhone: command({
    summary:
      'The code that `changePhone` sent; a ticket takes five tries. A number of another account moves here, unless it is the only way into that.',
    input: z.strictObject({ ticket: Text(limits.ticketLength, 1), code: Code }),
    output: z.object({ phone: Phone }),
    errors: ['not_found', 'conflict'],
    http: { method: 'POST', path: '/me/phone/confirm' },
    rate: 'write',
  }),
  removePhone: command({
    summary: 'The number is no way in any more. The last way in stays.',
    input: z.strictObject({}),
    output: z.object({}),
    errors: ['confirmation_required', 'not_found', 'conflict'],
    http: { method: 'DELETE', path: '/me/phone' },
    rate: 'write',
  }),
} as const;
