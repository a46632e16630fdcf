/** Coming in by a token that no host gave, or that was given for something else; and what a host's page and key must not do. */
import { type ApiScope, adminCalls, apiScopes, newId } from '@kith/protocol';
import { compactVerify } from 'jose';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { createKeySets } from '../accounts/embed/jwks.ts';
import { createOutside, NotFetched } from '../previews/outside.ts';
import { attack, outcomeOf } from '../testing/attacks.ts';
import { type EmbedWorld, OPERATOR, openEmbedWorld, type TestTenant } from '../testing/embedWorld.ts';
import {
  type Claims,
  claimsOf,
  hs256,
  type KeyPair,
  type KeysServer,
  makeKey,
  openKeysServer,
  signed,
} from '../testing/hostApp.ts';
import { openSocket } from '../testing/socketClient.ts';

const REFUSED = ['unauthenticated'];

let world: EmbedWorld;
let acme: TestTenant;
let other: TestTenant;
let keys: KeysServer;
let key: KeyPair;
/** A tenant whose tokens are signed with `key`. */
const keyed = 'keyed';

beforeAll(async () => {
  world = await openEmbedWorld();
  [acme, other] = [await world.tenant('acme'), await world.tenant('other')];
  keys = await openKeysServer();
  key = makeKey('k1', 'RS256');
  keys.show(key);
  await world.operate('POST', '/tenants', { slug: keyed, name: 'Keyed', jwksUrl: keys.url });
}, 120_000);
afterAll(async () => {
  await keys?.close();
  await world?.close();
});

const tryToken = async (token: string, more: object = {}): Promise<string> =>
  outcomeOf(await world.post(token, more));
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = (): number => Math.floor(Date.now() / 1_000);

