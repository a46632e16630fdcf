/** What comes before there is a session: forms, and what the server answers, below `/v1/auth`. */
import { z } from 'zod';
import { InviteRole } from './commands/invites.ts';
import { PhoneTyped, Region } from './commands/phones.ts';
import { Code, Email } from './commands/security.ts';
import { signUpPolicies } from './joining.ts';
import { limits } from './limits.ts';
import { PasskeyAnswer, PasskeyRequest } from './passkeys.ts';
import { User } from './records.ts';
import { Name, Text, Time, Username } from './scalars.ts';

/** Whether it is long enough is told with all else there is to say about it. */
const Password = Text(limits.passwordMax, 1);
const Ticket = Text(limits.ticketLength, 1);
/** What was asked for by `challenge_required`; see challenge.ts. */
const Solution = z
  .strictObject({ token: Text(limits.challengeToken, 1), answer: Text(limits.challengeAnswer, 1) })
  .optional();

export const SignUpForm = z.strictObject({
  email: Email,
  password: Password,
  /** Shown to everybody. */
  name: Name(limits.nameLength),
  username: Username,
  /** Of an invitation: what its link carries. One that is over counts as none. */
  invite: Ticket.optional(),
  /** Nobody sees this field, and machines fill in what there is: with anything in it, it is answered as ever and nothing comes of it. */
  website: Text(limits.emailLength).optional(),
  challenge: Solution,
});

/** By the link of an invitation for guests: a name, and one is in. */
export const GuestForm = z.strictObject({
  /** What the link carries. */
  invite: Ticket,
  /** Shown to everybody. */
  name: Name(limits.nameLength),
  /** As in `SignUpForm`. */
  website: Text(limits.emailLength).optional(),
  challenge: Solution,
});

/** What an invitation leads to. */
export const InviteForm = z.strictObject({ token: Ticket });

/** To another service, invited. */
export const DepartForm = z.strictObject({ invite: Ticket.optional() });

export const SignInForm = z.strictObject({ email: Email, password: Password, challenge: Solution });

export const UsernameSignInForm = z.strictObject({
  /** In upper or lower case. */
  username: z.string().trim().toLowerCase().pipe(Username),
  password: Password,
  challenge: Solution,
});

/** Whether this browser is asked for no second factor for thirty days. */
const Trust = z.boolean().optional();

/** The next step of what a ticket began: the code that was sent, or one of the second factors that were named. */
export const ContinueForm = z.union([
  /** That was sent, or that the authenticator app shows. */
  z.strictObject({ ticket: Ticket, code: Code, trust: Trust }),
  z.strictObject({ ticket: Ticket, recoveryCode: Text(limits.recoveryCodeTyped, 1), trust: Trust }),
  z.strictObject({ ticket: Ticket, passkey: PasskeyAnswer, trust: Trust }),
]);

/** By number: a code goes there, whether or not anybody has it. */
export const PhoneForm = z.strictObject({
  phone: PhoneTyped,
  region: Region,
  /** Of an invitation's link, for whom nobody knows here. */
  invite: Ticket.optional(),
});

/** After `name_wanted`: the account is made, and its person signed in. */
export const PhoneSignUpForm = z.strictObject({
  ticket: Ticket,
  name: Name(limits.nameLength),
  username: Username,
});

/** What needs to be told nothing. */
export const NoForm = z.strictObject({});

/** Signing in by passkey alone. */
export const PasskeySignInForm = z.strictObject({ ticket: Ticket, passkey: PasskeyAnswer });

/** Another code for a ticket, the one before is void. */
export const ResendForm = z.strictObject({ ticket: Ticket });

export const ForgotPasswordForm = z.strictObject({ email: Email, challenge: Solution });

/** Whose password a link is about. */
export const ResetPreviewForm = z.strictObject({ token: Ticket });

export const ResetPasswordForm = z.strictObject({
  /** From the link in the mail. */
  token: Ticket,
  password: Password,
});

export const UndoEmailForm = z.strictObject({ token: Ticket });

export const KeepForm = z.strictObject({ token: Ticket });

/** Services whose peculiarities are known; `oidc` is any other that speaks OpenID Connect. */
export const providerPresets = ['google', 'github', 'apple', 'microsoft', 'oidc'] as const;
export type ProviderPreset = (typeof providerPresets)[number];

/** Another service one may sign in by. Where: `/v1/auth/outside/{id}`, which a browser goes to. */
const Provider = z.object({ id: z.string(), name: z.string(), preset: z.enum(providerPresets) });
/** What may be asked for after the password. */
export const secondFactors = ['totp', 'passkey', 'recovery'] as const;

/** What this server has to offer at its door. */
export const SignInOptions = z.object({
  /** Whether anybody has an account here yet: the first becomes the owner. */
  hasAccounts: z.boolean(),
  /** Who may make an account. */
  signUp: z.enum(signUpPolicies),
  /** With `domains`: whose addresses need no invitation. Who tries one would find out anyway. */
  domains: z.array(z.string()),
  /** Whether it sends mail: without, nobody can set a forgotten password anew. */
  mail: z.boolean(),
  /** Whether one may sign in by a phone number. */
  phone: z.boolean(),
  /** Other services one may sign in by. */
  providers: z.array(Provider),
});

