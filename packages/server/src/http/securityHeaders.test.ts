/** Every answer there is bears the headers: each route, asked right and wrong, and what never becomes a request. */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandNames, commands } from '@kith/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createService, type Service } from '../service.ts';
import { openTestDatabase } from '../testing/world.ts';
import { STANDING_HEADERS, securityHeaders, stillPagePolicy } from './securityHeaders.ts';

interface Route {
  readonly method: string;
  readonly url: string;
}

/** As Fastify is told of them. */
const routes = vi.hoisted((): Route[] => []);
vi.mock('fastify', async (original) => {
  const real = await original<typeof import('fastify')>();
  const create = (options: Parameters<typeof real.default>[0]) => {
    const app = real.default(options);
    app.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) routes.push({ method: one, url });
    });
    return app;
  };
  return { ...real, default: create };
});

let service: Service;
let base: string;
let webRoot: string;

beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'kith-web-'));
  await mkdir(join(webRoot, 'assets'));
  await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>the app</title>');
  await writeFile(join(webRoot, 'assets/app-1a2b.js'), 'export {}');
  await writeFile(join(webRoot, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  service = await createService(defaultConfig({ port: 0, rateFactor: 0 }), {
    database: (await openTestDatabase('pglite')).database,
    log: pino({ level: 'silent' }),
    webRoot,
  });
  base = (await service.listen()).url;
});
afterAll(async () => {
  await service?.close();
  await rm(webRoot, { recursive: true, force: true });
});

function expectStanding(what: string, { headers }: Response): void {
  for (const [name, value] of Object.entries(STANDING_HEADERS))
    expect([what, name, headers.get(name)]).toEqual([what, name, value]);
}

/** Nothing that was not written by us is styled, run, framed or drawn. */
function expectPolicy(what: string, { headers }: Response): void {
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy, what).not.toMatch(/unsafe|\*|https?:(?!\/\/)/);
  expect(policy, what).toMatch(/default-src '(none|self)'/);
  if (!policy.includes('sandbox')) expect(policy, what).toContain("frame-ancestors 'none'");
}

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(new URL(path, base), { redirect: 'manual', ...init });

describe('every route', () => {
  it('was found', () => {
    const known = new Set(routes.map(({ method, url }) => `${method} ${url}`));
    for (const name of commandNames) {
      const { http } = commands[name];
      if (http) expect(known).toContain(`${http.method} /v1${http.path.replace(/\{(\w+)\}/g, ':$1')}`);
    }
    for (const one of [
      'GET /',
      'GET /*',
      'GET /docs',
      'GET /metrics',
      'POST /v1/auth/sign-in/email',
      'PATCH /v1/uploads/:fileId',
    ])
      expect(known).toContain(one);
  });

  it('bears the headers, signed in or not, in its refusals too', { timeout: 60_000 }, async () => {
    const signedUp = await ask('/v1/auth/sign-up/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email: 'a@example.org',
        password: 'a good password',
        name: 'A',
        username: 'aa',
      }),
    });
    const bearer = { authorization: `Bearer ${signedUp.headers.get('set-auth-token')}` };
    expect(signedUp.status).toBe(200);
    let asked = 0;
    for (const { method, url } of routes) {
      const path = url.replace(/:\w+/g, 'x').replace('*', 'x');
      for (const headers of [{}, bearer]) {
        // Others end here who are signed out.
        if (method === 'OPTIONS' || path.endsWith('revoke-others') || path.endsWith('sign-out')) continue;
        const answer = await ask(path, { method, headers });
        const what = `${method} ${path} ${answer.status}`;
        expectStanding(what, answer);
        expectPolicy(what, answer);
        const cache = answer.headers.get('cache-control') ?? '';
        if (path.startsWith('/v1/') || !answer.ok) expect([what, cache]).toEqual([what, 'no-store']);
        else expect(cache, what).toMatch(/no-store|no-cache|immutable/);
        asked += 1;
        await answer.arrayBuffer();
      }
    }
    expect(asked).toBeGreaterThan(2 * commandNames.length);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/c/somewhere'],
    ['GET', '/assets/app-1a2b.js'],
    ['GET', '/icon.svg'],
    ['GET', '/assets/gone.js'],
    ['GET', '/v1/nothing'],
    ['DELETE', '/nowhere'],
    ['GET', '/docs'],
    ['GET', '/openapi.json'],
    ['GET', '/v1/conversations/%E0%A4%A/messages'],
    ['GET', `/v1/conversations/${'x'.repeat(3_000)}/messages`],
    ['POST', '/share'],
  ])('so do pages, files and what is not there: %s %.60s', async (method, path) => {
    const answer = await ask(path, { method, headers: { accept: 'text/html' } });
    expectStanding(path, answer);
    expectPolicy(path, answer);
    if (!answer.ok) expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

it.each([
  ['what is not HTTP', 'GARBAGE\r\n\r\n'],
  ['headers without end', `GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(40_000)}\r\n\r\n`],
  [
    'a refused handshake',
    'GET /elsewhere HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  ],
])('so does %s', async (_name, bytes) => {
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  socket.end(bytes);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1\.1 4/);
  for (const [name, value] of Object.entries({ ...STANDING_HEADERS, 'cache-control': 'no-store' }))
    expect(answer).toContain(`\r\n${name}: ${value}\r\n`);
});

describe('a page that brings its style', () => {
  const styleOf = (page: string): string => /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';

  it.each(['/docs', '/'])('%s is allowed this one style, and nothing else', async (path) => {
    const empty = await createService(defaultConfig({ port: 0 }), {
      database: (await openTestDatabase('pglite')).database,
      log: pino({ level: 'silent' }),
      webRoot: join(webRoot, 'not-built'),
    });
    try {
      const { url } = await empty.listen();
      const answer = await fetch(new URL(path, url), { headers: { accept: 'text/html' } });
      const page = await answer.text();
      expect(styleOf(page).length).toBeGreaterThan(50);
      expect(answer.headers.get('content-security-policy')).toBe(stillPagePolicy(styleOf(page)));
      expect(page).not.toMatch(/<script|\son\w+=|style="/);
    } finally {
      await empty.close();
    }
  });
});

it('asks for https where it is spoken, of this host alone', () => {
  const config = {
    publicOrigins: ['https://chat.example.org'],
    trustedProxies: 0,
    s3Direct: false,
    s3Url: null,
  };
  expect(securityHeaders(config)({})['strict-transport-security']).toBe('max-age=31536000');
  expect(securityHeaders({ ...config, publicOrigins: [] })({})).not.toHaveProperty(
    'strict-transport-security',
  );
});
