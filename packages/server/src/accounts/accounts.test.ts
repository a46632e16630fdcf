import { KithError } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createAnnouncer } from '../fanout/announcer.ts';
import { type Bus, type BusMessage, localBus, subjects } from '../fanout/bus.ts';
import { silentLogger } from '../logger.ts';
import type { Caller } from '../services.ts';
import { CHEAP, noMail } from '../testing/letters.ts';
import { type SignedIn, signedIn } from '../testing/signedIn.ts';
import { databaseKinds, openTestDatabase } from '../testing/world.ts';
import type { Accounts, Identity } from './accounts.ts';
import { type AccountsDependencies, createAccounts } from './createAccounts.ts';
import { loadSecret } from './secret.ts';

type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>;

const origin = { address: '192.0.2.7', userAgent: 'test' };
const form = (name: string) => ({
  email: `${name}@example.org`,
  password: 'seven quiet otters swim',
  name: name.toUpperCase(),
  username: name,
});
const login = (name: string) => ({ email: form(name).email, password: form(name).password });
const error = (promise: Promise<unknown>): Promise<KithError> =>
  promise.then(
    () => expect.fail('should be refused'),
    (reason) => {
      expect(reason).toBeInstanceOf(KithError);
      return reason as KithError;
    },
  );

describe.each(databaseKinds)('accounts on %s', { timeout: 60_000 }, (kind) => {
  let test: TestDatabase;
  let bus: Bus;
  let accounts: Accounts;
  let ann: SignedIn;
  const revoked: string[] = [];
  const published: BusMessage[] = [];

  const make = (more: Partial<AccountsDependencies> = {}): Promise<Accounts> =>
    createAccounts({
      database: test.database,
      bus,
      announcer: createAnnouncer(bus),
      mail: noMail,
      config: defaultConfig(),
      log: silentLogger,
      costs: CHEAP,
      evenMs: 0,
      ...more,
    });
  const identityOf = async (token: string): Promise<Identity> => {
    const identity = await accounts.authenticate({ token });
    if (!identity) return expect.fail('nobody is signed in');
    return identity;
  };
  const callerOf = async (token: string): Promise<Caller> => {
    const { tenantId, user, sessionId } = await identityOf(token);
    return { tenantId, userId: user.id, sessionId, socket: null };
  };

  beforeAll(async () => {
    test = await openTestDatabase(kind);
    bus = localBus();
    bus.subscribe(subjects.nodes, (message) => {
      published.push(message);
      if (message.type === 'sessions_revoked') revoked.push(...message.sessionIds);
    });
    accounts = await make();
  });
  afterAll(() => test?.drop());

  it('makes exactly one owner of several first accounts at one moment', async () => {
    const names = ['ann', 'bob', 'cat', 'dan'];
    const made = await Promise.all(names.map((name) => signedIn(accounts.signUp(form(name), origin))));
    const roles = await Promise.all(made.map(async ({ token }) => (await identityOf(token)).user.role));
    expect(roles.filter((role) => role === 'owner')).toHaveLength(1);
    expect(roles.filter((role) => role === 'member')).toHaveLength(3);
    ann = made[0] as SignedIn;
  });

  it('knows a person by token and by cookie, in either writing', async () => {
    const { user, tenant } = await identityOf(ann.token);
    expect(user).toMatchObject({ id: ann.user.id, username: 'ann', displayName: 'ANN' });
    expect(tenant.slug).toBe('main');
    const cookie = ann.cookies[0]?.split(';')[0] ?? '';
    expect((await accounts.authenticate({ cookie: `other=1; ${cookie}; more=2` }))?.user.id).toBe(user.id);
    expect((await accounts.authenticate({ token: encodeURIComponent(ann.token) }))?.user.id).toBe(user.id);
  });

  it('knows nobody by a token that is wrong, unsigned, foreign or hidden by a wrong one', async () => {
    const [bare = ''] = ann.token.split('.');
    const forged = `${bare}.${Buffer.alloc(32).toString('base64')}`;
    const foreign = await make({ config: { ...defaultConfig(), secret: 'x'.repeat(32) } });
    for (const token of ['', '.', 'x', bare, forged, `${ann.token}x`, '%', `${'a'.repeat(5_000)}.b`]) {
      expect(await accounts.authenticate({ token }), token).toBeNull();
    }
    expect(await foreign.authenticate({ token: ann.token })).toBeNull();
    const cookie = ann.cookies[0]?.split(';')[0] ?? '';
    expect(await accounts.authenticate({ token: forged, cookie })).toBeNull();
    expect(await accounts.authenticate({})).toBeNull();
  });

  it('takes no password that is guessed easily, made of their name, or known to be leaked, and asks that first', async () => {
    const breached = {
      has: async (password: string) => password === form('cat').password,
      close: async () => {},
    };
    // So many from one place would have to do work first.
    const careful = await make({ breached, config: defaultConfig({ challenge: 'off' }) });
    const refused = async (more: object) =>
      (await error(careful.signUp({ ...form('cat'), ...more }, origin))).toWire();
    for (const [more, reason] of [
      [{ password: 'short' }, 'password_short'],
      [{ password: 'Password123!' }, 'password_guessable'],
      [{ password: 'dr.grace.hopper', name: 'Dr Grace Hopper' }, 'password_personal'],
      [{}, 'password_breached'],
    ] as const) {
      expect(await refused(more)).toMatchObject({
        code: 'bad_input',
        fields: [{ path: 'password', reason }],
      });
    }
    await careful.close();
  });

  it('names the field that somebody else has', async () => {
    const sameName = await error(accounts.signUp({ ...form('ann'), email: 'new@example.org' }, origin));
    expect(sameName.code).toBe('conflict');
    expect(sameName.fields?.map(({ path }) => path)).toEqual(['username']);
    const sameAddress = await error(accounts.signUp({ ...form('ann2'), email: 'ann@example.org' }, origin));
    expect(sameAddress.fields?.map(({ path }) => path)).toEqual(['email']);
  });

  it('lets one of several have a name they ask for at once, and tells the others', async () => {
    const attempts = await Promise.allSettled(
      [1, 2, 3].map((n) => accounts.signUp({ ...form('eve'), email: `eve${n}@example.org` }, origin)),
    );
    const refused = attempts.filter((attempt) => attempt.status === 'rejected');
    expect(refused).toHaveLength(2);
    for (const { reason } of refused) expect((reason as KithError).code).toBe('conflict');
  });

  it('answers an unknown address and a wrong password alike', async () => {
    const wrong = await error(accounts.signIn({ email: 'ann@example.org', password: 'wrong' }, origin));
    const unknown = await error(accounts.signIn({ email: 'nobody@example.org', password: 'wrong' }, origin));
    expect(wrong.toWire()).toEqual(unknown.toWire());
    expect(wrong.code).toBe('unauthenticated');
  });

  it('answers a wrong password of a username, known or not, like one of an address', async () => {
    const wrong = await error(accounts.signIn({ username: 'ann', password: 'wrong' }, origin));
    const unknown = await error(accounts.signIn({ username: 'nobody', password: 'wrong' }, origin));
    const address = await error(accounts.signIn({ email: 'ann@example.org', password: 'wrong' }, origin));
    expect(wrong.toWire()).toEqual(unknown.toWire());
    expect(wrong.toWire()).toEqual(address.toWire());
    const { user } = await signedIn(
      accounts.signIn({ username: 'dan', password: form('dan').password }, origin),
    );
    expect(user.email).toBe('dan@example.org');
  });

  it('lists sessions, and a revoked one ends at once, here and on every other node', async () => {
    const elsewhere = await make();
    const second = await signedIn(
      accounts.signIn(login('ann'), { address: '2001:db8::1', userAgent: 'naïve\n' }),
    );
    const [here, there] = [await callerOf(ann.token), await callerOf(second.token)];
    expect((await elsewhere.authenticate({ token: second.token }))?.sessionId).toBe(there.sessionId);

    const sessions = await accounts.listSessions(here);
    expect(sessions.map((session) => session.current)).toEqual([false, true]);
    expect(sessions[0]).toMatchObject({ id: there.sessionId, userAgent: 'na?ve?' });
    expect(sessions[1]?.address).toBe('192.0.2.7');

    const bob = await callerOf((await signedIn(accounts.signIn(login('bob'), origin))).token);
    expect(await accounts.revokeSession(bob, there.sessionId)).toBe(false);
    expect(await accounts.revokeSession(here, 'nonsense')).toBe(false);
    expect(await accounts.revokeSession(here, there.sessionId)).toBe(true);
    expect(revoked).toContain(there.sessionId);
    expect(await accounts.authenticate({ token: second.token })).toBeNull();
    expect(await elsewhere.authenticate({ token: second.token })).toBeNull();
    expect(await accounts.revokeSession(here, there.sessionId)).toBe(false);
    await elsewhere.close();
  });

  it('ends all other sessions, and its own by signing out', async () => {
    const more = await Promise.all([1, 2, 3].map(() => signedIn(accounts.signIn(login('cat'), origin))));
    const tokens = more.map(({ token }) => token);
    const keep = await callerOf(tokens[0] ?? '');
    expect(await accounts.revokeOtherSessions(keep)).toBe(3);
    expect(await accounts.authenticate({ token: tokens[1] ?? '' })).toBeNull();
    const cookie = await accounts.signOut({ token: tokens[0] ?? '' }, origin);
    expect(cookie).toContain('Max-Age=0');
    expect(revoked).toContain(keep.sessionId);
    expect(await accounts.authenticate({ token: tokens[0] ?? '' })).toBeNull();
    await accounts.signOut({ token: 'nonsense' }, origin);
  });

  it('asks whether anybody is there until somebody is, and never again', async () => {
    const counting = await make();
    expect(await counting.options()).toMatchObject({ hasAccounts: true });
    const query = vi.spyOn(test.database.db, 'selectFrom');
    expect(await counting.options()).toMatchObject({ hasAccounts: true });
    expect(query).not.toHaveBeenCalled();
    query.mockRestore();
    await counting.close();
  });

  it('asks the database once for a burst of requests, and not again for some seconds', async () => {
    let now = Date.now();
    const cached = await make({ now: () => now });
    const query = vi.spyOn(test.database.db, 'selectFrom');
    const burst = await Promise.all(
      Array.from({ length: 50 }, () => cached.authenticate({ token: ann.token })),
    );
    expect(new Set(burst.map((identity) => identity?.sessionId)).size).toBe(1);
    await cached.authenticate({ token: ann.token });
    expect(query).toHaveBeenCalledTimes(1);
    now += 6_000;
    await cached.authenticate({ token: ann.token });
    expect(query).toHaveBeenCalledTimes(2);
    query.mockRestore();
    await cached.close();
  });

  it('moves the end of a session on while it is used, and ends it when it is not', async () => {
    let now = Date.now();
    const days = 86_400_000;
    const clocked = await make({ now: () => now });
    const { token } = await signedIn(clocked.signIn(login('dan'), origin));
    const first = await clocked.authenticate({ token });
    now += 20 * days;
    const later = await clocked.authenticate({ token });
    expect((later?.expiresAt.getTime() ?? 0) - (first?.expiresAt.getTime() ?? 0)).toBeGreaterThan(19 * days);
    now += 25 * days;
    expect(await clocked.authenticate({ token })).not.toBeNull();
    now += 31 * days;
    expect(await clocked.authenticate({ token })).toBeNull();
    await clocked.close();
  });

  it('heals an account whose person was never made, even when its name is taken', async () => {
    const gus = await signedIn(accounts.signUp(form('gus'), origin));
    const { db } = test.database;
    await db
      .updateTable('users')
      .set({ id: '01912345-6789-7abc-8def-0123456789ab' })
      .where('id', '=', gus.user.id)
      .execute();
    const identity = await identityOf(gus.token);
    expect(identity.user.id).toBe(gus.user.id);
    expect(identity.user.username).toMatch(/^gus-[0-9a-f]{4}$/);
  });

  it('makes no account when sign-up is closed, but for the very first', async () => {
    const closed = await make({ config: { ...defaultConfig(), signUp: 'closed' } });
    expect((await error(closed.signUp(form('hal'), origin))).code).toBe('forbidden');
    const empty = await openTestDatabase(kind);
    const fresh = await make({ database: empty.database, config: { ...defaultConfig(), signUp: 'closed' } });
    expect(await fresh.options()).toMatchObject({ hasAccounts: false });
    const first = await signedIn(fresh.signUp(form('hal'), origin));
    expect(await fresh.options()).toMatchObject({ hasAccounts: true });
    expect((await fresh.authenticate({ token: first.token }))?.user.role).toBe('owner');
    await empty.drop();
  });

  it('shares one secret among all nodes, and marks cookies Secure on https', async () => {
    const secrets = await Promise.all([1, 2, 3].map(() => loadSecret(test.database.db, 'session')));
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]?.length).toBeGreaterThanOrEqual(32);
    const https = await make({ config: { ...defaultConfig(), publicOrigins: ['https://chat.example.org'] } });
    const { cookies } = await signedIn(https.signIn(login('ann'), origin));
    expect(cookies[0]).toMatch(/^__Host-kith\.session_token=.*; HttpOnly; SameSite=Lax; Secure$/);
    expect(cookies[1]).toMatch(/^__Host-kith\.device=.*; HttpOnly; SameSite=Lax; Secure$/);
  });
});
