/** What people do who come by a token of their host. */
import { z } from 'zod';
import { HostToken } from '../hostTokens.ts';
import { Time } from '../scalars.ts';
import { command } from './command.ts';

export const embedCommands = {
  refreshToken: command({
    summary:
      'A fresh token of the same person, from the host: this session goes on until its end. For sessions that began with one.',
    input: z.strictObject({ token: HostToken }),
    output: z.object({ expiresAt: Time }),
    errors: ['forbidden', 'conflict'],
    http: { method: 'POST', path: '/me/token' },
    rate: 'write',
  }),
} as const;
