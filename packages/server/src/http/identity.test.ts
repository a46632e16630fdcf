/** Signing up and back in as browsers and mail programs see it: a whole service, and a real SMTP server that catches its mails. */
import { errors, type WireError } from '@kith/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createService, type Service } from '../service.ts';
import { createMailCatcher, type MailCatcher } from '../testing/mailCatcher.ts';
import { openSocket } from '../testing/socketClient.ts';
import { openTestDatabase } from '../testing/world.ts';

const PUBLIC = 'https://chat.example.org';
const PASSWORD = 'seven quiet otters swim';
const OTHER = 'nine loud herons sleep';

let catcher: MailCatcher;
let service: Service;
let base: string;
let drop: () => Promise<void>;

beforeAll(async () => {
  catcher = await createMailCatcher();
  const test = await openTestDatabase('pglite');
  drop = test.drop;
  const config = defaultConfig({
    port: 0,
    smtpUrl: catcher.url,
    mailFrom: 'Kith <kith@example.org>',
    publicOrigins: [PUBLIC],
    trustedProxies: 0,
  });
  service = await createService(config, { database: test.database, log: pino({ level: 'silent' }) });
  ({ url: base } = await service.listen());
});
afterAll(async () => {
  await service?.close();
  await catcher?.close();
  await drop?.();
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { readonly error?: WireError };
}

async function post(path: string, form: object, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${base}/v1/auth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(form),
  });
  const body = (await response.json()) as Answer['body'];
  return { status: response.status, headers: response.headers, body };
}

const codeOf = (text: string): string => /\b(\d{3}) ?(\d{3})\b/.exec(text)?.slice(1).join('') ?? '';
const linkOf = (text: string): URL => new URL(/https?:\/\/\S+#\S+/.exec(text)?.[0] ?? 'about:blank');

async function member(name: string): Promise<{ email: string; token: string; cookies: string[] }> {
  const email = `${name}@example.org`;
  const begun = await post('sign-up/email', { email, password: PASSWORD, name, username: name });
  expect(begun.body).toMatchObject({ type: 'code_sent' });
  const { text } = await catcher.next(email);
  const done = await post('continue', { ticket: begun.body['ticket'], code: codeOf(text) });
  expect(done.body).toMatchObject({ type: 'signed_in', user: { email } });
  return { email, token: String(done.body['token']), cookies: done.headers.getSetCookie() };
}

describe('with mail', { timeout: 60_000 }, () => {
  it('signs up by the code of a mail in the browser’s language', async () => {
    const form = { email: 'ana@example.org', password: PASSWORD, name: 'Ana', username: 'ana' };
    const begun = await post('sign-up/email', form, { 'accept-language': 'de-AT,de;q=0.9,en;q=0.8' });
    expect(begun.body['token']).toBeUndefined();
    expect(begun.headers.getSetCookie()).toEqual([]);
    const mail = await catcher.next(form.email);
    expect(mail.text).toMatch(/Code/);
    expect(mail.html).toMatch(/lang="de"/);
    const code = codeOf(mail.text);
    const wrong = await post('continue', {
      ticket: begun.body['ticket'],
      code: code === '000000' ? '000001' : '000000',
    });
    expect(wrong).toMatchObject({ status: 400, body: { error: { fields: [{ path: 'code' }] } } });
    // As people copy it.
    const done = await post('continue', {
      ticket: begun.body['ticket'],
      code: `${code.slice(0, 3)} ${code.slice(3)} `,
    });
    expect(done.status).toBe(200);
    const cookies = done.headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies) expect(cookie).toMatch(/^__Host-kith\..*; HttpOnly; SameSite=Lax; Secure$/);
    expect(done.headers.get('cache-control')).toBe('no-store');
  });

  it('leads back by a link whose secret no server sees, wherever the request says it went; sockets of all sessions close', async () => {
    const bea = await member('bea');
    const socket = await openSocket(base.replace('http', 'ws').concat('/v1/socket'));
    await socket.hello(bea.token);

    const poison = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      forwarded: 'host=evil.example',
    };
    expect((await post('password/forgot', { email: bea.email }, poison)).body).toEqual({});
    const mail = await catcher.next(bea.email);
    const link = linkOf(mail.text);
    expect(link.origin + link.pathname).toBe(`${PUBLIC}/reset`);
    expect(link.search).toBe('');
    expect(mail.raw).not.toContain('evil.example');

    const token = link.hash.slice(1);
    expect((await post('password/preview', { token })).body).toEqual({ email: bea.email, name: 'bea' });
    const done = await post('password/reset', { token, password: OTHER });
    expect(done.body).toMatchObject({ type: 'signed_in' });
    expect((await socket.closed).code).toBe(errors.session_revoked.close);
    expect((await catcher.next(bea.email)).subject).toMatch(/password/i);
    expect((await post('password/reset', { token, password: OTHER })).status).toBe(404);
    expect((await post('password/preview', { token })).status).toBe(404);
  });

  it('writes to nobody it does not know, and says the same', async () => {
    const known = await member('cid');
    const [one, two] = await Promise.all([
      post('password/forgot', { email: known.email }),
      post('password/forgot', { email: 'nobody@example.org' }),
    ]);
    expect({ status: one.status, body: one.body }).toEqual({ status: two.status, body: two.body });
    await catcher.next(known.email);
    expect(catcher.caught.filter(({ to }) => to.includes('nobody@example.org'))).toEqual([]);
  });

  it('takes no form from a page of another site', async () => {
    const doors = [
      'sign-up/email',
      'sign-in/email',
      'sign-in/username',
      'continue',
      'resend',
      'password/forgot',
      'password/preview',
      'password/reset',
      'email/undo',
    ];
    for (const door of doors) {
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
      ])
        expect((await post(door, {}, headers)).status, `${door} ${JSON.stringify(headers)}`).toBe(403);
      const own = await post(door, {}, { origin: PUBLIC });
      expect(own.body.error?.code, door).toBe('bad_input');
      expect(own.headers.get('cache-control'), door).toBe('no-store');
    }
  });

  it('tells at the door that it sends mail', async () => {
    const response = await fetch(`${base}/v1/auth/options`);
    expect(await response.json()).toEqual({
      hasAccounts: true,
      signUp: 'open',
      domains: [],
      mail: true,
      phone: false,
      providers: [],
    });
  });
});
