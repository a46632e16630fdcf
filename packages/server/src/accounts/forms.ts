/** What people fill in to make an account and to sign in. */
import { limits, Name, Text, User, Username } from '@kith/protocol';
import { z } from 'zod';

const Email = z
  .string()
  .max(254)
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.email('must be an email address'))
  .meta({ format: 'email' });

/** Whether it is good enough, and short enough, is for `passwords/strength.ts` to say: with its reason. */
const NewPassword = Text(limits.textLength, 1).meta({
  minLength: limits.passwordMin,
  maxLength: limits.passwordMax,
});

export const SignUpForm = z.strictObject({
  email: Email,
  password: NewPassword,
  /** Shown to everybody. */
  name: Name(limits.nameLength),
  username: Username,
});

export const SignInForm = z.strictObject({
  email: Email,
  password: Text(limits.passwordMax, 1),
});

export const UsernameSignInForm = z.strictObject({
  /** In upper or lower case. */
  username: z.string().trim().toLowerCase().pipe(Username),
  password: Text(limits.passwordMax, 1),
});

export const SignedInReply = z.object({
  /** The session's token, for `Authorization: Bearer`; also in the header `set-auth-token`. A browser gets a cookie besides. */
  token: z.string(),
  user: z.object({ id: z.string(), email: z.string(), name: z.string(), username: z.string() }),
});

export const HasAccountsReply = z.object({ hasAccounts: z.boolean() });

/** `null` when nobody is signed in. */
export const SessionReply = z
  .object({ user: User, session: z.object({ id: z.string(), expiresAt: z.string() }) })
  .nullable();

export type SignUpInput = z.output<typeof SignUpForm>;
export type SignInInput = z.output<typeof SignInForm>;
export type UsernameSignInInput = z.output<typeof UsernameSignInForm>;
