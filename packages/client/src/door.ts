/**
 * The ways in, below /v1/auth: what a page calls at its door and nowhere else, hence fetched there. Where many knock, the server
 * asks for some work first, which is done here.
 */
import type {
  Challenge,
  InviteReply,
  PasskeyBeginReply,
  ResetPreviewReply,
  SignInOptions,
  SignInReply,
  UndoEmailReply,
} from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import type { AccountsOptions, AskAuth } from './accounts.ts';
import { rememberUser } from './storage/device.ts';
import type { Accounts, SignInStep } from './types.ts';

/** So long it may take to do the work; and so often it is asked for anew, of who came too late with it. */
const SOLVE_MS = 60_000;
const SOLVES = 2;

export type Door = Omit<Accounts, 'outsideUrl' | 'whoIsIn' | 'signOut'>;

export function doorOf(url: string, once: AskAuth, options: AccountsOptions): Door {
  const solve = async (challenge: Challenge): Promise<{ token: string; answer: string }> => {
    const signal = AbortSignal.timeout(SOLVE_MS);
    const work = options.solve ?? (await import('./challenge/solve.ts')).solveHere;
    try {
      return { token: challenge.token, answer: await work(challenge, signal) };
    } catch (cause) {
      if (signal.aborted) throw new KithError('timeout', { cause });
      throw cause;
    }
  };
  const ask = async (path: string, body?: object) => {
    let filled = body;
    for (let solves = 0; ; solves += 1) {
      try {
        return await once(path, filled);
      } catch (error) {
        const challenge = error instanceof KithError ? error.challenge : undefined;
        if (!challenge || solves === SOLVES) throw error;
        filled = { ...body, challenge: await solve(challenge) };
      }
    }
  };
  const step = async (path: string, body: object): Promise<SignInStep> => {
    const { json, token } = await ask(path, body);
    const reply = json as Partial<SignInReply> | null;
    if (reply?.type !== undefined && reply.type !== 'signed_in') return reply as SignInStep;
    const userId = json?.user?.id;
    if (typeof userId !== 'string')
      throw new KithError('internal', { message: 'The server did not say who signed in.' });
    rememberUser(url, userId);
    return { type: 'signed_in', userId, ...(token !== null && { token }) };
  };
  return {
    signUp: ({ email, password, username, displayName, invite, website }) =>
      step('sign-up/email', {
        email,
        password,
        name: displayName,
        username,
        ...(invite !== undefined && { invite }),
        ...(website && { website }),
      }),
    comeAsGuest: ({ invite, displayName, website }) =>
      step('guest', { invite, name: displayName, ...(website && { website }) }),
    invite: async (token) => (await ask('invite', { token })).json as unknown as InviteReply,
    signIn: (input) =>
      'email' in input
        ? step('sign-in/email', { email: input.email, password: input.password })
        : step('sign-in/username', { username: input.username, password: input.password }),
    proceed: (input) => step('continue', input),
    askByPhone: (input) => step('phone', input),
    signUpByPhone: ({ ticket, username, displayName }) =>
      step('phone/sign-up', { ticket, username, name: displayName }),
    beginPasskey: async () => (await ask('passkey/begin', {})).json as unknown as PasskeyBeginReply,
    passkeySignIn: (input) => step('passkey', input),
    resend: async (ticket) => (await ask('resend', { ticket })).json as { expiresAt: string },
    async forgotPassword(email) {
      await ask('password/forgot', { email });
    },
    resetOf: async (token) => (await ask('password/preview', { token })).json as unknown as ResetPreviewReply,
    resetPassword: ({ token, password }) => step('password/reset', { token, password }),
    keepAccount: async (token) => void (await ask('keep', { token })),
    undoEmail: async (token) => (await ask('email/undo', { token })).json as UndoEmailReply,
    departOutside: async (provider, invite) => {
      const { json } = await ask(`outside/${encodeURIComponent(provider)}`, { invite });
      const { url: place } = (json ?? {}) as { readonly url?: unknown };
      if (typeof place !== 'string') throw new KithError('internal');
      return place;
    },
    options: async () => (await ask('options')).json as SignInOptions,
  };
}
