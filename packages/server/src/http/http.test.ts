import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errors, limits, newId, type WireError } from '@kith/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createRateLimiter } from '../limits/rateLimiter.ts';
import { createService, type Service } from '../service.ts';
import { openTestDatabase } from '../testing/world.ts';
import { createHttpApp } from './app.ts';
import { createMetrics } from './metrics.ts';

const log = pino({ level: 'silent' });
const JSON_TYPE = { 'content-type': 'application/json' };

let service: Service;
let base: string;
let webRoot: string;
let bearer: Record<string, string>;
let cookie: Record<string, string>;
let conversationId: string;

const http = (path: string, init: RequestInit = {}): Promise<Response> => fetch(new URL(path, base), init);
const post = (path: string, body: unknown, headers: Record<string, string> = bearer): Promise<Response> =>
  http(path, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) });
const errorOf = async (response: Response): Promise<WireError> => {
  const body = (await response.json()) as { error: WireError };
  expect(Object.keys(body)).toEqual(['error']);
  expect(response.status).toBe(errors[body.error.code].status);
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  return body.error;
};

beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'kith-web-'));
  await mkdir(join(webRoot, 'assets'));
  await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>the app</title>');
  await writeFile(join(webRoot, 'assets/app-1a2b.js'), 'export {}');
  await writeFile(join(webRoot, 'sw.js'), '// worker');
  await writeFile(join(webRoot, '.secret'), 'hidden');
  const database = (await openTestDatabase('pglite')).database;
  service = await createService(defaultConfig({ port: 0 }), { database, log, webRoot });
  base = (await service.listen()).url;
  const account = { email: 'ann@example.org', password: 'a good password', name: 'Ann', username: 'ann' };
  const signedUp = await post('/v1/auth/sign-up/email', account, {});
  expect(signedUp.status).toBe(200);
  bearer = { authorization: `Bearer ${signedUp.headers.get('set-auth-token')}` };
  cookie = { cookie: signedUp.headers.get('set-cookie')?.split(';')[0] ?? '' };
  conversationId = newId();
  const made = await post('/v1/conversations', { conversationId, kind: 'group', name: 'Team', userIds: [] });
  expect(made.status).toBe(200);
});

afterAll(async () => {
  await service?.close();
  await rm(webRoot, { recursive: true, force: true });
});

