/** Being somebody else: tokens made up or kept too long, cookies set before, pages of other sites, guesses. */
import { createHmac, randomBytes } from 'node:crypto';
import { commandNames, commands, newId } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type * as scryptModule from '../accounts/passwords/scrypt.ts';
import { attack, outcomeOf } from '../testing/attacks.ts';
import { type FilesWorld, type HttpPerson, metadata, openFilesWorld, TUS } from '../testing/filesWorld.ts';
import { openSocket } from '../testing/socketClient.ts';

/** How often a password was hashed: what takes the time of a sign-in. */
const work = vi.hoisted(() => ({ hashed: 0, verified: 0 }));
vi.mock('../accounts/passwords/scrypt.ts', async (original) => {
  const real = await original<typeof scryptModule>();
  return {
    ...real,
    hashPassword: (...of: Parameters<typeof real.hashPassword>) => {
      work.hashed += 1;
      return real.hashPassword(...of);
    },
    verifyPassword: (...of: Parameters<typeof real.verifyPassword>) => {
      work.verified += 1;
      return real.verifyPassword(...of);
    },
  };
});

const PASSWORD = 'a good password';
const JSON_TYPE = { 'content-type': 'application/json' };
const COOKIE = 'kith.session_token';

let world: FilesWorld;
let ann: HttpPerson;
let bob: HttpPerson;
beforeAll(async () => {
  world = await openFilesWorld();
  [ann, bob] = [await world.signUp('ann'), await world.signUp('bob')];
}, 120_000);
afterAll(() => world?.close());

const tokenOf = (person: HttpPerson): string => person.bearer['authorization']?.slice('Bearer '.length) ?? '';
const signIn = (form: object, headers: Record<string, string> = {}): Promise<Response> =>
  world.fetch('/v1/auth/sign-in/username', {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify(form),
  });
const again = async (username: string): Promise<string> =>
  (await signIn({ username, password: PASSWORD })).headers.get('set-auth-token') ?? '';
const whoIs = async (headers: Record<string, string>, query = ''): Promise<string> => {
  const response = await world.fetch(`/v1/me${query}`, { headers });
  if (!response.ok) return outcomeOf(response);
  const { user } = (await response.json()) as { readonly user: { readonly username: string } };
  return user.username;
};
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const cookie = (token: string): Record<string, string> => ({ cookie: `${COOKIE}=${token}` });

/** What came of a hello, by token or by the cookie of the upgrade. */
async function bySocket(token: string | undefined, headers: Record<string, string> = {}): Promise<string> {
  const socket = await openSocket(`${world.base.replace('http', 'ws')}/v1/socket`, { headers });
  try {
    socket.send({ t: 'hello', ...(token !== undefined && { token }) });
    const first = await Promise.race([socket.next('welcome'), socket.closed]);
    return 'code' in first ? String(first.code) : first.user.username;
  } finally {
    socket.ws.terminate();
  }
}