describe('tokens of hosts', () => {
  attack(
    'are believed by their signature alone',
    'alg none, other algorithms, no signature, another secret, the secret of another tenant, claims changed after signing',
    async (saw) => {
      const claims = claimsOf('acme', 'ann');
      const good = acme.token('ann');
      const [head = '', body = '', signature = ''] = good.split('.');
      expect(await tryToken(good)).toBe('ok');
      const forged: Readonly<Record<string, string>> = {
        'alg none': `${part({ alg: 'none' })}.${part(claims)}.`,
        'alg NONE with a signature': `${part({ alg: 'NONE' })}.${body}.${signature}`,
        'no alg': `${part({ typ: 'JWT' })}.${body}.${signature}`,
        'HS512 named': `${part({ alg: 'HS512', kid: acme.kid })}.${body}.${signature}`,
        'RS256 at a tenant of secrets': signed(key, claims),
        'no signature': `${head}.${body}.`,
        'two parts': `${head}.${body}`,
        'four parts': `${good}.x`,
        'another secret': hs256('x'.repeat(43), claims, { kid: acme.kid }),
        'an empty secret': hs256('', claims),
        'the bytes of the secret': hs256(Buffer.from(acme.secret, 'base64url'), claims),
        'the secret of another tenant': hs256(other.secret, claims, { kid: acme.kid }),
        'that and its kid': hs256(other.secret, claims, { kid: other.kid }),
        'other claims': `${head}.${part({ ...claims, sub: 'root' })}.${signature}`,
        'another header': `${part({ alg: 'HS256' })}.${body}.${signature}`,
        'no token': 'x',
        'five parts, as if ciphered': 'a.b.c.d.e',
      };
      for (const [what, token] of Object.entries(forged)) saw(what, await tryToken(token), REFUSED);
    },
  );

  attack(
    'bring no keys and no rules of their own',
    'HS256 signed with the public key of a JWKS tenant in every form; jwk, jku, x5u, x5c, crit; kids that are paths, queries and SQL',
    async (saw) => {
      const claims = claimsOf(keyed, 'ann');
      expect(await tryToken(signed(key, claims))).toBe('ok');
      const pem = key.publicKey.export({ format: 'pem', type: 'spki' });
      const secrets = [pem, key.publicKey.export({ format: 'der', type: 'spki' })];
      secrets.push(JSON.stringify(key.publicKey.export({ format: 'jwk' })));
      secrets.push(String(key.publicKey.export({ format: 'jwk' }).n));
      for (const secret of secrets)
        saw('HS256 with the public key', await tryToken(hs256(secret, claims, { kid: 'k1' })), REFUSED);

      const mine = makeKey('mine', 'RS256');
      const evil = await openKeysServer();
      evil.show(mine);
      const jwk = mine.publicKey.export({ format: 'jwk' });
      for (const header of [
        { jwk },
        { jku: evil.url },
        { x5u: evil.url },
        { x5c: ['AAAA'] },
        { crit: ['b64'], b64: false },
        { kid: evil.url },
      ] as Claims[]) {
        saw(
          `${Object.keys(header)[0]}, of the attacker`,
          await tryToken(signed(mine, claims, header)),
          REFUSED,
        );
        if (!('kid' in header))
          saw(
            `${Object.keys(header)[0]}, beside a good signature`,
            await tryToken(signed(key, claims, header)),
            REFUSED,
          );
      }
      expect(evil.asked, 'the attacker’s keys were asked for').toBe(0);
      await evil.close();
      for (const kid of [
        '../../../../dev/null',
        '/dev/null',
        "' or 1=1 --",
        'a'.repeat(10_000),
        '',
        '__proto__',
        7,
        null,
        {},
        ['k1'],
      ])
        for (const token of [hs256('', claimsOf('acme', 'ann'), { kid }), signed(mine, claims, { kid })])
          saw(`kid ${JSON.stringify(kid).slice(0, 30)}`, await tryToken(token), [
            'unauthenticated',
            'bad_input',
          ]);
    },
  );

  attack(
    'are good for one tenant, for a time',
    'the audience, issuer and tenant of another; expired, of the future, good for too long, without times, times that are none',
    async (saw) => {
      const now = seconds();
      const wrong: Readonly<Record<string, Claims>> = {
        'aud of another tenant': { aud: 'kith:other' },
        'aud of something else': { aud: 'acme' },
        'no aud': { aud: undefined },
        'aud of several': { aud: ['kith:acme', 'kith:other'] },
        'iss of another tenant': { iss: 'other' },
        'iss of no tenant': { iss: 'nobody' },
        'iss of the main tenant': { iss: 'main', aud: 'kith:main' },
        'no iss': { iss: undefined },
        'iss that is a list': { iss: ['acme'] },
        expired: { iat: now - 600, exp: now - 300 },
        'just expired, beyond the minute': { iat: now - 600, exp: now - 61 },
        'of the future': { iat: now + 120, exp: now + 300 },
        'not before the future': { nbf: now + 120 },
        'good for two hours': { exp: now + 7_200 },
        'good for ever': { exp: 1e15 },
        'no exp': { exp: undefined },
        'no iat': { iat: undefined },
        'exp before iat': { exp: now - 10 },
        'exp as text': { exp: String(now + 300) },
        'exp that is no number': { exp: null },
        'a negative iat': { iat: -1 },
      };
      for (const [what, more] of Object.entries(wrong))
        saw(what, await tryToken(acme.token('ann', more)), REFUSED);
      saw('clocks that differ by half a minute', await tryToken(acme.token('ann', { iat: now + 30 })), [
        'ok',
      ]);
    },
  );

  attack(
    'say who somebody is, and no more',
    'owner and unknown roles, no sub, subs that are too long, our own, empty or no text; names of markup and of nothing',
    async (saw) => {
      const wrong: readonly Claims[] = [
        { roles: ['owner'] },
        { roles: ['member', 'owner'] },
        { roles: ['OWNER'] },
        { roles: 'admin' },
        { roles: [null] },
        { sub: undefined },
        { sub: '' },
        { sub: 'a'.repeat(201) },
        { sub: 'kith:service' },
        { sub: 7 },
        { sub: ['ann'] },
        { sub: { toString: 'ann' } },
        { sub: 'a\0b' },
        { name: '' },
        { name: '\u202e\u2066' },
        { name: 'x'.repeat(500) },
      ];
      for (const more of wrong)
        saw(JSON.stringify(more).slice(0, 40), await tryToken(acme.token('ann', more)), REFUSED);
      const claims = {
        ...claimsOf('acme', 'proto'),
        constructor: 1,
        role: 'owner',
        tenantId: 1,
        isAdmin: true,
      };
      const raw = JSON.stringify(claims).replace('{', '{"__proto__":{"roles":["admin"]},');
      const head = `${part({ alg: 'HS256', kid: acme.kid })}.${Buffer.from(raw).toString('base64url')}`;
      const { createHmac } = await import('node:crypto');
      const token = `${head}.${createHmac('sha256', acme.secret).update(head).digest('base64url')}`;
      const response = await world.post(token);
      const { user } = (await response.json()) as { user: { role: string } };
      saw('a prototype and other words for a role', user.role, ['member']);
    },
  );

  attack(
    'that say so are good once, and none after its person was signed out; large ones not at all',
    'a jti replayed, at once and side by side, in a refresh; 8 kB and more; deep JSON',
    async (saw) => {
      const once = acme.token('ann', { jti: newId() });
      expect(await tryToken(once)).toBe('ok');
      saw('again', await tryToken(once), REFUSED);
      const raced = acme.token('ann', { jti: newId() });
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => tryToken(raced)));
      saw('eight at one moment', String(outcomes.filter((outcome) => outcome === 'ok').length), ['1']);
      const session = await world.enter(acme, 'ann');
      saw('in a refresh', await tryToken(raced, { session: session.token }), REFUSED);
      // The same name of a token in another tenant is another token.
      saw('elsewhere', await tryToken(other.token('ann', { jti: 'j' })), ['ok']);
      saw('elsewhere too', await tryToken(acme.token('ann', { jti: 'j' })), ['ok']);
      saw('oversized', await tryToken(acme.token('ann', { more: 'x'.repeat(8_000) })), [
        'bad_input',
        'too_large',
      ]);
      saw('very oversized', await tryToken('x'.repeat(400_000)), ['bad_input', 'too_large']);
      const deep = `${part({ alg: 'HS256' })}.${Buffer.from('['.repeat(5_000)).toString('base64url')}.AA`;
      saw('deep', await tryToken(deep), ['bad_input', ...REFUSED]);
    },
  );

  attack(
    'let sessions of their own person go on, and nobody else’s',
    'a refresh with the token of somebody else, of another tenant, for a session that ended, that is made up, of an account',
    async (saw) => {
      const [ann, bob] = [await world.enter(acme, 'ann'), await world.enter(acme, 'bob')];
      const [theirs, account] = [await world.enter(other, 'ann'), await world.signUp('owner')];
      const tokenOf = (bearer: Readonly<Record<string, string>>) => bearer['authorization']?.slice(7) ?? '';
      saw('bob’s token, ann’s session', await tryToken(acme.token('bob'), { session: ann.token }), [
        'forbidden',
      ]);
      saw('of another tenant', await tryToken(other.token('ann'), { session: ann.token }), ['forbidden']);
      saw('to another tenant', await tryToken(acme.token('ann'), { session: theirs.token }), ['forbidden']);
      saw('an account', await tryToken(acme.token('ann'), { session: tokenOf(account.bearer) }), [
        'session_revoked',
      ]);
      saw('made up', await tryToken(acme.token('ann'), { session: 'host_x.y' }), ['session_revoked']);
      const overSocket = async (person: { token: string }, token: string): Promise<string> => {
        const socket = await openSocket(`${world.base.replace('http', 'ws')}/v1/socket`);
        await socket.hello(person.token);
        socket.send({ t: 'request', id: 1, command: 'refreshToken', input: { token } });
        const answer = await Promise.race([socket.next('reply'), socket.next('failed')]);
        socket.ws.terminate();
        return answer.t === 'reply' ? 'ok' : answer.error.code;
      };
      saw('over the socket', await overSocket(bob, acme.token('ann')), ['forbidden']);
      saw('by an account', await overSocket({ token: tokenOf(account.bearer) }, acme.token('ann')), [
        'conflict',
        'forbidden',
      ]);
      await world.fetch('/v1/auth/sign-out', {
        method: 'POST',
        headers: { ...ann.bearer, 'content-type': 'application/json' },
        body: '{}',
      });
      saw('signed out', await tryToken(acme.token('ann'), { session: ann.token }), ['session_revoked']);
      saw(
        'as a cookie',
        await whoIs({ cookie: `kith.session_token=${encodeURIComponent(bob.token)}` }),
        REFUSED,
      );
    },
  );
});

