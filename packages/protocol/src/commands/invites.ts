/** Who may come in by themselves, and links that lead others in. */
import { z } from 'zod';
import { isDomain, signUpPolicies } from '../joining.ts';
import { limits } from '../limits.ts';
import { Cursor, Id, Line, PageSize, Text, Time } from '../scalars.ts';
import { command } from './command.ts';
import { Email } from './security.ts';

const Domain = z
  .string()
  .max(limits.domainLength)
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.string().refine(isDomain, 'must be a domain such as example.org'));

export const InviteRole = z.enum(['member', 'guest']);

const InvitedBy = z.enum(['admins', 'members']);

const JoinPolicy = z.object({
  /** As it was chosen; null: as the server is configured. */
  signUp: z.enum(signUpPolicies).nullable(),
  /** With `domains`: whose addresses need no invitation. */
  domains: z.array(z.string()),
  /** Who makes invitations; null: members where anybody may come in, else admins. */
  inviteBy: InvitedBy.nullable(),
  /** What all this comes to. */
  effective: z.object({ signUp: z.enum(signUpPolicies), inviteBy: InvitedBy }),
  /** Whether addresses are proven here; where they are not, `domains` lets nobody in who signs up by password. */
  provesAddresses: z.boolean(),
});

const Invite = z.object({
  id: Id,
  /** What somebody without an account becomes by it. */
  role: InviteRole,
  /** How long each guest may stay; null: it is no invitation of guests. */
  guestSeconds: z.int().nullable(),
  madeBy: Id,
  createdAt: Time,
  /** What the link carries, for its maker as long as it is open: `/invite#<token>`. */
  token: z.string().nullable(),
  /** Where it leads, of what whoever asks is in. */
  conversationIds: z.array(Id),
  /** For this address alone. */
  email: z.string().nullable(),
  note: z.string(),
  maxUses: z.int().nullable(),
  uses: z.int(),
  expiresAt: Time.nullable(),
  /** `used_up`: as often as may be. */
  state: z.enum(['open', 'used_up', 'expired', 'revoked']),
});

export const inviteCommands = {
  getJoinPolicy: command({
    summary: 'Who may make an account here, and who may invite, for the tenant’s owner and admins.',
    input: z.strictObject({}),
    output: JoinPolicy,
    errors: ['forbidden'],
    http: { method: 'GET', path: '/tenant/joining' },
    rate: 'read',
  }),
  updateJoinPolicy: command({
    summary:
      'Who may make an account: everybody (`open`), who was invited (`invited`), besides them whoever proves an address of some domains (`domains`), or nobody (`closed`); and who may invite. What is not given stays; null: as the server is configured.',
    input: z.strictObject({
      signUp: z.enum(signUpPolicies).nullable().optional(),
      domains: z.array(Domain).max(limits.emailDomains).optional(),
      inviteBy: InvitedBy.nullable().optional(),
    }),
    output: JoinPolicy,
    errors: ['confirmation_required', 'forbidden', 'bad_input'],
    http: { method: 'PATCH', path: '/tenant/joining' },
    rate: 'write',
  }),
  createInvite: command({
    summary:
      'A link that leads people in, and into conversations to which one may add others; that is judged again when it is used. With an address it is mailed there, and good for nobody else.',
    input: z.strictObject({
      inviteId: Id,
      /** `guest`: whoever comes by it needs no account, only a name, and stays for some time in these conversations, one at least. */
      role: InviteRole.default('member'),
      /** For guests: how long each may stay, from when they come. */
      guestSeconds: z
        .int()
        .min(limits.guestSecondsMin)
        .max(limits.guestSecondsMax)
        .default(limits.guestSecondsDefault),
      conversationIds: z.array(Id).max(limits.inviteConversations).default([]),
      /** How many people it lets in; null: any number. With an address: one. */
      maxUses: z.int().min(1).max(limits.inviteUses).nullable().default(null),
      /** Null: until it is revoked. */
      expiresInSeconds: z
        .int()
        .min(limits.inviteSecondsMin)
        .max(limits.inviteSecondsMax)
        .nullable()
        .default(null),
      email: Email.optional(),
      /** For whoever looks through the list later. */
      note: Line(limits.inviteNoteLength).default(''),
    }),
    output: z.object({ invite: Invite }),
    errors: ['bad_input', 'conflict', 'forbidden', 'limit_reached', 'not_found'],
    http: { method: 'POST', path: '/invites' },
    rate: 'write',
  }),
  listInvites: command({
    summary: 'Invitations one has made, or all of the tenant, for its owner and admins; the newest first.',
    input: z.strictObject({
      of: z.enum(['me', 'everyone']).default('me'),
      cursor: Cursor.optional(),
      limit: PageSize,
    }),
    output: z.object({
      invites: z.array(Invite),
      next: Cursor.nullable(),
      /** Whether one may make any. */
      mayInvite: z.boolean(),
    }),
    errors: ['forbidden'],
    http: { method: 'GET', path: '/invites' },
    rate: 'read',
  }),
  revokeInvite: command({
    summary: 'A link leads nobody in any more: one’s own, or as an admin of the tenant anybody’s.',
    input: z.strictObject({ inviteId: Id }),
    output: z.object({}),
    errors: ['not_found'],
    http: { method: 'DELETE', path: '/invites/{inviteId}' },
    rate: 'write',
  }),
  acceptInvite: command({
    summary:
      'What a link leads to, for somebody who has an account: its conversations. Those who were removed from one stay out of it.',
    input: z.strictObject({ token: Text(limits.ticketLength, 1) }),
    output: z.object({
      /** Those that one is in now. */
      conversationIds: z.array(Id),
    }),
    errors: ['not_found'],
    http: { method: 'POST', path: '/invites/accept' },
    rate: 'write',
  }),
} as const;
