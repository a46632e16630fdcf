/**
 * The account, and what keeps it one's own. Whoever lacks a second factor that their tenant asks for, or has asked for the end of
 * their account, has no socket: what they may do before that goes over HTTP.
 */
import type { CommandName, ErrorCode, Input, Output, WireError } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { limits } from '@kith/protocol/limits';
import type { Core } from './core.ts';
import type { ClientOptions, KithClient } from './types.ts';

/** Where the table of commands, which a client does not carry, has them. */
export const routes = {
  getAccount: ['GET', '/me/account'],
  confirmIdentity: ['POST', '/me/confirm'],
  beginPasskeyConfirm: ['POST', '/me/confirm/passkey'],
  getFactors: ['GET', '/me/factors'],
  beginTotp: ['POST', '/me/factors/totp'],
  confirmTotp: ['POST', '/me/factors/totp/confirm'],
  beginPasskey: ['POST', '/me/passkeys/begin'],
  addPasskey: ['POST', '/me/passkeys'],
  keepAccount: ['POST', '/me/account/keep'],
} as const satisfies { readonly [N in CommandName]?: readonly ['GET' | 'POST', string] };

type Routed = keyof typeof routes;

const shutting: ReadonlySet<ErrorCode> = new Set(['second_factor_required', 'account_deletion_pending']);

export function securityOf(core: Core): KithClient['security'] {
  const { request } = core;
  const ask = <N extends Routed>(name: N, input: Input<N>): Promise<Output<N>> => {
    const connection = core.connection.state.get();
    const isShut = connection.type === 'ended' && shutting.has(connection.error.code);
    return isShut ? byHttp(core.options, name, input) : request(name, input);
  };
  return {
    account: () => ask('getAccount', {}),
    confirm: async (shown) => {
      await ask('confirmIdentity', typeof shown === 'string' ? { password: shown } : shown);
    },
    beginPasskeyConfirm: () => ask('beginPasskeyConfirm', {}),
    deleteAccount: async (messages) => (await request('deleteAccount', { messages })).deletionAt,
    keepAccount: async () => void (await ask('keepAccount', {})),
    changePassword: async (password) => void (await request('changePassword', { password })),
    changeEmail: (email) => request('changeEmail', { email }),
    confirmEmail: async (input) => (await request('confirmEmail', input)).email,
    events: (input = {}) => request('listSecurityEvents', input),
    links: async () => (await request('listLinks', {})).links,
    beginLink: async (provider) => (await request('beginLink', { provider })).url,
    unlink: async (linkId) => void (await request('unlink', { linkId })),
    phone: () => request('getPhone', {}),
    changePhone: (input) => request('changePhone', input),
    confirmPhone: async (input) => (await request('confirmPhone', input)).phone,
    removePhone: async () => void (await request('removePhone', {})),
    factors: () => ask('getFactors', {}),
    beginTotp: () => ask('beginTotp', {}),
    confirmTotp: (code) => ask('confirmTotp', { code }),
    removeTotp: async () => void (await request('removeTotp', {})),
    renewRecoveryCodes: async () => (await request('renewRecoveryCodes', {})).recoveryCodes,
    beginPasskey: () => ask('beginPasskey', {}),
    addPasskey: (input) => ask('addPasskey', input),
    renamePasskey: async (passkeyId, name) => void (await request('renamePasskey', { passkeyId, name })),
    removePasskey: async (passkeyId) => void (await request('removePasskey', { passkeyId })),
    ofTenant: () => request('getTenantSecurity', {}),
    updateTenant: (change) => request('updateTenantSecurity', change),
  };
}

async function byHttp<N extends Routed>(
  { url, token, fetch = globalThis.fetch }: Pick<ClientOptions, 'url' | 'token' | 'fetch'>,
  name: N,
  input: Input<N>,
): Promise<Output<N>> {
  const [method, path] = routes[name];
  const signal = AbortSignal.timeout(limits.requestMs + 5_000);
  let response: Response;
  let json: unknown;
  try {
    response = await fetch(new URL(`/v1${path}`, url), {
      method,
      credentials: 'same-origin',
      headers: {
        ...(method === 'POST' && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(method === 'POST' && { body: JSON.stringify(input) }),
      signal,
    });
    json = await response.json();
  } catch (cause) {
    if (signal.aborted) throw new KithError('timeout', { cause });
    throw new KithError('unavailable', { message: 'The server cannot be reached.', cause });
  }
  if (response.ok) return json as Output<N>;
  const error = (json as { readonly error?: WireError } | null)?.error;
  throw error ? KithError.fromWire(error) : new KithError('internal');
}
