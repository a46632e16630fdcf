/** Guests: who came by a link, with a name and nothing else, for some time. */
import { z } from 'zod';
import { limits } from '../limits.ts';
import { User } from '../records.ts';
import { Cursor, Id, PageSize, Time } from '../scalars.ts';
import { command } from './command.ts';

const Guest = z.object({
  user: User,
  /** Who made the link that they came by. */
  invitedBy: Id,
  since: Time,
  /** From then on they are out. */
  until: Time,
  /** How many conversations they are in. */
  conversations: z.int(),
});

export const guestCommands = {
  listGuests: command({
    summary:
      'Guests who are here now, the newest first: all of them for the tenant’s owner and admins, for others those they have invited.',
    input: z.strictObject({ cursor: Cursor.optional(), limit: PageSize }),
    output: z.object({
      guests: z.array(Guest),
      /** Who invited them. */
      users: z.array(User),
      next: Cursor.nullable(),
    }),
    errors: ['forbidden'],
    http: { method: 'GET', path: '/guests' },
    rate: 'read',
  }),
  updateGuest: command({
    summary: `How long a guest may stay, for the tenant’s owner and admins and for who has invited them: until some time to come, ${limits.guestSecondsMax / 86_400} days from now at most.`,
    input: z.strictObject({ userId: Id, until: Time }),
    output: z.object({ until: Time }),
    errors: ['not_found', 'forbidden', 'bad_input'],
    http: { method: 'PATCH', path: '/guests/{userId}' },
    rate: 'write',
  }),
  endGuest: command({
    summary:
      'A guest is out now: their sessions end, and they leave all groups and channels. What they have written stays.',
    input: z.strictObject({ userId: Id }),
    output: z.object({}),
    errors: ['not_found', 'forbidden'],
    http: { method: 'DELETE', path: '/guests/{userId}' },
    rate: 'write',
  }),
} as const;