const whoIs = async (headers: Readonly<Record<string, string>>, path = '/v1/me'): Promise<string> =>
  outcomeOf(await world.fetch(path, { headers }));

describe('keys of hosts', () => {
  attack(
    'are fetched as links of strangers are',
    'keys that are down, slow, too large, no JSON, secrets, redirected inwards; other keys in their place; floods of unknown kids',
    async (saw) => {
      const host = await openKeysServer();
      const one = makeKey('one');
      const slug = 'moving';
      await world.operate('POST', '/tenants', { slug, name: 'Moving', jwksUrl: host.url });
      const ask = (by: KeyPair) => tryToken(signed(by, claimsOf(slug, 'ann')));
      saw('down from the start', await ask(one), ['unavailable']);
      const before = host.asked;
      for (let i = 0; i < 10; i += 1) saw('asked again while down', await ask(one), ['unavailable']);
      expect(host.asked, 'it is not asked each time').toBe(before);

      const bad = async (what: string, answer: KeysServer['answer'], by: KeyPair = one): Promise<void> => {
        const slow = `bad-${what.replaceAll(/\W+/g, '-')}`.slice(0, 30);
        const server = await openKeysServer();
        server.answer = answer;
        await world.operate('POST', '/tenants', { slug: slow, name: 'Bad', jwksUrl: server.url });
        saw(what, await tryToken(signed(by, claimsOf(slow, 'ann'))), ['unavailable', 'unauthenticated']);
        await server.close();
      };
      const json = { 'content-type': 'application/json' };
      await bad(
        'huge',
        (_, response) => void response.writeHead(200, json).end(`{"keys":[${' '.repeat(100_000)}]}`),
      );
      await bad('endless', (_, response) => {
        response.writeHead(200, json);
        const timer = setInterval(() => response.write(' '.repeat(16_384)), 5);
        response.on('close', () => clearInterval(timer));
      });
      await bad('no json', (_, response) => void response.writeHead(200, json).end('<html>'));
      await bad(
        'a page',
        (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('{}'),
      );
      const shared = Buffer.alloc(32, 1);
      const oct = { kty: 'oct', kid: 'k', alg: 'HS256', k: shared.toString('base64url') };
      await bad(
        'a shared secret',
        (_, response) => void response.writeHead(200, json).end(JSON.stringify({ keys: [oct] })),
      );
      saw(
        'and HS256 by it',
        await tryToken(hs256(shared, claimsOf('bad-a-shared-secret', 'ann'), { kid: 'k' })),
        REFUSED,
      );

      // Swapped: the old key is not believed for longer than it takes to look, and floods of unknown ones do not make us look.
      const [old, fresh] = [makeKey('old'), makeKey('fresh')];
      const turning = await openKeysServer();
      turning.show(old);
      await world.operate('POST', '/tenants', { slug: 'turning', name: 'Turning', jwksUrl: turning.url });
      const by = (pair: KeyPair) => tryToken(signed(pair, claimsOf('turning', 'ann')));
      saw('the old key', await by(old), ['ok']);
      turning.show(fresh);
      for (let i = 0; i < 5; i += 1) saw('unknown kids', await by(makeKey(`made-up-${i}`)), REFUSED);
      expect(turning.asked).toBeLessThanOrEqual(2);
      await Promise.all([host.close(), turning.close()]);
    },
  );
});

describe('the addresses of keys', () => {
  attack(
    'lead to nothing of our own house, whatever they are called and whereto they redirect',
    'this machine, private networks and the clouds’ own by number and name, without TLS, by a redirect, by a name that resolves inwards',
    async (saw) => {
      const inside = await openKeysServer();
      inside.show(key);
      const port = new URL(inside.url).port;
      const none = { warn: () => undefined };
      const strict = createKeySets({
        outside: createOutside({
          isPort: () => true,
          resolve: async () => [{ address: '127.0.0.1', family: 4 }],
        }),
        insecure: false,
        log: none,
        now: Date.now,
      });
      for (const url of [
        inside.url,
        `https://127.0.0.1:${port}/`,
        `https://localhost:${port}/`,
        `https://[::1]:${port}/`,
        `https://0x7f000001:${port}/`,
        'https://169.254.169.254/latest/meta-data',
        'https://10.0.0.1/',
        `https://keys.example.org:${port}/`,
        'http://93.184.216.34/jwks.json',
        'https://user:password@93.184.216.34/',
      ])
        saw(url, (await strict.at(url)) === null ? 'refused' : 'fetched', ['refused']);
      // Where every address counts as outside, only TLS is missing.
      const plain = createKeySets({
        outside: createOutside({ isPort: () => true, isAllowed: () => true }),
        insecure: false,
        log: none,
        now: Date.now,
      });
      saw('without TLS', (await plain.at(inside.url)) === null ? 'refused' : 'fetched', ['refused']);
      // Outside is one address here, and a redirect leads to another one.
      const outer = await openKeysServer();
      outer.answer = (_, response) =>
        void response.writeHead(302, { location: `http://127.0.0.2:${port}/jwks.json` }).end();
      const led = createKeySets({
        outside: createOutside({ isPort: () => true, isAllowed: (address) => address === '127.0.0.1' }),
        insecure: true,
        log: none,
        now: Date.now,
      });
      saw('a redirect inwards', (await led.at(outer.url)) === null ? 'refused' : 'fetched', ['refused']);
      expect(outer.asked).toBe(1);
      expect(inside.asked, 'something inside was asked').toBe(0);
      await Promise.all([inside.close(), outer.close()]);
    },
  );

  attack(
    'that are down or give other keys change what is believed in time',
    'keys taken back, a host that is down for minutes and for hours, by a clock of the test',
    async (saw) => {
      let now = 1_000_000_000;
      let shown: readonly KeyPair[] | null = [key];
      const fetched = createKeySets({
        outside: async (url) => {
          if (shown === null) throw new NotFetched('down');
          const keys = shown.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid }));
          return { url: new URL(url), contentType: '', bytes: Buffer.from(JSON.stringify({ keys })) };
        },
        insecure: false,
        log: { warn: () => undefined },
        now: () => now,
      });
      const knows = async (by: KeyPair): Promise<string> => {
        const keys = await fetched.at('https://host.example.org/jwks');
        if (!keys) return 'none';
        const token = signed(by, claimsOf('acme', 'ann'));
        return compactVerify(token, keys).then(
          () => 'believed',
          () => 'refused',
        );
      };
      saw('shown', await knows(key), ['believed']);
      shown = null;
      now += 30 * 60_000;
      saw('down for half an hour', await knows(key), ['believed']);
      now += 6 * 3_600_000;
      saw('down for hours', await knows(key), ['none']);
      shown = [makeKey('k2')];
      now += 60_000;
      saw('taken back while it was down', await knows(key), ['refused']);
      shown = [key];
      now += 5 * 60_000;
      saw('not looked at again yet', await knows(key), ['refused']);
      now += 6 * 60_000;
      saw('shown again', await knows(key), ['believed']);
    },
  );
});

