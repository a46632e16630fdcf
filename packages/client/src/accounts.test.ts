import { KithError } from '@kith/protocol/errors';
import { describe, expect, test } from 'vitest';
import { accounts, authError } from './accounts.ts';

describe('accounts', () => {
  test('signs up with the field names of better-auth and takes the token from its header', async () => {
    const asked: unknown[] = [];
    const fetch = async (url: unknown, init?: RequestInit) => {
      asked.push(String(url), JSON.parse(String(init?.body)));
      return Response.json({ user: { id: 'u1' } }, { headers: { 'set-auth-token': 't1' } });
    };
    const who = { email: 'a@x.org', password: 'secret', username: 'anna', displayName: 'Anna' };
    expect(
      await accounts('http://test/app', { fetch: fetch as typeof globalThis.fetch }).signUp(who),
    ).toEqual({ userId: 'u1', token: 't1' });
    expect(asked).toEqual([
      'http://test/v1/auth/sign-up/email',
      { email: 'a@x.org', password: 'secret', name: 'Anna', username: 'anna' },
    ]);
  });

  test('signs in by address or by username, and asks whether anybody is there', async () => {
    const asked: unknown[] = [];
    const fetch = (async (url: unknown, init?: RequestInit) => {
      asked.push(`${init?.method} ${new URL(String(url)).pathname} ${init?.body ?? ''}`);
      return Response.json({ user: { id: 'u1' }, hasAccounts: false });
    }) as typeof globalThis.fetch;
    const door = accounts('http://test', { fetch });
    await door.signIn({ email: 'a@x.org', password: 'p' });
    await door.signIn({ username: 'anna', password: 'p' });
    expect(await door.hasAccounts()).toBe(false);
    expect(asked).toEqual([
      'POST /v1/auth/sign-in/email {"email":"a@x.org","password":"p"}',
      'POST /v1/auth/sign-in/username {"username":"anna","password":"p"}',
      'GET /v1/auth/has-accounts ',
    ]);
  });

  test('E1: the server’s errors and better-auth’s own both become KithError, with the fields of the form', () => {
    const ours = authError(400, {
      error: new KithError('bad_input', { fields: [{ path: 'name', message: 'm' }] }).toWire(),
    });
    expect(ours).toMatchObject({ code: 'bad_input', fields: [{ path: 'displayName', message: 'm' }] });
    expect(authError(422, { code: 'USER_ALREADY_EXISTS', message: 'x' })).toMatchObject({
      code: 'conflict',
      fields: [{ path: 'email' }],
    });
    expect(authError(400, { code: 'PASSWORD_TOO_SHORT', message: 'x' })).toMatchObject({
      code: 'bad_input',
      fields: [{ path: 'password' }],
    });
    expect(authError(401, { code: 'INVALID_EMAIL_OR_PASSWORD', message: 'x' })).toMatchObject({
      code: 'unauthenticated',
      fields: undefined,
    });
    expect(authError(502, null)).toMatchObject({ code: 'internal', retryable: true });
  });

  test('no network is retryable', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed'));
    await expect(accounts('http://test', { fetch }).signOut()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
