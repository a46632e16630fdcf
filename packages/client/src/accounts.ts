/**
 * Accounts over HTTP: better-auth's own paths below /v1/auth. They come before there is a session, hence beside the
 * client and not in it.
 */
import type { ErrorCode, FieldError, WireError } from '@kith/protocol';
import { errors, KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { rememberUser } from './storage/device.ts';
import type { Accounts, SignedIn } from './types.ts';

export interface AccountsOptions {
  /** For signing out without a cookie. */
  readonly token?: string;
  readonly fetch?: typeof fetch;
}

export function accounts(url: string, options: AccountsOptions = {}): Accounts {
  const ask = (path: string, body?: object) =>
    askAuth(url, path, body, { ...options, fetch: options.fetch ?? globalThis.fetch });
  const signedIn = async (path: string, body: object): Promise<SignedIn> => {
    const { json, token } = await ask(path, body);
    const userId = json?.user?.id;
    if (typeof userId !== 'string')
      throw new KithError('internal', { message: 'The server did not say who signed in.' });
    rememberUser(url, userId);
    return { userId, ...(token !== null && { token }) };
  };
  return {
    signUp: ({ email, password, username, displayName }) =>
      signedIn('sign-up/email', { email, password, name: displayName, username }),
    signIn: (input) =>
      'email' in input
        ? signedIn('sign-in/email', { email: input.email, password: input.password })
        : signedIn('sign-in/username', { username: input.username, password: input.password }),
    async hasAccounts() {
      const { json } = await ask('has-accounts');
      return json?.hasAccounts !== false;
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
  readonly code?: unknown;
  readonly message?: unknown;
  readonly token?: unknown;
  readonly hasAccounts?: unknown;
}

/** With a body a POST, else a GET. */
async function askAuth(
  url: string,
  path: string,
  body: object | undefined,
  { token, fetch }: AccountsOptions & { fetch: typeof globalThis.fetch },
): Promise<{ json: AuthJson | null; token: string | null }> {
  let response: Response;
  try {
    response = await fetch(new URL(`/v1/auth/${path}`, url), {
      method: body ? 'POST' : 'GET',
      credentials: 'same-origin',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
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

/** For errors that do not name one of our codes. */
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

/** better-auth's codes that belong to one field of the form. */
const fieldOfCode: readonly (readonly [RegExp, string])[] = [
  [/USERNAME/, 'username'],
  [/PASSWORD/, 'password'],
  [/EMAIL|USER_ALREADY_EXISTS/, 'email'],
  [/NAME/, 'displayName'],
];

/** Their error or ours, as KithError, with the form's own field names. */
export function authError(status: number, json: AuthJson | null): KithError {
  if (json?.error) {
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
  const theirs = typeof json?.code === 'string' ? json.code : '';
  const code: ErrorCode = /ALREADY/.test(theirs)
    ? 'conflict'
    : (codeOfStatus[status] ?? (status < 500 ? 'bad_input' : 'internal'));
  const message = typeof json?.message === 'string' && json.message !== '' ? json.message : errors[code].text;
  // A wrong password and an unknown address are one error, of no single field: it must not tell which it was.
  const path = /_OR_/.test(theirs) ? undefined : fieldOfCode.find(([pattern]) => pattern.test(theirs))?.[1];
  const fields: FieldError[] | undefined = path === undefined ? undefined : [{ path, message }];
  return new KithError(code, { message, ...(fields && { fields }) });
}
