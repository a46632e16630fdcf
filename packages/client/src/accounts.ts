/** Accounts over HTTP, below /v1/auth. They come before there is a session, hence beside the client and not in it. */
import type { Challenge, ErrorCode, WireError } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import { fetchedRoom } from './fetchedRoom.ts';
import { rememberUser } from './storage/device.ts';
import type { Accounts } from './types.ts';

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

export function accounts(url: string, options: AccountsOptions = {}): Accounts {
  const ask: AskAuth = (path, body) =>
    askAuth(url, path, body, { ...options, fetch: options.fetch ?? globalThis.fetch });
  return fetchedRoom(async () => (await import('./door.ts')).doorOf(url, ask, options), {
    outsideUrl: (provider: string) => new URL(`/v1/auth/outside/${encodeURIComponent(provider)}`, url).href,
    async whoIsIn() {
      const id = (await ask('get-session')).json?.user?.id;
      return typeof id === 'string' ? id : null;
    },
    async signOut() {
      await ask('sign-out', {});
      rememberUser(url, undefined);
    },
  });
}

/** With a body a POST, else a GET. */
export type AskAuth = (
  path: string,
  body?: object,
) => Promise<{ readonly json: AuthJson | null; readonly token: string | null }>;

export interface AuthJson {
  readonly user?: { readonly id?: unknown };
  readonly error?: WireError;
  readonly token?: unknown;
}

async function askAuth(
  url: string,
  path: string,
  body: object | undefined,
  { token, language, fetch }: AccountsOptions & { fetch: typeof globalThis.fetch },
): ReturnType<AskAuth> {
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