describe('tokens', () => {
  attack(
    'that were made up or changed are nobody’s',
    'other secrets, changed, cut, swapped and unsigned tokens, tokens of other kinds; as bearer, as cookie, over the socket',
    async (saw) => {
      const token = tokenOf(ann);
      const [bare = '', signature = ''] = token.split('.');
      const [, bobs = ''] = tokenOf(bob).split('.');
      const { rows } = await sql<{ token: string; id: string }>`select token, id from auth_sessions`.execute(
        world.service.services.database.db,
      );
      const signedBy = (secret: string, value = bare): string =>
        `${value}.${createHmac('sha256', secret).update(value).digest('base64')}`;
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const none = `${part({ alg: 'none', typ: 'JWT' })}.${part({ sub: ann.id })}.`;
      const forged: Readonly<Record<string, string>> = {
        'another secret': signedBy('another secret'),
        'an empty secret': signedBy(''),
        'the signature of somebody else': `${bare}.${bobs}`,
        'no signature': bare,
        'an empty signature': `${bare}.`,
        'only a signature': `.${signature}`,
        'a signature in base64url': `${bare}.${Buffer.from(signature, 'base64').toString('base64url')}`,
        'a signature in hex': `${bare}.${Buffer.from(signature, 'base64').toString('hex')}`,
        'a signature without its end': token.slice(0, -1),
        'a signature with more': `${token}A`,
        'one letter changed': `${bare.slice(0, -1)}${bare.endsWith('a') ? 'b' : 'a'}.${signature}`,
        'in upper case': `${bare.toUpperCase()}.${signature}`,
        'a dot more': `${bare}..${signature}`,
        twice: `${token}.${token}`,
        'escaped twice': encodeURIComponent(encodeURIComponent(token)),
        'with a NUL, escaped': `${bare}%00.${signature}`,
        'the id of a session': rows[0]?.id ?? '',
        'the row of a session': rows[0]?.token ?? '',
        'the id of a person': ann.id,
        'a JWT that is not signed': none,
        null: 'null',
        'random bytes': randomBytes(60).toString('base64url'),
        'very long': 'a'.repeat(5_000),
      };
      expect(await whoIs(bearer(token))).toBe('ann');
      for (const [what, value] of Object.entries(forged)) {
        saw(`${what}, as bearer`, await whoIs(bearer(value)), ['unauthenticated']);
        saw(`${what}, as cookie`, await whoIs(cookie(encodeURIComponent(value))), ['unauthenticated']);
        saw(`${what}, over the socket`, await bySocket(value), ['4401', '4400']);
      }
    },
  );

  attack(
    'are taken from where they belong, and from one place',
    'a token in the query, in other headers, under other names of cookies; two that contradict each other',
    async (saw) => {
      const token = tokenOf(ann);
      const encoded = encodeURIComponent(token);
      for (const query of ['access_token', 'token', 'authorization', COOKIE])
        saw(`the query ${query}`, await whoIs({}, `?${query}=${encoded}`), ['unauthenticated']);
      for (const header of ['x-auth-token', 'x-access-token', 'set-auth-token', 'proxy-authorization'])
        saw(`the header ${header}`, await whoIs({ [header]: `Bearer ${token}` }), ['unauthenticated']);
      for (const name of [
        'session_token',
        'KITH.session_token',
        `${COOKIE}x`,
        `__Host-${COOKIE}`,
        `x-${COOKIE}`,
      ])
        saw(`the cookie ${name}`, await whoIs({ cookie: `${name}=${encoded}` }), ['unauthenticated']);
      saw(
        'Basic',
        await whoIs({ authorization: `Basic ${Buffer.from(`ann:${PASSWORD}`).toString('base64')}` }),
        ['unauthenticated'],
      );
      // A wrong token is no reason to look for another one.
      saw('a wrong bearer beside a right cookie', await whoIs({ ...bearer('x.y'), ...ann.cookie }), [
        'unauthenticated',
      ]);
      saw('a right bearer beside somebody else’s cookie', await whoIs({ ...bob.bearer, ...ann.cookie }), [
        'bob',
      ]);
      saw(
        'a wrong cookie before a right one',
        await whoIs({ cookie: `${COOKIE}=x.y; ${ann.cookie['cookie']}` }),
        ['unauthenticated'],
      );
    },
  );

  attack(
    'that are over stay over',
    'signed out, revoked by their person, expired, of an account that is gone; again at once, and by socket',
    async (saw) => {
      const { db } = world.service.services.database;
      const isOver = async (what: string, token: string): Promise<void> => {
        saw(what, await whoIs(bearer(token)), ['unauthenticated']);
        saw(`${what}, by socket`, await bySocket(token), ['4401', '4400']);
      };
      const out = await again('ann');
      expect(await whoIs(bearer(out))).toBe('ann');
      await world.fetch('/v1/auth/sign-out', {
        method: 'POST',
        headers: { ...bearer(out), ...JSON_TYPE },
        body: '{}',
      });
      await isOver('signed out', out);

      const revoked = await again('ann');
      expect(await whoIs(bearer(revoked))).toBe('ann');
      const live = await openSocket(`${world.base.replace('http', 'ws')}/v1/socket`);
      await live.hello(revoked);
      await world.call(ann, 'POST', '/me/sessions/revoke-others', {});
      saw('its open socket', String((await live.closed).code), ['4403']);
      await isOver('revoked', revoked);

      // Not asked for yet, so that no cache knows it.
      const expired = await again('ann');
      await sql`update auth_sessions set expires_at = now() - interval '1 second' where token = ${expired.split('.')[0]}`.execute(
        db,
      );
      await isOver('expired', expired);

      const gone = await world.signUp('gone');
      await sql`delete from auth_users where id = ${gone.id}`.execute(db);
      await isOver('of nobody', tokenOf(gone));
    },
  );

  attack(
    'and cookies that were there before signing in are not those after it',
    'a cookie made up by another, a cookie of another person, one’s own from before',
    async (saw) => {
      for (const [what, before] of Object.entries({
        'made up': `${COOKIE}=fixed.value`,
        'of bob': bob.cookie['cookie'] ?? '',
        'of her own': ann.cookie['cookie'] ?? '',
      })) {
        const answer = await signIn({ username: 'ann', password: PASSWORD }, { cookie: before });
        expect(answer.status).toBe(200);
        const set = answer.headers.get('set-cookie') ?? '';
        saw(what, set.startsWith(`${before};`) ? 'kept' : 'a new session', ['a new session']);
        expect(set).toMatch(/; Path=\/; HttpOnly; SameSite=Lax/);
        expect(await whoIs({ cookie: set.split(';')[0] ?? '' })).toBe('ann');
        saw(`${what}, afterwards`, await whoIs({ cookie: before }), ['unauthenticated', 'bob', 'ann']);
      }
      expect(await whoIs({ cookie: `${COOKIE}=fixed.value` })).toBe('unauthenticated');
      expect(await whoIs(bob.cookie)).toBe('bob');
    },
  );
});