describe('pages of hosts', () => {
  const ORIGIN = 'https://app.example.org';

  attack(
    'speak for their own people by bearer tokens, and for nobody by cookie',
    'foreign pages with a cookie, with tokens of other tenants, origins that look alike, over HTTP and by the socket',
    async (saw) => {
      const paged = await world.tenant('paged', { origins: [ORIGIN] });
      const ann = await world.enter(paged, 'ann');
      const elsewhere = await world.enter(other, 'ann');
      const owner = await world.signUp('paged-owner');
      const cors = async (headers: Readonly<Record<string, string>>, path = '/v1/me', method = 'GET') => {
        const response = await world.fetch(path, { method, headers });
        await response.text();
        return `${response.status} ${response.headers.get('access-control-allow-origin') ?? '-'}`;
      };
      expect(await cors({ origin: ORIGIN, ...ann.bearer })).toBe(`200 ${ORIGIN}`);
      const preflight = await world.fetch('/v1/me', {
        method: 'OPTIONS',
        headers: {
          origin: ORIGIN,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'authorization',
        },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('vary')).toContain('origin');
      saw('credentials', String(preflight.headers.get('access-control-allow-credentials')), ['null']);
      saw('a cookie of ours', await cors({ origin: ORIGIN, ...owner.cookie }), [`403 ${ORIGIN}`]);
      saw('a token of another tenant', await cors({ origin: ORIGIN, ...elsewhere.bearer }), [
        `403 ${ORIGIN}`,
      ]);
      saw('a token of an account', await cors({ origin: ORIGIN, ...owner.bearer }), [`403 ${ORIGIN}`]);
      for (const origin of [
        `${ORIGIN}.evil.org`,
        'http://app.example.org',
        'https://evil-app.example.org',
        `${ORIGIN}:444`,
        'null',
        'https://APP.example.org.',
      ])
        saw(`the origin ${origin}`, await cors({ origin, ...ann.bearer }), ['200 -']);
      for (const path of [
        '/v1/auth/get-session',
        '/v1/auth/options',
        '/v1/operator/tenants',
        '/v1/admin/people',
        '/v1/%61dmin/people',
        '/v1/%61uth/get-session',
        '/%761/auth/options',
      ])
        saw(`closed to pages: ${path}`, (await cors({ origin: ORIGIN }, path)).split(' ')[1] ?? '', ['-']);
      const enter = (headers: Readonly<Record<string, string>>, tenant: TestTenant) =>
        world.post(tenant.token('ann'), {}, headers).then(outcomeOf);
      saw('in from its page', await enter({ origin: ORIGIN, 'sec-fetch-site': 'cross-site' }, paged), ['ok']);
      saw('in from another page', await enter({ origin: 'https://evil.org' }, paged), ['forbidden']);
      saw('in from the page of another tenant', await enter({ origin: ORIGIN }, other), ['forbidden']);
      const set = await world.post(paged.token('ann'), {}, { origin: ORIGIN });
      saw('a cookie is set', String(set.headers.get('set-cookie')), ['null']);

      const socket = async (headers: Readonly<Record<string, string>>, token?: string): Promise<string> => {
        try {
          const opened = await openSocket(`${world.base.replace('http', 'ws')}/v1/socket`, { headers });
          opened.send({ t: 'hello', ...(token !== undefined && { token }) });
          const first = await Promise.race([opened.next('welcome'), opened.closed]);
          opened.ws.terminate();
          return 'code' in first ? String(first.code) : 'in';
        } catch {
          return 'refused';
        }
      };
      saw('the socket, by its page', await socket({ origin: ORIGIN }, ann.token), ['in']);
      saw('the socket, by a cookie', await socket({ origin: ORIGIN, ...owner.cookie }), ['4401']);
      saw('the socket, for another tenant', await socket({ origin: ORIGIN }, elsewhere.token), ['4401']);
      saw(
        'the socket, for an account',
        await socket({ origin: ORIGIN }, owner.bearer['authorization']?.slice(7)),
        ['4401'],
      );
      saw('the socket, by another page', await socket({ origin: 'https://evil.org' }, ann.token), [
        'refused',
      ]);
      // Taken back: at once.
      await world.operate('PATCH', '/tenants/paged', { origins: [] });
      saw('an origin that was taken back', await cors({ origin: ORIGIN, ...ann.bearer }), ['200 -']);
      saw('its socket', await socket({ origin: ORIGIN }, ann.token), ['refused']);
    },
  );
});

describe('the operator', () => {
  attack(
    'is whoever has the token, in the header',
    'no token, a wrong one, one cut short, in the query, as a cookie, sessions of people in its place',
    async (saw) => {
      const ann = await world.enter(acme, 'ann', { roles: ['admin'] });
      const path = '/v1/operator/tenants';
      saw('nothing', await whoIs({}, path), REFUSED);
      saw('a wrong one', await whoIs({ authorization: `Bearer ${'x'.repeat(43)}` }, path), REFUSED);
      saw('cut', await whoIs({ authorization: `Bearer ${OPERATOR.slice(0, -1)}` }, path), REFUSED);
      saw('an admin', await whoIs(ann.bearer, path), REFUSED);
      saw('in the query', await whoIs({}, `${path}?token=${OPERATOR}&access_token=${OPERATOR}`), REFUSED);
      saw('a cookie', await whoIs({ cookie: `kith.session_token=${OPERATOR}` }, path), REFUSED);
      saw('itself', await whoIs({ authorization: `Bearer ${OPERATOR}` }, path), ['ok']);
    },
  );
});

describe('keys of backends', () => {
  /** One call of each row of the table, at things of `house`. */
  const calls = (house: { conversationId: string; sub: string }) => {
    const messageId = newId();
    const at = `/conversations/${house.conversationId}`;
    return {
      upsertPeople: ['PUT', '/people', { people: [{ sub: 'made-by-an-attack', name: 'X' }] }],
      listPeople: ['GET', '/people'],
      revokePerson: ['POST', '/people/revoke', { sub: house.sub }],
      deletePerson: ['POST', '/people/delete', { sub: house.sub, messages: 'delete' }],
      openConversation: [
        'POST',
        '/conversations',
        { conversationId: newId(), name: 'X', members: [house.sub] },
      ],
      listConversations: ['GET', '/conversations'],
      addPeople: ['POST', `${at}/members`, { members: [house.sub] }],
      removePeople: ['POST', `${at}/members/remove`, { members: [house.sub] }],
      postMessage: ['POST', `${at}/messages`, { messageId, text: 'words of an attacker' }],
      exportMessages: ['GET', `${at}/messages`],
    } as const satisfies Record<keyof typeof adminCalls, readonly [string, string, object?]>;
  };
  const names = Object.keys(adminCalls) as (keyof typeof adminCalls)[];
  const callBy = async (
    key: string | null,
    [method, path, body]: readonly [string, string, object?],
    query = '',
  ): Promise<{ outcome: string; text: string }> => {
    const response = await world.fetch(`/v1/admin${path}${query}`, {
      method,
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.clone().text();
    return { outcome: await outcomeOf(response), text };
  };
  const makeKeyOf = async (slug: string, scopes: readonly ApiScope[]): Promise<string> => {
    const { key } = await world.operate<{ key: string }>('POST', `/tenants/${slug}/api-keys`, {
      name: 'Key',
      scopes,
    });
    return key;
  };

  attack(
    'open their own tenant, as far as their scopes go, and only in the header',
    'every call with the key of another tenant, with every other scope, without, in the query, cut and changed; expired, of a tenant that is disabled; sessions of people',
    async (saw) => {
      const mine = await world.tenant('keys-mine');
      const theirs = await world.tenant('keys-theirs');
      const key = await makeKeyOf('keys-theirs', apiScopes);
      const conversationId = newId();
      await world.enter(theirs, 'victim', { name: 'Secret wombat' });
      const made = await callBy(key, [
        'POST',
        '/conversations',
        { conversationId, name: 'Secret wombat', members: ['victim'] },
      ]);
      expect(made.outcome).toBe('ok');
      const house = { conversationId, sub: 'victim' };
      const foreign = await makeKeyOf('keys-mine', apiScopes);
      for (const name of names) {
        const { outcome, text } = await callBy(foreign, calls(house)[name]);
        const own = ['upsertPeople', 'listPeople', 'listConversations'].includes(name);
        saw(`${name}, by the key of another tenant`, outcome, own ? ['ok'] : ['not_found']);
        saw(`${name}, what it tells`, text.includes('wombat') ? 'the secret' : 'nothing', ['nothing']);
      }
      saw(
        'the id of a conversation of another tenant, as one’s own',
        (await callBy(foreign, ['POST', '/conversations', { conversationId, name: 'Mine' }])).outcome,
        ['ok', 'conflict'],
      );
      const after = await callBy(key, ['GET', `/conversations/${conversationId}/messages`]);
      saw('what was said there since', after.text.includes('attacker') ? 'changed' : 'the same', [
        'the same',
      ]);

      for (const name of names) {
        const { scope } = adminCalls[name];
        const less = await makeKeyOf(
          'keys-mine',
          apiScopes.filter((other) => other !== scope),
        );
        saw(`${name}, without ${scope}`, (await callBy(less, calls(house)[name])).outcome, ['forbidden']);
        saw(`${name}, without a key`, (await callBy(null, calls(house)[name])).outcome, REFUSED);
        for (const parameter of ['key', 'api_key', 'access_token', 'authorization'])
          saw(
            `${name}, in the query`,
            (await callBy(null, calls(house)[name], `?${parameter}=${key}`)).outcome,
            REFUSED,
          );
      }
      const [, id] = key.split('_');
      // base64url, so it may hold the separator itself.
      const secretOf = (whole: string): string => whole.split('_').slice(2).join('_');
      const secret = secretOf(key);
      const person = await world.enter(mine, 'ann', { roles: ['admin'] });
      const list = ['GET', '/people'] as const;
      for (const [what, given] of Object.entries({
        'a secret of another key': `kith_${id}_${secretOf(foreign)}`,
        cut: key.slice(0, -1),
        changed: `kith_${id}_${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`,
        'its id alone': `kith_${id}_`,
        'an unknown id': `kith_0000000000000000_${secret}`,
        'SQL for an id': `kith_' or 1=1--_${secret}`,
        'the session of an admin': person.token,
        'the operator’s token': OPERATOR,
      }))
        saw(what, (await callBy(given, list)).outcome, REFUSED);
      saw('a key for a session', await whoIs({ authorization: `Bearer ${key}` }), REFUSED);
      saw(
        'a key for an operator',
        await whoIs({ authorization: `Bearer ${key}` }, '/v1/operator/tenants'),
        REFUSED,
      );
      const over = await world.operate<{ key: string }>('POST', '/tenants/keys-mine/api-keys', {
        name: 'Over',
        scopes: apiScopes,
        expiresAt: '2020-01-01T00:00:00.000Z',
      });
      saw('expired', (await callBy(over.key, list)).outcome, REFUSED);
      await world.operate('POST', '/tenants/keys-theirs/disable');
      saw('of a disabled tenant', (await callBy(key, list)).outcome, REFUSED);
    },
  );
});