describe('commands over HTTP', () => {
  it('sends, reads and reacts, with fields from path, query and body', async () => {
    const messageId = newId();
    const content = { type: 'plain', text: 'hello' };
    const sent = await post(`/v1/conversations/${conversationId}/messages`, { messageId, content });
    expect(await sent.json()).toMatchObject({ messageId, seq: 2 });
    expect(sent.headers.get('cache-control')).toBe('no-store');

    const history = await http(`/v1/conversations/${conversationId}/messages?limit=1&before=3`, {
      headers: bearer,
    });
    expect(await history.json()).toMatchObject({ messages: [{ id: messageId }], atStart: false });

    const family = encodeURIComponent('👨‍👩‍👧‍👦');
    const path = `/v1/conversations/${conversationId}/messages/${messageId}/reactions/${family}`;
    expect((await http(path, { method: 'PUT', headers: bearer })).status).toBe(200);
    expect((await http(path, { method: 'DELETE', headers: bearer })).status).toBe(200);

    const { id } = ((await (await http('/v1/me', { headers: bearer })).json()) as { user: { id: string } })
      .user;
    for (const query of [`userIds=${id}`, `userIds=${id}&userIds=${newId()}`, `userIds=${newId()},${id}`]) {
      const found = (await (await http(`/v1/users-by-id?${query}`, { headers: bearer })).json()) as {
        users: unknown[];
      };
      expect(found.users, query).toHaveLength(1);
    }
    // No body at all is an empty one, with or without a type.
    const leave = `/v1/conversations/${newId()}/leave`;
    expect((await errorOf(await http(leave, { method: 'POST', headers: bearer }))).code).toBe('not_found');
    const typed = await http(leave, { method: 'POST', headers: { ...bearer, ...JSON_TYPE } });
    expect((await errorOf(typed)).code).toBe('not_found');
  });

  const deep = `${'['.repeat(40)}${']'.repeat(40)}`;
  const messages = () => `/v1/conversations/${conversationId}/messages`;
  const cases: readonly [string, () => Promise<Response>, WireError['code'], string?][] = [
    ['nobody', () => http('/v1/me'), 'unauthenticated'],
    ['a wrong token', () => http('/v1/me', { headers: { authorization: 'Bearer x.y' } }), 'unauthenticated'],
    ['another scheme', () => http('/v1/me', { headers: { authorization: 'Basic eA==' } }), 'unauthenticated'],
    ['an unknown route', () => http('/v1/nothing', { headers: bearer }), 'unknown_command'],
    ['an unknown method', () => http('/v1/me', { method: 'PUT', headers: bearer }), 'unknown_command'],
    ['a route that is none', () => post('/v1/auth/update-user', { name: 'x' }), 'unknown_command'],
    ['deleting an account behind our back', () => post('/v1/auth/delete-user', {}), 'unknown_command'],
    [
      'broken JSON',
      () => http(messages(), { method: 'POST', headers: { ...bearer, ...JSON_TYPE }, body: '{"a":' }),
      'bad_input',
    ],
    [
      'broken UTF-8',
      () =>
        http(messages(), {
          method: 'POST',
          headers: { ...bearer, ...JSON_TYPE },
          body: new Uint8Array([34, 255, 34]),
        }),
      'bad_input',
    ],
    ['a list for a body', () => post(messages(), [1]), 'bad_input'],
    ['a number for a body', () => post(messages(), 1), 'bad_input'],
    [
      'nesting',
      () => http(messages(), { method: 'POST', headers: { ...bearer, ...JSON_TYPE }, body: deep }),
      'bad_input',
    ],
    [
      'a form',
      () => http(messages(), { method: 'POST', headers: bearer, body: new URLSearchParams({ a: 'b' }) }),
      'bad_input',
    ],
    [
      'no type',
      () =>
        http(messages(), {
          method: 'POST',
          headers: { ...bearer, 'content-type': '' },
          body: new Uint8Array([123, 125]),
        }),
      'bad_input',
    ],
    ['too large', () => post(messages(), { text: 'x'.repeat(limits.frameBytes) }), 'too_large'],
    ['missing fields', () => post(messages(), {}), 'bad_input', 'messageId'],
    ['an unknown field', () => http('/v1/me?x=1', { headers: bearer }), 'bad_input', ''],
    [
      'the same field twice',
      () => post(messages(), { conversationId: newId() }),
      'bad_input',
      'conversationId',
    ],
    [
      'a prototype',
      () =>
        http(messages(), {
          method: 'POST',
          headers: { ...bearer, ...JSON_TYPE },
          body: '{"__proto__":{"messageId":"x"}}',
        }),
      'bad_input',
    ],
    ['text for a number', () => http(`${messages()}?limit=ten`, { headers: bearer }), 'bad_input', 'limit'],
    [
      'a number out of bounds',
      () => http(`${messages()}?limit=100000`, { headers: bearer }),
      'bad_input',
      'limit',
    ],
    [
      'a number twice',
      () => http(`${messages()}?limit=1&limit=2`, { headers: bearer }),
      'bad_input',
      'limit',
    ],
    [
      'an id that is none',
      () => http('/v1/conversations/nonsense/messages', { headers: bearer }),
      'bad_input',
      'conversationId',
    ],
    [
      'a broken escape in the path',
      () => http('/v1/conversations/%E0%A4%A/messages', { headers: bearer }),
      'bad_input',
    ],
    [
      'an endless parameter',
      () => http(`/v1/conversations/${'x'.repeat(3_000)}/messages`, { headers: bearer }),
      'unknown_command',
    ],
    [
      'somebody else’s conversation',
      () => http(`/v1/conversations/${newId()}/messages`, { headers: bearer }),
      'not_found',
    ],
    ['an unknown file', () => http('/nothing.js'), 'not_found'],
    ['a hidden file', () => http('/.secret'), 'not_found'],
    ['a file outside', () => http('/..%2f..%2fpackage.json'), 'not_found'],
  ];
  it.each(cases)('answers %s by the table', async (_name, ask, code, field) => {
    const response = await ask();
    const error = await errorOf(response);
    expect(error.code).toBe(code);
    if (field !== undefined) expect(error.fields?.map(({ path }) => path)).toContain(field);
    expect(JSON.stringify(error)).not.toMatch(/node_modules|\.ts|FST_|select /);
  });

  it.each([
    ['GARBAGE\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
  ])('answers broken HTTP in the same form', async (bytes, status) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.end(bytes);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    await once(socket, 'close');
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('{"error":{"code":');
  });
});