/**
 * Why nobody was let in, or nothing connected, who came back from another service. A browser finds it behind the `#` of the
 * page it is sent to: `/#error=<problem>&provider=<id>`, with `&linking=1` for who wanted to connect an account.
 */
export const outsideProblems = [
  /** It was begun in another browser, is over, or was done already. */
  'over',
  /** The person changed their mind there. */
  'declined',
  /** The service does not answer. */
  'unavailable',
  /** What it answered is not right. */
  'failed',
  /** It tells no email address. */
  'no_address',
  /** There is an account with this address, of which nobody knows that it is the same person's. */
  'address_taken',
  /** New accounts are not open. */
  'sign_up_closed',
  /** They are for who was invited. */
  'invitation_needed',
  /** It belongs to another account here. */
  'linked_elsewhere',
  /** As many are connected as may be. */
  'too_many_links',
  /** Too often. */
  'rate_limited',
  /** Our own fault. */
  'internal',
] as const;
export type OutsideProblem = (typeof outsideProblems)[number];

/** Where signing in stands. */
export const SignInReply = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('signed_in'),
    /** The session's token, for `Authorization: Bearer`; also in the header `set-auth-token`. A browser gets a cookie besides. */
    token: z.string(),
    user: z.object({ id: z.string(), email: z.string().nullable(), name: z.string(), username: z.string() }),
  }),
  /** Six digits went to the address, or to the number. */
  z.object({
    type: z.literal('code_sent'),
    ticket: z.string(),
    expiresAt: Time,
    /** The number, as it was understood. */
    phone: z.string().optional(),
  }),
  /** The number is theirs and no account's: `phone/sign-up` takes a name. */
  z.object({ type: z.literal('name_wanted'), ticket: z.string(), expiresAt: Time }),
  /** It was right, and the account wants one more: `continue` takes it. */
  z.object({
    type: z.literal('second_factor'),
    ticket: z.string(),
    expiresAt: Time,
    factors: z.array(z.enum(secondFactors)),
    /** For the browser, where one of them is a passkey. */
    passkey: PasskeyRequest.nullable(),
  }),
]);

/** For the browser: whoever has a passkey here need not say who they are. */
export const PasskeyBeginReply = z.object({ ticket: z.string(), expiresAt: Time, options: PasskeyRequest });

/** Who invites, and to what. */
export const InviteReply = z.object({
  /** What the place is called. */
  tenant: z.string(),
  inviter: z.object({ name: z.string(), username: z.string() }),
  /** Names of conversations that it leads into. */
  conversations: z.array(z.string()),
  /** For this address alone. */
  email: z.string().nullable(),
  /** Until then it is good. */
  expiresAt: Time.nullable(),
  /** What somebody without an account becomes by it. */
  role: InviteRole,
  /** How long a guest may stay; null: it is no invitation of guests. */
  guestSeconds: z.int().nullable(),
});

/** Where the browser goes, with the cookie that came along. */
export const DepartReply = z.object({ url: z.string() });

export const ResendReply = z.object({ expiresAt: Time });

/** Whose password it is. Only the mailbox of that address knows the link. */
export const ResetPreviewReply = z.object({ email: z.string(), name: z.string() });

export const UndoEmailReply = z.object({
  /** The address that counts again. */
  email: z.string(),
  /** For `password/reset`: whoever changed the address may know the password. */
  resetToken: z.string(),
});

/** `null` when nobody is signed in. */
export const SessionReply = z
  .object({ user: User, session: z.object({ id: z.string(), expiresAt: z.string() }) })
  .nullable();

export type ChallengeSolution = NonNullable<z.output<typeof Solution>>;
export type SignUpInput = z.output<typeof SignUpForm>;
export type GuestInput = z.output<typeof GuestForm>;
export type SignInInput = z.output<typeof SignInForm>;
export type UsernameSignInInput = z.output<typeof UsernameSignInForm>;
export type PhoneInput = z.output<typeof PhoneForm>;
export type PhoneSignUpInput = z.output<typeof PhoneSignUpForm>;
export type ContinueInput = z.output<typeof ContinueForm>;
export type PasskeySignInInput = z.output<typeof PasskeySignInForm>;
export type PasskeyBeginReply = z.output<typeof PasskeyBeginReply>;
export type SecondFactor = (typeof secondFactors)[number];
export type InviteReply = z.output<typeof InviteReply>;
export type SignInReply = z.output<typeof SignInReply>;
export type SignInOptions = z.output<typeof SignInOptions>;
export type ResetPreviewReply = z.output<typeof ResetPreviewReply>;
export type UndoEmailReply = z.output<typeof UndoEmailReply>;
