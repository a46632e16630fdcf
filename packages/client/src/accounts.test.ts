import { KithError } from '@kith/protocol/errors';
import { describe, expect, test } from 'vitest';
import { accounts, authError } from './accounts.ts';

describe('accounts', () => {
  test('signs up with the field names of the wire and takes the token from its header', async () => {
    const asked: unknown[] = [];
    const fetch = async (url: unknown, init?: RequestInit) => {
      asked.push(String(url), JSON.parse(String(init?.body)));
      return Response.json({ user: { id: 'u1' } }, { headers: { 'set-auth-token': 't1' } });
    };
    const who = { email: 'a@x.org', password: 'secret', username: 'anna', displayName: 'Anna' };
    expect(
      await accounts('http://test/app', { fetch: fetch as typeof globalThis.fetch }).signUp(who),
    ).toEqual({ type: 'signed_in', userId: 'u1', token: 't1' });
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
    expect(await door.options()).toMatchObject({ hasAccounts: false });
    expect(asked).toEqual([
      'POST /v1/auth/sign-in/email {"email":"a@x.org","password":"p"}',
      'POST /v1/auth/sign-in/username {"username":"anna","password":"p"}',
      'GET /v1/auth/options ',
    ]);
  });

  test('goes on with the code of a ticket, and sets a forgotten password by the token of its link', async () => {
    const asked: string[] = [];
    const answers: Record<string, object> = {
      'sign-up/email': { type: 'code_sent', ticket: 't', expiresAt: '2026-01-01T00:00:00.000Z' },
      continue: { type: 'signed_in', token: 'x', user: { id: 'u1' } },
      resend: { expiresAt: '2026-01-01T00:01:00.000Z' },
      'password/preview': { email: 'a@x.org', name: 'Anna' },
      'password/reset': { type: 'signed_in', token: 'x', user: { id: 'u1' } },
      'email/undo': { email: 'a@x.org', resetToken: 'r' },
    };
    const fetch = (async (url: unknown, init?: RequestInit) => {
      const path = new URL(String(url)).pathname.replace('/v1/auth/', '');
      const language = new Headers(init?.headers).get('accept-language');
      asked.push(`${path} ${language} ${init?.body}`);
      return Response.json(answers[path] ?? {});
    }) as typeof globalThis.fetch;
    const door = accounts('http://test', { fetch, language: () => 'de' });
    const who = { email: 'a@x.org', password: 'p', username: 'anna', displayName: 'Anna' };
    expect(await door.signUp(who)).toEqual(answers['sign-up/email']);
    expect(await door.resend('t')).toEqual(answers['resend']);
    expect(await door.proceed({ ticket: 't', code: '123456' })).toMatchObject({ type: 'signed_in' });
    await door.forgotPassword('a@x.org');
    expect(await door.resetOf('l')).toEqual(answers['password/preview']);
    expect(await door.resetPassword({ token: 'l', password: 'n' })).toMatchObject({ userId: 'u1' });
    expect(await door.undoEmail('u')).toEqual(answers['email/undo']);
    expect(asked.slice(1)).toEqual([
      'resend de {"ticket":"t"}',
      'continue de {"ticket":"t","code":"123456"}',
      'password/forgot de {"email":"a@x.org"}',
      'password/preview de {"token":"l"}',
      'password/reset de {"token":"l","password":"n"}',
      'email/undo de {"token":"u"}',
    ]);
  });

  test('knows whose session it is, and that it is nobody’s', async () => {
    const answers = [{ user: { id: 'u1' }, session: {} }, null];
    const fetch = (async () => Response.json(answers.shift())) as typeof globalThis.fetch;
    const door = accounts('http://test', { fetch });
    expect(await door.whoIsIn()).toBe('u1');
    expect(await door.whoIsIn()).toBeNull();
  });

  test('E1: the server’s errors become KithError, with the fields of the form, and so does what a proxy says', () => {
    const ours = authError(400, {
      error: new KithError('bad_input', { fields: [{ path: 'name', message: 'm' }] }).toWire(),
    });
    expect(ours).toMatchObject({ code: 'bad_input', fields: [{ path: 'displayName', message: 'm' }] });
    expect(authError(429, null)).toMatchObject({ code: 'rate_limited' });
    expect(authError(401, {})).toMatchObject({ code: 'unauthenticated', fields: undefined });
    expect(authError(502, null)).toMatchObject({ code: 'internal', retryable: true });
  });

  test('a second factor is a step of its own, which takes a code, a recovery code or a passkey', async () => {
    const asked: string[] = [];
    const step = { type: 'second_factor', ticket: 't', expiresAt: 'e', factors: ['totp'], passkey: null };
    const fetch = (async (url: unknown, init?: RequestInit) => {
      asked.push(`${new URL(String(url)).pathname} ${init?.body ?? ''}`);
      if (String(url).endsWith('/sign-in/email')) return Response.json(step);
      if (String(url).endsWith('/begin')) return Response.json({ ticket: 't', expiresAt: 'e', options: {} });
      return Response.json({ type: 'signed_in', token: 'x', user: { id: 'u1' } });
    }) as typeof globalThis.fetch;
    const door = accounts('http://test', { fetch });
    expect(await door.signIn({ email: 'a@x.org', password: 'p' })).toEqual(step);
    expect(await door.proceed({ ticket: 't', code: '123456', trust: true })).toMatchObject({
      type: 'signed_in',
    });
    await door.proceed({ ticket: 't', recoveryCode: 'abc' });
    expect(await door.beginPasskey()).toMatchObject({ ticket: 't' });
    await door.passkeySignIn({ ticket: 't', passkey: {} as never });
    expect(asked).toEqual([
      '/v1/auth/sign-in/email {"email":"a@x.org","password":"p"}',
      '/v1/auth/continue {"ticket":"t","code":"123456","trust":true}',
      '/v1/auth/continue {"ticket":"t","recoveryCode":"abc"}',
      '/v1/auth/passkey/begin {}',
      '/v1/auth/passkey {"ticket":"t","passkey":{}}',
    ]);
  });

  test('no network is retryable', async () => {
    const fetch = () => Promise.reject(new TypeError('fetch failed'));
    await expect(accounts('http://test', { fetch }).signOut()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