describe('forgery', () => {
  const me = (headers: Record<string, string>) =>
    http('/v1/me', { method: 'PATCH', headers: { ...JSON_TYPE, ...headers }, body: '{"displayName":"Ann"}' });

  it('lets a cookie read from anywhere, and write only from a page of ours', async () => {
    expect((await http('/v1/me', { headers: { ...cookie, origin: 'https://evil.example' } })).status).toBe(
      200,
    );
    expect((await errorOf(await me(cookie))).code).toBe('forbidden');
    expect((await errorOf(await me({ ...cookie, origin: 'https://evil.example' }))).code).toBe('forbidden');
    expect((await errorOf(await me({ ...cookie, origin: 'null' }))).code).toBe('forbidden');
    expect((await me({ ...cookie, origin: new URL(base).origin })).status).toBe(200);
  });

  it('does not ask a bearer where it comes from', async () => {
    expect((await me({ ...bearer, origin: 'https://host-app.example' })).status).toBe(200);
  });

  it('lets no other site sign a browser in or out', async () => {
    const foreign = { origin: 'https://evil.example' };
    const credentials = { email: 'ann@example.org', password: 'a good password' };
    expect((await errorOf(await post('/v1/auth/sign-in/email', credentials, foreign))).code).toBe(
      'forbidden',
    );
    expect((await errorOf(await post('/v1/auth/sign-out', {}, { ...cookie, ...foreign }))).code).toBe(
      'forbidden',
    );
  });
});