describe('pages of other sites', () => {
  const origins = (): readonly (readonly [string, Record<string, string>])[] => {
    const { host, port } = new URL(world.base);
    return [
      ['another site', { origin: 'https://evil.example' }],
      ['no origin, as sandboxed frames have', { origin: 'null' }],
      ['a name that begins like ours', { origin: `http://${host}.evil.example` }],
      ['a name that ends like ours', { origin: `http://evil-${host}` }],
      ['ours as the user of another', { origin: `http://${host}@evil.example` }],
      ['another port', { origin: `http://localhost:${Number(port) + 1}` }],
      ['a proxy that is none', { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' }],
      ['nothing said', {}],
      ['the browser says: of another site', { 'sec-fetch-site': 'cross-site' }],
      ['the browser says: of a sibling', { 'sec-fetch-site': 'same-site' }],
    ];
  };
  const changing = commandNames.flatMap((name) => {
    const { http } = commands[name];
    return http && http.method !== 'GET'
      ? [{ method: http.method as string, path: `/v1${http.path.replace(/\{\w+\}/g, newId())}` }]
      : [];
  });

  attack(
    'change nothing with a visitor’s cookie',
    'every route that changes something, from ten origins that are not ours',
    async (saw) => {
      const more = [
        { method: 'POST', path: '/v1/blobs?purpose=avatar' },
        { method: 'POST', path: '/v1/uploads' },
        { method: 'PATCH', path: `/v1/uploads/${newId()}` },
        { method: 'DELETE', path: `/v1/uploads/${newId()}` },
        { method: 'POST', path: '/v1/auth/sign-out' },
      ];
      expect(changing.length).toBeGreaterThan(40);
      for (const [from, headers] of origins())
        for (const { method, path } of [...changing, ...more]) {
          const tus = path.startsWith('/v1/uploads')
            ? { ...TUS, 'upload-length': '1', 'upload-metadata': metadata({ id: newId() }) }
            : {};
          const answer = await world.fetch(path, {
            method,
            headers: { ...ann.cookie, ...tus, ...JSON_TYPE, ...headers },
            ...(method !== 'DELETE' && { body: '{}' }),
          });
          saw(`${method} ${path} from ${from}`, await outcomeOf(answer), ['forbidden']);
        }
      // The same from a page of ours comes further: the refusals were for the origin.
      const own = await world.fetch('/v1/me', {
        method: 'PATCH',
        headers: { ...ann.cookie, ...JSON_TYPE, origin: world.base },
        body: '{}',
      });
      expect(own.status).toBe(200);
      expect(await whoIs(ann.cookie)).toBe('ann');
    },
    120_000,
  );

  attack(
    'send no form, and sign nobody in as whom they like',
    'forms, text and files to every route with a body; signing in and up from other sites',
    async (saw) => {
      const types = [
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/plain',
        'text/json',
      ];
      for (const type of types)
        for (const { method, path } of changing.filter((route) => route.method !== 'DELETE')) {
          const answer = await world.fetch(path, {
            method,
            headers: { ...ann.cookie, origin: world.base, 'content-type': type },
            body: '{"displayName":"Changed"}',
          });
          saw(`${method} ${path} as ${type}`, await outcomeOf(answer), ['bad_input']);
        }
      const foreign = origins().filter(
        ([, headers]) => Object.keys(headers).length > 0 && headers['sec-fetch-site'] !== 'same-site',
      );
      for (const [from, headers] of foreign) {
        const answer = await signIn({ username: 'bob', password: PASSWORD }, headers);
        saw(`signing in from ${from}`, await outcomeOf(answer), ['forbidden']);
        expect(answer.headers.get('set-cookie')).toBeNull();
      }
    },
  );

  attack(
    'open no socket with a visitor’s cookie',
    'the handshake from the same origins, with the cookie',
    async (saw) => {
      // A browser always names an origin here; programs name none, and have no cookie that a page could make them send.
      const named = origins().filter(([, headers]) => headers['origin'] !== undefined);
      for (const [from, headers] of named) {
        const ws = new WebSocket(`${world.base.replace('http', 'ws')}/v1/socket`, 'kith.v1.json', {
          headers: { ...ann.cookie, ...headers },
        });
        const outcome = await new Promise<string>((resolve) => {
          ws.on('unexpected-response', (_, response) => resolve(String(response.statusCode)));
          ws.on('error', () => resolve('refused'));
          ws.on('open', () => ws.send('{"t":"hello"}'));
          ws.on('message', (data) => resolve(String(data).includes('"welcome"') ? 'welcome' : 'sent away'));
          ws.on('close', (code) => resolve(String(code)));
        });
        ws.terminate();
        saw(from, outcome, ['403']);
      }
    },
  );

  attack(
    'read nothing: no answer lets another origin in',
    'preflights and reads from other origins at every route',
    async (saw) => {
      for (const name of commandNames) {
        const { http } = commands[name];
        if (!http) continue;
        const path = `/v1${http.path.replace(/\{\w+\}/g, newId())}`;
        for (const method of ['OPTIONS', http.method]) {
          const answer = await world.fetch(path, {
            method,
            headers: {
              ...ann.cookie,
              origin: 'https://evil.example',
              'access-control-request-method': http.method,
            },
          });
          const allowed = answer.headers.get('access-control-allow-origin');
          saw(`${method} ${path}`, allowed ?? 'no leave', ['no leave']);
        }
      }
      const tus = await world.fetch('/v1/uploads', {
        method: 'POST',
        headers: { ...TUS, ...ann.bearer, origin: 'https://evil.example' },
      });
      saw('an upload', tus.headers.get('access-control-allow-origin') ?? 'no leave', ['no leave']);
    },
  );
});

describe('guesses', () => {
  beforeEach(() => {
    Object.assign(work, { hashed: 0, verified: 0 });
  });

  attack(
    'learn from no answer whether there is an account',
    'signing in with a wrong password to known and unknown addresses and usernames: status, headers and words of the answers',
    async (saw) => {
      const told = async (path: string, form: object): Promise<string> => {
        const answer = await world.fetch(path, {
          method: 'POST',
          headers: JSON_TYPE,
          body: JSON.stringify(form),
        });
        const names = [...answer.headers.keys()].sort().join(',');
        return `${answer.status} ${names} ${await answer.text()}`;
      };
      const password = 'not the password';
      const known = await told('/v1/auth/sign-in/email', { email: 'ann@example.org', password });
      for (const form of [
        { path: 'email', email: 'nobody@example.org' },
        { path: 'email', email: 'nobody@nobody.invalid' },
        { path: 'username', username: 'ann' },
        { path: 'username', username: 'nobody' },
      ]) {
        const { path, ...who } = form;
        const answer = await told(`/v1/auth/sign-in/${path}`, { ...who, password });
        saw(JSON.stringify(who), answer === known ? 'the same' : answer, ['the same']);
      }
    },
  );

  attack(
    'nor from the time it takes',
    'passwords hashed for a sign-in to known and unknown addresses and usernames (counted, not timed)',
    async (saw) => {
      for (const [path, who] of [
        ['email', { email: 'ann@example.org' }],
        ['email', { email: 'nobody@example.org' }],
        ['username', { username: 'ann' }],
        ['username', { username: 'nobody' }],
      ] as const) {
        Object.assign(work, { hashed: 0, verified: 0 });
        await world.fetch(`/v1/auth/sign-in/${path}`, {
          method: 'POST',
          headers: JSON_TYPE,
          body: JSON.stringify({ ...who, password: 'not the password' }),
        });
        saw(JSON.stringify(who), `${work.hashed + work.verified} hashed`, ['1 hashed']);
      }
    },
  );

  it('a right password is verified, not hashed', async () => {
    await again('ann');
    expect(work).toEqual({ hashed: 0, verified: 1 });
  });
});

describe('guesses within the rates', () => {
  let limited: FilesWorld;
  beforeAll(async () => {
    limited = await openFilesWorld({ rateFactor: 1, trustedProxies: 1 });
    await limited.signUp('ann');
  }, 120_000);
  afterAll(() => limited?.close());

  const from = (n: number): Record<string, string> => ({ 'x-forwarded-for': `198.51.100.${n}` });
  const ask = (path: string, form: object, headers: Record<string, string>): Promise<Response> =>
    limited.fetch(path, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...headers },
      body: JSON.stringify(form),
    });

  attack(
    'of one account are slowed down, from however many addresses they come',
    '60 guesses of one password, each from an address of its own',
    async (saw) => {
      const outcomes: string[] = [];
      for (let n = 0; n < 60; n += 1) {
        const answer = await ask(
          '/v1/auth/sign-in/username',
          { username: 'ann', password: `guess ${n}` },
          from(n),
        );
        const outcome = await outcomeOf(answer);
        saw(`guess ${n}`, outcome, ['unauthenticated', 'rate_limited']);
        if (outcome === 'rate_limited') expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        outcomes.push(outcome);
      }
      expect(outcomes.filter((one) => one === 'rate_limited').length).toBeGreaterThan(30);
    },
  );

  attack(
    'of many accounts from one address are slowed down, whatever it claims to be',
    '500 forms from one address, which says before the proxy that it is another each time',
    async (saw) => {
      const outcomes: string[] = [];
      for (let n = 0; n < 500; n += 1) {
        const headers = { 'x-forwarded-for': `10.0.${n % 250}.${n % 7}, 203.0.113.9` };
        // No form at all: the address pays before anything is read.
        const outcome = await outcomeOf(await ask('/v1/auth/sign-in/email', {}, headers));
        saw(`form ${n}`, outcome, ['bad_input', 'rate_limited']);
        outcomes.push(outcome);
      }
      expect(outcomes.filter((one) => one === 'rate_limited').length).toBeGreaterThan(50);
    },
  );
});
