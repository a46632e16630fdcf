/** In by other services, and everything somebody might try who is not who they say. */
import { generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { KithError, newId, type SignUpInput } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../config.ts';
import { createAnnouncer } from '../../fanout/announcer.ts';
import { localBus } from '../../fanout/bus.ts';
import type { MailContent } from '../../mail/kinds.ts';
import type { Caller } from '../../services.ts';
import {
  type Claims,
  createFakeProvider,
  type FakeProvider,
  type Forgery,
  jwt,
  signingKeys,
} from '../../testing/fakeProvider.ts';
import { CHEAP, createLetters, type Letters } from '../../testing/letters.ts';
import { databaseKinds, openTestDatabase } from '../../testing/world.ts';
import type { Accounts, Origin } from '../accounts.ts';
import { type AccountsDependencies, createAccounts } from '../createAccounts.ts';
import { accountsDb } from '../tables.ts';
import type { ReturnOutcome } from './flow.ts';
import { parseProviders } from './settings.ts';

type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>;

const HERE = 'https://chat.example.org';
const PASSWORD = 'seven quiet otters swim';
const MINUTE = 60_000;
/** No service of a test needs as long, except one that hangs. */
const PATIENCE_MS = 1_000;

let people = 0;
const somebody = () => {
  people += 1;
  return { sub: `sub-${people}`, email: `o${people}@example.org`, email_verified: true, name: `O ${people}` };
};
const place = (more: Partial<Origin> = {}): Origin => {
  people += 1;
  return { address: `10.1.${people >> 8}.${people & 255}`, userAgent: `browser ${people}`, ...more };
};
const refusal = (promise: Promise<unknown>): Promise<KithError> =>
  promise.then(
    () => expect.fail('should be refused'),
    (reason) => {
      expect(reason).toBeInstanceOf(KithError);
      return reason as KithError;
    },
  );
const codeIn = (mails: readonly MailContent[]): string => {
  const mail = mails.at(-1);
  return mail && 'code' in mail ? mail.code : expect.fail(`no code in ${JSON.stringify(mails)}`);
};
/** What a browser sends of cookies that it was told to keep. */
const kept = (cookies: readonly string[]): string => cookies.map((one) => one.split(';')[0]).join('; ');

const problemOf = (outcome: ReturnOutcome): string =>
  outcome.type === 'refused' ? outcome.problem : expect.fail(`not refused: ${JSON.stringify(outcome)}`);
function inside(outcome: ReturnOutcome) {
  return outcome.type === 'entered' && outcome.outcome.type === 'signed_in'
    ? outcome.outcome
    : expect.fail(`not signed in: ${JSON.stringify(outcome)}`);
}

describe.each(databaseKinds)('outside on %s', { timeout: 60_000 }, (kind) => {
  let test: TestDatabase;
  let letters: Letters;
  let acme: FakeProvider;
  let other: FakeProvider;
  /** Addresses are proven; they are not; new accounts are closed. */
  let accounts: Accounts;
  let trusting: Accounts;
  let closed: Accounts;
  let now: number;
  const logged: string[] = [];
  const note = (details: object, message: string): void => {
    logged.push(JSON.stringify([details, message]));
  };

  const open = (config: Partial<AccountsDependencies['config']>): Promise<Accounts> => {
    const bus = localBus();
    const list = [
      { id: 'acme', issuer: acme.issuer, name: 'Acme', clientId: 'kith', clientSecret: acme.secret },
      { id: 'other', issuer: other.issuer, clientId: 'kith', clientSecret: other.secret },
      { id: 'github', preset: 'github', issuer: acme.issuer, clientId: 'kith', clientSecret: acme.secret },
      {
        id: 'microsoft',
        preset: 'microsoft',
        issuer: acme.issuer,
        clientId: 'kith',
        clientSecret: acme.secret,
      },
      {
        id: 'apple',
        preset: 'apple',
        issuer: acme.issuer,
        clientId: 'kith',
        clientSecret: APPLE_KEY,
        teamId: 'TEAM',
        keyId: 'KEY',
      },
      { id: 'own', issuer: acme.issuer, clientId: 'kith', clientSecret: acme.secret, trustEmail: true },
    ];
    return createAccounts({
      database: test.database,
      bus,
      announcer: createAnnouncer(bus),
      mail: letters,
      config: {
        ...defaultConfig(),
        proveEmail: true,
        publicOrigins: [HERE],
        providers: parseProviders(JSON.stringify(list), {}),
        ...config,
      },
      log: { warn: note, error: note },
      costs: CHEAP,
      evenMs: 0,
      outsideMs: PATIENCE_MS,
      now: () => now,
    });
  };

  /** A browser that was sent away. */
  const away = async (
    provider: string,
    { at = accounts, cookie = '', link = undefined as string | undefined } = {},
  ) => {
    const origin = place();
    const outcome = await at.departOutside({ provider, link, cookie, origin });
    if (outcome.type === 'refused') return expect.fail(`could not go: ${outcome.problem}`);
    return {
      provider,
      at,
      origin,
      url: new URL(outcome.url),
      cookie: [cookie, kept(outcome.cookies)].filter(Boolean).join('; '),
      cookies: outcome.cookies,
    };
  };
  type Trip = Awaited<ReturnType<typeof away>>;
  const back = (trip: Trip, parameters: URLSearchParams, changed: Partial<Trip> = {}) => {
    const { at, provider, cookie, origin } = { ...trip, ...changed };
    return at.returnFromOutside({ provider, parameters, cookie, origin });
  };
  /** There and back. */
  const arrive = async (
    claims: Claims,
    { provider = 'acme', from = acme, at = accounts, forgery = {} as Forgery } = {},
  ) => {
    const trip = await away(provider, { at });
    return back(trip, from.grant(trip.url, claims, forgery));
  };
  const callerOf = async (token: string): Promise<Caller> => {
    const identity = await accounts.authenticate({ token });
    if (!identity) return expect.fail('nobody is signed in');
    const { tenantId, user, sessionId } = identity;
    return { tenantId, userId: user.id, sessionId, socket: null };
  };
  /** Somebody with a password, whose address is proven. */
  const member = async (form: Partial<SignUpInput> = {}) => {
    people += 1;
    const username = `m${people}`;
    const whole = { email: `${username}@example.org`, password: PASSWORD, name: username, username, ...form };
    const origin = place();
    const asked = await accounts.signUp(whole, origin);
    if (asked.type !== 'code_sent') return expect.fail('no code was sent');
    const code = codeIn(letters.to(whole.email));
    const one = await accounts.proceed({ ticket: asked.ticket, code }, origin);
    if (one.type !== 'signed_in') return expect.fail('not signed in');
    return { ...whole, one, caller: await callerOf(one.token), cookie: kept(one.cookies) };
  };
  const unproven = async (email: string) => {
    people += 1;
    const username = `u${people}`;
    const one = await trusting.signUp({ email, password: PASSWORD, name: username, username }, place());
    return one.type === 'signed_in' ? one : expect.fail('not signed in');
  };
  const kinds = async (caller: Caller): Promise<string[]> =>
    (await accounts.listSecurityEvents(caller, { of: 'me', cursor: undefined, limit: undefined })).events.map(
      (event) => event.kind,
    );
  const accountsWith = async (email: string): Promise<number> =>
    (
      await accountsDb(test.database.db)
        .selectFrom('auth_users')
        .select('id')
        .where('email', '=', email)
        .execute()
    ).length;

  beforeAll(async () => {
    now = Date.now();
    [test, acme, other] = await Promise.all([
      openTestDatabase(kind),
      createFakeProvider(),
      createFakeProvider(),
    ]);
    letters = createLetters();
    accounts = await open({});
    trusting = await open({ proveEmail: false });
    closed = await open({ signUp: 'closed' });
    await member();
  });
  beforeEach(() => {
    now = Date.now();
  });
  afterAll(async () => {
    for (const each of [accounts, trusting, closed]) await each?.close();
    await acme?.close();
    await other?.close();
    await test?.drop();
  });

  describe('coming in', () => {
    it('sends the browser away with PKCE, state and nonce, to come back to where people reach us', async () => {
      const { url, cookies } = await away('acme');
      expect(url.origin).toBe(acme.issuer);
      expect(Object.fromEntries(url.searchParams)).toMatchObject({
        client_id: 'kith',
        response_type: 'code',
        scope: 'openid email profile',
        code_challenge_method: 'S256',
        redirect_uri: `${HERE}/v1/auth/outside/acme/callback`,
      });
      for (const name of ['state', 'nonce', 'code_challenge'])
        expect(url.searchParams.get(name)?.length, name).toBeGreaterThanOrEqual(40);
      expect(cookies).toEqual([
        expect.stringMatching(
          /^__Host-kith\.outside=\S+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
        ),
      ]);
    });

    it('makes an account, once, and finds it again whatever is said later', async () => {
      const who = somebody();
      const first = inside(await arrive({ ...who, preferred_username: 'Grace Hopper!' }));
      expect(first.user).toMatchObject({ email: who.email, name: who.name, username: 'grace.hopper' });
      const caller = await callerOf(first.token);
      expect(await accounts.getAccount(caller, {})).toMatchObject({ emailVerified: true });
      const again = inside(
        await arrive({ sub: who.sub, email: 'changed@example.org', email_verified: true }),
      );
      expect(again.user).toMatchObject({ id: first.user.id, email: who.email });
      // Signed in to by a browser that was not seen before, as by password.
      expect(letters.to(who.email).map((mail) => mail.kind)).toEqual(['new_device']);
      expect(await kinds(caller)).toEqual(['new_device', 'signed_in', 'signed_up']);
      expect(await accounts.listLinks(caller, {})).toMatchObject({
        links: [{ provider: 'acme', name: 'Acme', label: who.email }],
      });
    });

    it('makes one account of one new person who arrives several times at once', async () => {
      const who = somebody();
      const outcomes = await Promise.all([arrive(who), arrive(who), arrive(who)]);
      expect(new Set(outcomes.map((one) => inside(one).user.id)).size).toBe(1);
      expect(await accountsWith(who.email)).toBe(1);
    });

    it('gives a name that somebody has another end', async () => {
      const ada = await member();
      const { user } = inside(await arrive({ ...somebody(), preferred_username: ada.username }));
      expect(user.username).toMatch(new RegExp(`^${ada.username}-[0-9a-f]{4}$`));
    });

    it('believes nothing of a name but what a name may be', async () => {
      const { user } = inside(
        await arrive({ ...somebody(), name: '\u202e\0evil', preferred_username: { toString: 1 } }),
      );
      expect(user.name).not.toMatch(/[\u202e\0]/);
    });

    it('asks where the token leaves the address out, and takes it of nobody else', async () => {
      acme.metadata({ userinfo_endpoint: `${acme.issuer}/userinfo` });
      const fresh = await open({});
      const who = somebody();
      const { sub } = who;
      expect(inside(await arrive({ sub, userinfo: who }, { at: fresh })).user.email).toBe(who.email);
      const victim = await member();
      const swapped = { sub: 'another', email: victim.email, email_verified: true };
      const outcome = await arrive({ sub: somebody().sub, userinfo: swapped }, { at: fresh });
      expect(problemOf(outcome)).toBe('failed');
      acme.metadata({});
      await fresh.close();
    });

    it('links by an address that both sides have proven, and tells its owner', async () => {
      const ada = await member();
      const outcome = inside(await arrive({ ...somebody(), email: ada.email.toUpperCase() }));
      expect(outcome.user.id).toBe(ada.caller.userId);
      expect(letters.to(ada.email).map((mail) => mail.kind)).toEqual(['sign_in_way_changed', 'new_device']);
      expect(await kinds(ada.caller)).toContain('provider_linked');
    });

    it('has an address proven that the service did not, before there is an account', async () => {
      const who = { ...somebody(), email_verified: false };
      const origin = place();
      const outcome = await arrive(who);
      if (outcome.type !== 'entered' || outcome.outcome.type !== 'code_sent')
        return expect.fail(JSON.stringify(outcome));
      expect(await accountsWith(who.email)).toBe(0);
      const code = codeIn(letters.to(who.email));
      const one = await accounts.proceed({ ticket: outcome.outcome.ticket, code }, origin);
      if (one.type !== 'signed_in') return expect.fail(one.type);
      expect(inside(await arrive(who)).user.id).toBe(one.user.id);
    });

    it('says in one word what did not work', async () => {
      const { email: _email, ...nameless } = somebody();
      expect(problemOf(await arrive(nameless))).toBe('no_address');
      const trip = await away('acme');
      const state = trip.url.searchParams.get('state') ?? '';
      const declined = await back(trip, new URLSearchParams({ error: 'access_denied', state }));
      expect(problemOf(declined)).toBe('declined');
      expect((await refusal(away('nobody'))).code).toBe('not_found');
    });
  });

  describe('an account is taken over', () => {
    it('by an address that the service did not prove: its owner hears of it, who asks learns nothing', async () => {
      const victim = await member();
      for (const email_verified of [false, 'true', 1, undefined]) {
        const outcome = await arrive({ ...somebody(), email: victim.email, email_verified });
        if (outcome.type !== 'entered' || outcome.outcome.type !== 'code_sent')
          return expect.fail(JSON.stringify(outcome));
        const { ticket } = outcome.outcome;
        expect((await refusal(accounts.proceed({ ticket, code: '123456' }, place()))).code).toBe('bad_input');
      }
      expect(letters.to(victim.email).at(0)?.kind).toBe('sign_up_known');
      expect(await accounts.listLinks(victim.caller, {})).toEqual({ links: [] });
    });

    it('by such an address, where none are proven', async () => {
      const victim = await member();
      const outcome = await arrive(
        { ...somebody(), email: victim.email, email_verified: false },
        { at: trusting },
      );
      expect(problemOf(outcome)).toBe('address_taken');
    });

    it('before its owner comes: who signed up with somebody else’s address does not get them', async () => {
      const who = somebody();
      await unproven(who.email);
      expect(problemOf(await arrive(who))).toBe('address_taken');
      expect(problemOf(await arrive(who, { at: trusting }))).toBe('address_taken');
    });

    it('before its owner comes, by another service: the mailbox takes it back, and no way in is left', async () => {
      const who = { ...somebody(), email_verified: false };
      const attacker = inside(await arrive(who, { at: trusting }));
      await accounts.forgotPassword(who.email, place());
      const mail = letters.to(who.email).at(-1);
      const token = mail?.kind === 'password_reset' ? (mail.path.split('#')[1] ?? '') : '';
      await accounts.resetPassword({ token, password: 'nine loud herons sleep' }, place());
      expect(await accounts.authenticate({ token: attacker.token })).toBeNull();
      const again = await arrive(who, { at: trusting });
      expect(problemOf(again)).toBe('address_taken');
    });

    it('by the same name at another service', async () => {
      const who = somebody();
      const first = inside(await arrive(who));
      const imitator = { sub: who.sub, email: somebody().email, email_verified: true };
      const second = inside(await arrive(imitator, { provider: 'other', from: other }));
      expect(second.user.id).not.toBe(first.user.id);
    });

    it('by a directory’s administrator at Microsoft, where only a shown domain counts', async () => {
      const victim = await member();
      const outcome = await arrive({ ...somebody(), email: victim.email }, { provider: 'microsoft' });
      expect(outcome).toMatchObject({ type: 'entered', outcome: { type: 'code_sent' } });
      const owned = { ...somebody(), email: victim.email, email_verified: undefined, xms_edov: true };
      expect(inside(await arrive(owned, { provider: 'microsoft' })).user.id).toBe(victim.caller.userId);
    });

    it('where new accounts are closed: who is known comes in, nobody else, and no address is given away', async () => {
      const known = somebody();
      inside(await arrive(known));
      inside(await arrive(known, { at: closed }));
      const stranger = somebody();
      expect(problemOf(await arrive(stranger, { at: closed }))).toBe('sign_up_closed');
      expect(await accountsWith(stranger.email)).toBe(0);
      const unsure = { ...somebody(), email_verified: false };
      const guess = { ...unsure, email: known.email };
      expect(problemOf(await arrive(guess, { at: closed }))).toBe('sign_up_closed');
      expect(problemOf(await arrive(unsure, { at: closed }))).toBe('sign_up_closed');
    });
  });

  describe('the way back is forged', () => {
    const untouched = async (who: { email: string }) => expect(await accountsWith(who.email)).toBe(0);

    it.each([
      ['missing', (parameters: URLSearchParams) => parameters.delete('state')],
      ['foreign', (parameters: URLSearchParams) => parameters.set('state', 'x'.repeat(43))],
      ['empty', (parameters: URLSearchParams) => parameters.set('state', '')],
    ])('state %s', async (_name, change) => {
      const who = somebody();
      const trip = await away('acme');
      const parameters = acme.grant(trip.url, who);
      change(parameters);
      const asked = acme.asked('/token');
      expect(problemOf(await back(trip, parameters))).toBe('over');
      expect(acme.asked('/token'), 'the code was not shown to anybody').toBe(asked);
      await untouched(who);
    });

    it('state given twice', async () => {
      const trip = await away('acme');
      const parameters = acme.grant(trip.url, somebody());
      parameters.append('state', 'another');
      expect(problemOf(await back(trip, parameters))).toBe('failed');
    });

    it('used twice, also at once', async () => {
      const trip = await away('acme');
      const parameters = acme.grant(trip.url, somebody());
      const outcomes = await Promise.all([back(trip, parameters), back(trip, parameters)]);
      expect(outcomes.map((one) => one.type).sort()).toEqual(['entered', 'refused']);
      expect(problemOf(await back(trip, parameters))).toBe('over');
    });

    it('too late', async () => {
      const trip = await away('acme');
      const parameters = acme.grant(trip.url, somebody());
      now += 11 * MINUTE;
      expect(problemOf(await back(trip, parameters))).toBe('over');
    });

    it('in another browser: without the cookie, and with the cookie of another journey', async () => {
      const who = somebody();
      const attackers = await away('acme');
      const victims = await away('acme');
      expect(problemOf(await back(attackers, acme.grant(attackers.url, who), { cookie: '' }))).toBe('over');
      const parameters = acme.grant(attackers.url, who);
      expect(problemOf(await back(attackers, parameters, { cookie: victims.cookie }))).toBe('over');
      await untouched(who);
    });

    it('by a ticket that was made for something else', async () => {
      const ada = await member();
      const { url } = await accounts.beginLink(ada.caller, { provider: 'acme' });
      const ticket = new URL(url, HERE).searchParams.get('link') ?? '';
      const trip = await away('acme');
      const cookie = `__Host-kith.outside=${ticket}`;
      expect(problemOf(await back(trip, acme.grant(trip.url, somebody()), { cookie }))).toBe('over');
    });

    it('another service’s answer at this one’s door (mix-up)', async () => {
      const trip = await away('other');
      const asked = acme.asked('/token');
      const parameters = acme.grant(trip.url, somebody());
      expect(problemOf(await back(trip, parameters, { provider: 'acme' }))).toBe('over');
      expect(acme.asked('/token')).toBe(asked);
    });

    it('a code of another browser’s journey, which PKCE ties to it', async () => {
      const who = somebody();
      const victims = await away('acme');
      const stolen = acme.grant(victims.url, who).get('code') ?? '';
      const attackers = await away('acme');
      const state = attackers.url.searchParams.get('state') ?? '';
      expect(problemOf(await back(attackers, new URLSearchParams({ code: stolen, state })))).toBe('failed');
      await untouched(who);
    });

    it('in the name of another issuer (RFC 9207)', async () => {
      const trip = await away('acme');
      const parameters = acme.grant(trip.url, somebody());
      parameters.set('iss', other.issuer);
      expect(problemOf(await back(trip, parameters))).toBe('failed');
    });
  });

  describe('the token is forged', () => {
    const strangers = signingKeys();
    const unsigned = (right: string): string => {
      const claims = JSON.parse(Buffer.from(right.split('.')[1] ?? '', 'base64url').toString()) as Claims;
      return jwt({ alg: 'none' }, claims, null);
    };
    const past = Math.floor(Date.now() / 1_000) - 3_600;
    const forgeries: readonly (readonly [string, Claims, Forgery])[] = [
      ['alg none', {}, { idToken: unsigned }],
      [
        'alg none, with a signature of something else',
        {},
        { idToken: (it) => `${unsigned(it)}${it.split('.')[2]}` },
      ],
      ['another key under the same name', {}, { key: strangers.privateKey }],
      ['another key under a name of its own', {}, { key: strangers.privateKey, header: { kid: 'theirs' } }],
      [
        'a key that it brings along',
        {},
        {
          key: strangers.privateKey,
          header: { kid: undefined, jwk: strangers.publicKey.export({ format: 'jwk' }) },
        },
      ],
      ['HS256 instead', {}, { header: { alg: 'HS256' } }],
      [
        'a letter of the signature changed',
        {},
        {
          idToken: (it) => it.replace(/(.)(.{9})$/, (_all, one, rest) => `${one === 'A' ? 'B' : 'A'}${rest}`),
        },
      ],
      ['no token at all', {}, { idToken: () => '' }],
      ['expired', { iat: past, exp: past + 300 }, {}],
      ['from the future', { nbf: past + 7_200 }, {}],
      ['without an end', { exp: undefined }, {}],
      ['for another audience', { aud: 'somebody-else' }, {}],
      ['for several audiences, by another', { aud: ['kith', 'other'], azp: 'other' }, {}],
      ['of another issuer', { iss: 'https://accounts.google.com' }, {}],
      ['another nonce', { nonce: 'another' }, {}],
      ['no nonce', { nonce: undefined }, {}],
      ['nobody', { sub: undefined }, {}],
      ['an endless name', { sub: 'x'.repeat(300) }, {}],
      ['a name with NUL', { sub: 'a\0b' }, {}],
      ['a number for a name', { sub: 42 }, {}],
    ];
    it.each(forgeries)('%s', async (_name, claims, forgery) => {
      const who = somebody();
      expect(problemOf(await arrive({ ...who, ...claims }, { forgery }))).toBe('failed');
      expect(await accountsWith(who.email)).toBe(0);
    });
  });

  describe('a service that is ill', () => {
    const hanging = (_response: ServerResponse): void => undefined;
    const endless = (response: ServerResponse): void => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const write = (): void => {
        while (response.writable && response.write('x'.repeat(65_536)));
        if (response.writable) response.once('drain', write);
      };
      write();
    };
    const garbage = (response: ServerResponse): void => void response.end('<html>');
    const elsewhere = (response: ServerResponse): void =>
      void response.writeHead(302, { location: `${other.issuer}/token` }).end();
    const broken = (response: ServerResponse): void => void response.writeHead(500).end();

    it.each([
      ['hangs', hanging, 'unavailable'],
      ['never ends', endless, 'failed'],
      ['talks nonsense', garbage, 'failed'],
      ['sends us elsewhere', elsewhere, 'failed'],
      ['is broken', broken, 'unavailable'],
    ] as const)('%s: its people hear so, nobody else does', async (_name, answer, problem) => {
      for (const path of ['/token', '/jwks', '/.well-known/openid-configuration']) {
        // Nothing of it is known yet.
        const fresh = await open({});
        other.instead(path, answer);
        const departure = await fresh.departOutside({
          provider: 'other',
          link: undefined,
          cookie: '',
          origin: place(),
        });
        if (departure.type === 'refused') expect(departure.problem, path).toBe(problem);
        else {
          const url = new URL(departure.url);
          const parameters = other.grant(url, somebody());
          const cookie = kept(departure.cookies);
          const outcome = await fresh.returnFromOutside({
            provider: 'other',
            parameters,
            cookie,
            origin: place(),
          });
          expect(problemOf(outcome), path).toBe(problem);
        }
        inside(await arrive(somebody(), { at: fresh }));
        other.instead(path, null);
        now += MINUTE;
        inside(await arrive(somebody(), { provider: 'other', from: other, at: fresh }));
        await fresh.close();
      }
    });

    it('is known by what it said before, while it says nothing', async () => {
      inside(await arrive(somebody(), { provider: 'other', from: other }));
      other.instead('/.well-known/openid-configuration', broken);
      now += 120 * MINUTE;
      const asked = other.asked('/.well-known/openid-configuration');
      await away('other');
      await away('other');
      expect(other.asked('/.well-known/openid-configuration'), 'asked again, once').toBe(asked + 1);
      other.instead('/.well-known/openid-configuration', null);
    });

    it('says it is another: that is not it', async () => {
      other.metadata({ issuer: acme.issuer });
      const fresh = await open({});
      const departure = await fresh.departOutside({
        provider: 'other',
        link: undefined,
        cookie: '',
        origin: place(),
      });
      expect(departure).toMatchObject({ type: 'refused', problem: 'failed' });
      other.metadata({});
      await fresh.close();
    });
  });

  describe('peculiarities', () => {
    it('GitHub: who has the number, by the first address, if it is proven', async () => {
      people += 1;
      const email = `hub${people}@example.org`;
      const id = 1_000 + people;
      const emails = [
        { email: 'other@example.org', primary: false, verified: true },
        { email, primary: true, verified: true },
      ];
      const user = { id, login: `hub${people}`, name: null };
      const first = inside(await arrive({ user, emails }, { provider: 'github' }));
      expect(first.user).toMatchObject({ email, name: user.login, username: user.login });
      // Somebody else has the name by now.
      const heir = {
        user: { ...user, id: id + 500 },
        emails: [{ email: somebody().email, primary: true, verified: true }],
      };
      expect(inside(await arrive(heir, { provider: 'github' })).user.id).not.toBe(first.user.id);
      const renamed = { user: { ...user, login: 'renamed' }, emails: [] };
      expect(inside(await arrive(renamed, { provider: 'github' })).user.id).toBe(first.user.id);
      expect(acme.lastForm().get('client_secret')).toBe(acme.secret);
    });

    it('GitHub: an address that is not proven, or not the first, is nobody’s', async () => {
      const victim = await member();
      const user = { id: 5_000 + people, login: `x${people}` };
      const unverified = [{ email: victim.email, primary: true, verified: false }];
      const outcome = await arrive({ user, emails: unverified }, { provider: 'github' });
      expect(outcome).toMatchObject({ type: 'entered', outcome: { type: 'code_sent' } });
      const second = [{ email: victim.email, primary: false, verified: true }];
      expect(problemOf(await arrive({ user, emails: second }, { provider: 'github' }))).toBe('no_address');
      for (const nobody of [{}, { id: '1', login: 'a' }, { id: -1, login: 'a' }, null, []])
        expect(problemOf(await arrive({ user: nobody, emails: [] }, { provider: 'github' }))).toBe('failed');
    });

    it('Apple: comes back by a form, signs its secret, says verified as text, and a name once', async () => {
      const trip = await away('apple');
      expect(trip.url.searchParams.get('response_mode')).toBe('form_post');
      expect(trip.cookies[0]).toContain('SameSite=None; Secure');
      const { name: _name, ...who } = somebody();
      const parameters = acme.grant(trip.url, { ...who, email_verified: 'true' });
      parameters.set(
        'user',
        JSON.stringify({ name: { firstName: 'Grace', lastName: 'Hopper' }, email: 'no@no.no' }),
      );
      expect(inside(await back(trip, parameters)).user).toMatchObject({
        name: 'Grace Hopper',
        email: who.email,
      });
      const [header, claims] = (acme.lastForm().get('client_secret') ?? '')
        .split('.')
        .map((part) => Buffer.from(part, 'base64url').toString());
      expect(JSON.parse(header ?? '')).toEqual({ alg: 'ES256', kid: 'KEY' });
      expect(JSON.parse(claims ?? '')).toMatchObject({ iss: 'TEAM', sub: 'kith', aud: acme.issuer });
    });

    it('a directory of one’s own is believed when that is said', async () => {
      const ada = await member();
      const outcome = await arrive(
        { ...somebody(), email: ada.email, email_verified: false },
        { provider: 'own' },
      );
      expect(inside(outcome).user.id).toBe(ada.caller.userId);
    });
  });

  describe('connecting', () => {
    const begin = async (caller: Caller, provider = 'acme'): Promise<string> => {
      const { url } = await accounts.beginLink(caller, { provider });
      expect(url).toMatch(new RegExp(`^/v1/auth/outside/${provider}\\?link=[\\w.-]+$`));
      return new URL(url, HERE).searchParams.get('link') ?? '';
    };
    const connect = async (one: { caller: Caller; cookie: string }, claims: Claims) => {
      const trip = await away('acme', { cookie: one.cookie, link: await begin(one.caller) });
      return back(trip, acme.grant(trip.url, claims));
    };
    const linksOf = async (caller: Caller) => (await accounts.listLinks(caller, {})).links;

    it('adds a way in, whatever the address there, and tells the person', async () => {
      const ada = await member();
      const who = { ...somebody(), email_verified: false };
      expect(await connect(ada, who)).toMatchObject({ type: 'linked' });
      expect(await connect(ada, who), 'a second time').toMatchObject({ type: 'linked' });
      expect(await linksOf(ada.caller)).toMatchObject([{ provider: 'acme', label: who.email }]);
      expect(letters.to(ada.email)).toMatchObject([
        { kind: 'sign_in_way_changed', what: 'linked', service: 'Acme' },
      ]);
      expect((await kinds(ada.caller))[0]).toBe('provider_linked');
      expect(inside(await arrive(who)).user.id).toBe(ada.caller.userId);
    });

    it('asks first that one shows who one is', async () => {
      const ada = await member();
      now += 11 * MINUTE;
      expect((await refusal(begin(ada.caller))).code).toBe('confirmation_required');
      expect((await refusal(accounts.unlink(ada.caller, { linkId: newId() }))).code).toBe(
        'confirmation_required',
      );
    });

    it('never takes what is another’s', async () => {
      const who = somebody();
      inside(await arrive(who));
      const ada = await member();
      const outcome = await connect(ada, who);
      expect(outcome).toMatchObject({ type: 'refused', problem: 'linked_elsewhere', linking: true });
      const both = [await member(), await member()] as const;
      const fought = somebody();
      const outcomes = await Promise.all(both.map((one) => connect(one, fought)));
      expect(outcomes.map((one) => one.type).sort()).toEqual(['linked', 'refused']);
    });

    it('is good in the session that asked, once', async () => {
      const attacker = await member();
      const victim = await member();
      // The attacker has a victim press their link: it would connect the victim’s account there to the attacker’s here.
      const refused = async (provider: string, link: string, cookie: string) => {
        const outcome = await accounts.departOutside({ provider, link, cookie, origin: place() });
        expect(outcome).toMatchObject({ type: 'refused', problem: 'over', linking: true });
      };
      await refused('acme', await begin(attacker.caller), victim.cookie);
      await refused('acme', await begin(attacker.caller), '');
      await refused('other', await begin(attacker.caller), attacker.cookie);
      await refused('acme', 'nonsense', attacker.cookie);
      const link = await begin(attacker.caller);
      const former = link;
      const latest = await begin(attacker.caller);
      await refused('acme', former, attacker.cookie);
      await away('acme', { cookie: attacker.cookie, link: latest });
      await refused('acme', latest, attacker.cookie);
    });

    it('connects nobody else’s account by a link that brings the answer of another’s journey', async () => {
      const attacker = await member();
      const victim = await member();
      const trip = await away('acme', { cookie: attacker.cookie, link: await begin(attacker.caller) });
      const parameters = acme.grant(trip.url, somebody());
      expect(problemOf(await back(trip, parameters, { cookie: victim.cookie }))).toBe('over');
      const other = await away('acme', { cookie: attacker.cookie, link: await begin(attacker.caller) });
      const mixed = `${other.cookie.split('; ').at(-1)}; ${victim.cookie}`;
      const outcome = await back(other, acme.grant(other.url, somebody()), { cookie: mixed });
      expect(problemOf(outcome)).toBe('over');
      expect(await linksOf(victim.caller)).toEqual([]);
      expect(await linksOf(attacker.caller)).toEqual([]);
    });

    it('is over with the session', async () => {
      const ada = await member();
      const trip = await away('acme', { cookie: ada.cookie, link: await begin(ada.caller) });
      await accounts.signOut({ cookie: ada.cookie }, place());
      expect(problemOf(await back(trip, acme.grant(trip.url, somebody())))).toBe('over');
    });

    it('ends: the way in is gone, the person is told, and the last one stays', async () => {
      const ada = await member();
      const who = somebody();
      await connect(ada, who);
      letters.to(ada.email);
      const [link] = await linksOf(ada.caller);
      const linkId = link?.id ?? '';
      const stranger = await member();
      expect((await refusal(accounts.unlink(stranger.caller, { linkId }))).code).toBe('not_found');
      await accounts.unlink(ada.caller, { linkId });
      expect(await linksOf(ada.caller)).toEqual([]);
      expect(letters.to(ada.email)).toMatchObject([{ kind: 'sign_in_way_changed', what: 'unlinked' }]);
      expect((await kinds(ada.caller))[0]).toBe('provider_unlinked');
      expect(inside(await arrive({ ...who, email: somebody().email })).user.id).not.toBe(ada.caller.userId);
    });

    it('leaves one of two that are taken away at once, where there is no password', async () => {
      const one = inside(await arrive(somebody()));
      const caller = await callerOf(one.token);
      const cookie = kept(one.cookies);
      await connect({ caller, cookie }, somebody());
      const links = await linksOf(caller);
      expect(links).toHaveLength(2);
      const tries = await Promise.allSettled(links.map(({ id }) => accounts.unlink(caller, { linkId: id })));
      expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const [last] = await linksOf(caller);
      expect((await refusal(accounts.unlink(caller, { linkId: last?.id ?? '' }))).code).toBe('conflict');
      await accounts.changePassword(caller, { password: 'nine loud herons sleep' });
      await accounts.unlink(caller, { linkId: last?.id ?? '' });
      expect(await linksOf(caller)).toEqual([]);
    });
  });

  it('logs no secret, code, token or claim', async () => {
    await arrive(
      { ...somebody(), email: 'very-private@example.org' },
      { forgery: { key: signingKeys().privateKey } },
    );
    const log = logged.join('\n');
    expect(log).toContain('what it answered is not right');
    for (const secret of [acme.secret, other.secret, 'very-private', 'code-', 'access-', 'eyJ'])
      expect(log).not.toContain(secret);
  });
});

const APPLE_KEY = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({
  format: 'pem',
  type: 'pkcs8',
}) as string;