describe('signing in', { timeout: 60_000 }, () => {
  const credentials = { email: 'ann@example.org', password: 'a good password' };

  it('says who is signed in, or null', async () => {
    expect(await (await http('/v1/auth/get-session')).json()).toBeNull();
    const session = await (await http('/v1/auth/get-session', { headers: cookie })).json();
    expect(session).toMatchObject({ user: { username: 'ann', role: 'owner' } });
  });

  it('tells strangers that there are accounts, and no more', async () => {
    const response = await http('/v1/auth/options');
    expect(await response.json()).toEqual({
      hasAccounts: true,
      signUp: 'open',
      domains: [],
      mail: true,
      phone: true,
      providers: [],
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('lets in by username too, in any case', async () => {
    const password = 'a good password';
    const right = await post('/v1/auth/sign-in/username', { username: ' Ann', password }, {});
    expect(await right.json()).toMatchObject({ user: { email: 'ann@example.org' } });
    const wrong = await post('/v1/auth/sign-in/username', { username: 'ann', password: 'wrong' }, {});
    expect((await errorOf(wrong)).code).toBe('unauthenticated');
  });

  it('names the fields that are wrong', async () => {
    const response = await post(
      '/v1/auth/sign-up/email',
      { email: 'x', password: '', name: ' ', username: 'A B' },
      {},
    );
    const error = await errorOf(response);
    expect(error.code).toBe('bad_input');
    expect(error.fields?.map(({ path }) => path).sort()).toEqual(['email', 'name', 'password', 'username']);
  });

  it('takes names in use for a conflict, and a wrong password for nobody', async () => {
    const again = { ...credentials, email: ' ANN@example.org', name: 'Ann', username: 'ann' };
    const conflict = await errorOf(await post('/v1/auth/sign-up/email', again, {}));
    expect(conflict.code).toBe('conflict');
    expect(conflict.fields?.map(({ path }) => path)).toEqual(['email', 'username']);
    const wrong = await post('/v1/auth/sign-in/email', { ...credentials, password: 'wrong' }, {});
    expect((await errorOf(wrong)).code).toBe('unauthenticated');
  });

  it('signs out, which ends the session and the cookie', async () => {
    const signedIn = await post('/v1/auth/sign-in/email', credentials, {});
    const headers = { authorization: `Bearer ${signedIn.headers.get('set-auth-token')}` };
    const out = await post('/v1/auth/sign-out', {}, headers);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await errorOf(await http('/v1/me', { headers }))).code).toBe('unauthenticated');
  });

  it('slows down guessing one account, whatever the address', async () => {
    const guess = () =>
      post('/v1/auth/sign-in/email', { email: 'victim@example.org', password: 'guess' }, {});
    const answers = await Promise.all(Array.from({ length: 30 }, guess));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThanOrEqual(8);
    expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const answer of limited) expect((await errorOf(answer)).code).toBe('rate_limited');
  });
});

describe('pages', () => {
  it('serves the app at every address within it, its files by their kind', async () => {
    const html = { headers: { accept: 'text/html' } };
    for (const path of ['/', '/c/some/where?x=1']) {
      const page = await http(path, html);
      expect(await page.text(), path).toContain('the app');
      expect(page.headers.get('cache-control')).toBe('no-cache');
      expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(page.headers.get('content-security-policy')).toContain(`ws://${new URL(base).host}`);
    }
    const asset = await http('/assets/app-1a2b.js');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await http('/sw.js')).headers.get('cache-control')).toBe('no-cache');
    expect((await http('/assets/gone.js', html)).status).toBe(404);
  });

  it('what is shared with a page that has no service worker is told to be lost, unread', async () => {
    for (const [type, body] of [
      ['multipart/form-data; boundary=x', '--x'],
      ['text/plain', 'a'.repeat(2_000_000)],
    ] as const) {
      const answer = await http('/share', {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': type },
        body,
      });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/share?files=lost']);
    }
  });

  it('puts no stranger’s Host into a header', async () => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.end('GET / HTTP/1.1\r\nhost: x; script-src *\r\nconnection: close\r\n\r\n');
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    await once(socket, 'close');
    expect(answer).not.toContain('script-src *');
  });

  it('says whether it is alive and ready', async () => {
    expect((await http('/healthz')).status).toBe(200);
    expect((await http('/readyz')).status).toBe(200);
  });

  it('calls a request as a proxy did, unless that is nothing for a log', async () => {
    const idOf = async (given: string): Promise<string | null> =>
      (await http('/healthz', { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await idOf('0af7651916cd43dd8448eb211c80319c')).toBe('0af7651916cd43dd8448eb211c80319c');
    for (const hostile of ['short', '{"level":"fatal"}', 'x'.repeat(65), 'a b c d e f g']) {
      expect(await idOf(hostile)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('sends people elsewhere while it drains', async () => {
    const { services } = service;
    const limiter = createRateLimiter({ factor: 0 });
    const config = defaultConfig();
    const rooms = { services, accounts: services.accounts, limiter, config, log, webRoot };
    const app = await createHttpApp({ ...rooms, metrics: createMetrics(), isDraining: () => true });
    for (const url of ['/readyz', '/v1/me', '/v1/nothing']) {
      const answer = await app.inject({ url, headers: bearer });
      expect(answer.statusCode, url).toBe(503);
      expect(answer.json(), url).toMatchObject({ error: { code: 'draining', retryable: true } });
    }
    expect((await app.inject('/v1/me')).headers['retry-after']).toBe('1');
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    await app.close();
  });
});

describe('metrics', () => {
  const read = (headers: Record<string, string> = {}, from = base): Promise<Response> =>
    fetch(new URL('/metrics', from), { headers });

  it('count what happens, for this machine alone', async () => {
    await post('/v1/conversations', { kind: 'nonsense' });
    await post(`/v1/conversations/${conversationId}/messages`, {
      messageId: newId(),
      content: { type: 'plain', text: 'counted' },
    });
    const response = await read();
    expect(response.headers.get('content-type')).toContain('text/plain');
    const lines = (await response.text()).split('\n');
    const value = (name: string): number =>
      Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1));
    expect(
      value('kith_command_seconds_count{command="createConversation",result="bad_input"}'),
    ).toBeGreaterThan(0);
    expect(value('kith_command_seconds_count{command="sendMessage",result="ok"}')).toBeGreaterThan(0);
    expect(value('kith_commit_messages_sum')).toBeGreaterThan(0);
    expect(value('kith_connections')).toBe(0);
    expect(value('kith_peers')).toBe(0);
    expect(value('kith_bus_lag_seconds')).toBe(0);
    expect(value('kith_queue{queue="messages"}')).toBe(0);
    expect(value('kith_mails_waiting')).toBe(0);
    expect(value('kith_sms_waiting')).toBe(0);
    expect(value('kith_database_connections{state="waiting"}')).toBe(0);
    expect(value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect((await errorOf(await read({ 'x-forwarded-for': '127.0.0.1' }))).code).toBe('forbidden');
  });

  it('with a token, for whoever shows it', async () => {
    const metricsToken = 'm'.repeat(32);
    const guarded = await createService(defaultConfig({ port: 0, metricsToken }), {
      database: (await openTestDatabase('pglite')).database,
      log,
      webRoot,
    });
    const { url } = await guarded.listen();
    expect((await read({}, url)).status).toBe(403);
    expect((await read({ authorization: 'Bearer m' }, url)).status).toBe(403);
    expect((await read({ authorization: `Bearer ${metricsToken}` }, url)).status).toBe(200);
    await guarded.close();
  });
});
