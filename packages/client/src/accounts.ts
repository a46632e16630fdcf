/** Accounts over HTTP, below /v1/auth. They come before there is a session, hence beside the client and not in it. */
import type {
  Challenge,
  ErrorCode,
  InviteReply,
  PasskeyBeginReply,
  SignInOptions,
  SignInReply,
  UndoEmailReply,
  WireError,
} from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { rememberUser } from './storage/device.ts';
import type { Accounts, SignInStep } from './types.ts';

export interface AccountsOptions {
  /** For signing out without a cookie. */
  readonly token?: string;
  /** In which mails are written, such as "de". Absent: as the browser says. */
  readonly language?: () => string;
  readonly fetch?: typeof fetch;
  /**
   * Does the work a server asks for while many knock; a page does it beside itself. Absent: here, some milliseconds at a time. It
   * may take as long as `signal` lets it.
   */
  readonly solve?: (challenge: Challenge, signal: AbortSignal) => Promise<string>;
}

/** So long it may take to do the work; and so often it is asked for anew, of who came too late with it. */
const SOLVE_MS = 60_000;
const SOLVES = 2;

export function accounts(url: string, options: AccountsOptions = {}): Accounts {
  const once = (path: string, body?: object) =>
    askAuth(url, path, body, { ...options, fetch: options.fetch ?? globalThis.fetch });
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
    resetPassword: ({ token, password }) => step('password/reset', { token, password }),
    keepAccount: async (token) => void (await ask('keep', { token })),
    undoEmail: async (token) => (await ask('email/undo', { token })).json as UndoEmailReply,
    outsideUrl: (provider) => new URL(`/v1/auth/outside/${encodeURIComponent(provider)}`, url).href,
    departOutside: async (provider, invite) => {
      const { json } = await ask(`outside/${encodeURIComponent(provider)}`, { invite });
      const { url: place } = (json ?? {}) as { readonly url?: unknown };
      if (typeof place !== 'string') throw new KithError('internal');
      return place;
    },
    options: async () => (await ask('options')).json as SignInOptions,
    async whoIsIn() {
      const id = (await ask('get-session')).json?.user?.id;
      return typeof id === 'string' ? id : null;
    },
    async signOut() {
      await ask('sign-out', {});
      rememberUser(url, undefined);
    },
  };
}

interface AuthJson {
  readonly user?: { readonly id?: unknown };
  readonly error?: WireError;
  readonly token?: unknown;
}

/** With a body a POST, else a GET. */
async function askAuth(
  url: string,
  path: string,
  body: object | undefined,
  { token, language, fetch }: AccountsOptions & { fetch: typeof globalThis.fetch },
): Promise<{ json: AuthJson | null; token: string | null }> {
  let response: Response;
  try {
    response = await fetch(new URL(`/v1/auth/${path}`, url), {
      method: body ? 'POST' : 'GET',
      credentials: 'same-origin',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(language && { 'accept-language': language() }),
      },
      ...(body && { body: JSON.stringify(body) }),
      // A network that swallows everything would keep the form waiting for ever.
      signal: AbortSignal.timeout(limits.requestMs + 5_000),
    });
  } catch (cause) {
    throw new KithError('unavailable', { message: 'The server cannot be reached.', cause });
  }
  const json = (await response.json().catch(() => null)) as AuthJson | null;
  if (!response.ok) throw authError(response.status, json);
  return { json, token: response.headers.get('set-auth-token') };
}

/** Of answers that are not ours: a proxy's, say. */
const codeOfStatus: { readonly [status: number]: ErrorCode } = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  429: 'rate_limited',
  503: 'unavailable',
  504: 'timeout',
};

/** As KithError, with the form's own field names; what answered in the server's place says no more than a status. */
export function authError(status: number, json: AuthJson | null): KithError {
  if (!json?.error) return new KithError(codeOfStatus[status] ?? (status < 500 ? 'bad_input' : 'internal'));
  const wire = json.error;
  return KithError.fromWire(
    wire.fields
      ? {
          ...wire,
          fields: wire.fields.map((f) => ({ ...f, path: f.path === 'name' ? 'displayName' : f.path })),
        }
      : wire,
  );
}
