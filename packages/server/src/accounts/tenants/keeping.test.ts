/** The place, as its owner and admins look after it; and what others may not do to it. */
import { KithError, newId, type Output } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../config.ts';
import { createAnnouncer } from '../../fanout/announcer.ts';
import { subjects } from '../../fanout/bus.ts';
import { silentLogger } from '../../logger.ts';
import type { Caller } from '../../services.ts';
import { CHEAP, createLetters, type Letters } from '../../testing/letters.ts';
import { type SignedIn, signedIn } from '../../testing/signedIn.ts';
import { createWorld, databaseKinds, type World } from '../../testing/world.ts';
import type { Accounts } from '../accounts.ts';
import { createAccounts } from '../createAccounts.ts';
import { accountsDb } from '../tables.ts';
import { findKey } from './apiKeys.ts';
import { tenantEvents } from './events.ts';
import { tenantsDb } from './tables.ts';

const PASSWORD = 'seven quiet otters swim';
const MINUTE = 60_000;

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (reason: unknown) => (reason instanceof KithError ? reason.code : expect.fail(String(reason))),
  );

describe.each(databaseKinds)('looking after a place, on %s', { timeout: 60_000 }, (kind) => {
  let world: World;
  let letters: Letters;
  let accounts: Accounts;
  /** Another node on the same database and bus. */
  let elsewhere: Accounts;
  let now = Date.now();
  let people = 0;
  let changes = 0;

  const open = (): Promise<Accounts> =>
    createAccounts({
      database: world.database,
      bus: world.bus,
      announcer: createAnnouncer(world.bus),
      mail: letters,
      config: { ...defaultConfig(), proveEmail: false, publicOrigins: ['https://chat.example.org'] },
      log: silentLogger,
      costs: CHEAP,
      evenMs: 0,
      now: () => now,
      tenantsChanged: async () => {
        changes += 1;
      },
    });
  const callerOf = async (token: string): Promise<Caller> => {
    const identity = await accounts.authenticate({ token });
    if (!identity) return expect.fail('nobody is signed in');
    return {
      tenantId: identity.tenantId,
      userId: identity.user.id,
      sessionId: identity.sessionId,
      page: 'https://chat.example.org',
      socket: null,
    };
  };
  const member = async () => {
    people += 1;
    const username = `k${people}-${kind}`;
    const form = { email: `${username}@example.org`, password: PASSWORD, name: `K ${people}`, username };
    const origin = { address: `10.9.0.${people}`, userAgent: `b ${people}` };
    const one: SignedIn = await signedIn(accounts.signUp(form, origin));
    await accountsDb(world.database.db)
      .updateTable('auth_users')
      .set({ email_verified: true })
      .where('email', '=', form.email)
      .execute();
    return { ...form, origin, token: one.token, caller: await callerOf(one.token) };
  };
  type Member = Awaited<ReturnType<typeof member>>;
  let owner: Member;

  beforeAll(async () => {
    world = await createWorld(kind);
    letters = createLetters();
    accounts = await open();
    elsewhere = await open();
    owner = await member();
  }, 120_000);
  afterAll(async () => {
    await accounts?.close();
    await elsewhere?.close();
    await world?.close();
  });

  const roleOf = async (at: Accounts, { token }: Member) => (await at.authenticate({ token }))?.user.role;
  const raise = ({ caller }: Member, role: 'admin' | 'member' = 'admin') =>
    accounts.keeping.setTenantRole(owner.caller, { userId: caller.userId, role });
  const kindsOf = async () =>
    (await tenantEvents(tenantsDb(world.database.db), owner.caller.tenantId, null, 50)).map(
      (one) => one.kind,
    );
  const withTotp = async ({ caller }: Member): Promise<void> => {
    await accountsDb(world.database.db)
      .insertInto('auth_totps')
      .values({ user_id: caller.userId, secret: Buffer.from('x'), confirmed_at: new Date() })
      .execute();
  };

  it('the owner makes admins, which every node knows at once, and it is told and written down', async () => {
    const ann = await member();
    expect(await roleOf(elsewhere, ann)).toBe('member');
    const told: unknown[] = [];
    const stop = world.bus.subscribe(subjects.user(ann.caller.tenantId, ann.caller.userId), (message) =>
      told.push(message),
    );
    const { user } = await raise(ann);
    expect(user.role).toBe('admin');
    expect(await roleOf(elsewhere, ann)).toBe('admin');
    expect(told).toHaveLength(1);
    stop();
    // S7: again is nothing new.
    await raise(ann);
    expect((await kindsOf()).filter((one) => one === 'role_changed')).toHaveLength(1);
    const { events } = await accounts.listSecurityEvents(ann.caller, { of: 'me' });
    expect(events[0]?.kind).toBe('tenant_role_changed');
    await raise(ann, 'member');
    expect(await roleOf(elsewhere, ann)).toBe('member');
  });

  it('nobody else makes anybody an admin, least of all themselves', async () => {
    const [ann, bob] = [await member(), await member()];
    await raise(ann);
    const set = (who: Member, userId: string) =>
      codeOf(accounts.keeping.setTenantRole(who.caller, { userId, role: 'admin' }));
    expect(await set(bob, bob.caller.userId)).toBe('forbidden');
    expect(await set(ann, bob.caller.userId)).toBe('forbidden');
    expect(await set(owner, owner.caller.userId)).toBe('conflict');
    expect(await set(owner, newId())).toBe('not_found');
    const bot = await world.person('bot', owner.caller.tenantId);
    expect(await set(owner, bot.userId)).toBe('conflict');
    const foreigner = await world.person('zoe', await world.tenant('abroad'));
    expect(await set(owner, foreigner.userId)).toBe('not_found');
    expect(await codeOf(accounts.keeping.transferTenant(owner.caller, { userId: bot.userId }))).toBe(
      'conflict',
    );
  });

  it('what is dear asks who one is first', async () => {
    const ann = await member();
    now += 11 * MINUTE;
    const { userId } = ann.caller;
    const { keeping } = accounts;
    const tried = [
      keeping.updateTenant(owner.caller, { name: 'X' }),
      keeping.createTenantKey(owner.caller, { name: 'X', scopes: ['messages:read'] }),
      keeping.rotateTenantKey(owner.caller, { keyId: 'x' }),
      keeping.revokeTenantKey(owner.caller, { keyId: 'x' }),
      keeping.setTenantRole(owner.caller, { userId, role: 'admin' }),
      keeping.transferTenant(owner.caller, { userId }),
      keeping.resetFactors(owner.caller, { userId }),
      keeping.suspendAccount(owner.caller, { userId }),
      keeping.restoreAccount(owner.caller, { userId }),
    ];
    for (const one of await Promise.all(tried.map(codeOf))) expect(one).toBe('confirmation_required');
    await accounts.confirmIdentity(owner.caller, { password: PASSWORD });
    expect(await codeOf(raise(ann))).toBe('ok');
  });

  it('the place is read by owner and admins, changed by the owner, and the nodes are told', async () => {
    const [ann, bob] = [await member(), await member()];
    await raise(ann);
    const { keeping } = accounts;
    expect(await codeOf(keeping.getTenant(bob.caller, {}))).toBe('forbidden');
    expect(await codeOf(keeping.listTenantPeople(bob.caller, {}))).toBe('forbidden');
    expect(await codeOf(keeping.updateTenant(ann.caller, { name: 'Mine' }))).toBe('forbidden');
    const before = changes;
    const place = await keeping.updateTenant(owner.caller, {
      name: 'Harbour',
      features: { polls: false },
      strangers: true,
      origins: ['https://app.example.org'],
    });
    expect(changes).toBe(before + 1);
    expect(place).toMatchObject({
      slug: 'main',
      name: 'Harbour',
      hosted: false,
      strangers: true,
      origins: ['https://app.example.org'],
      quotas: [],
      apiKeys: [],
    });
    expect(place.features).toMatchObject({ polls: false, gifs: true });
    const again = await keeping.updateTenant(owner.caller, { features: { gifs: false }, strangers: null });
    expect(again).toMatchObject({ strangers: null, features: { polls: false, gifs: false } });
    expect((await keeping.getTenant(ann.caller, {})).apiKeys).toBeNull();
    const page = await keeping.listTenantPeople(ann.caller, { limit: 2 });
    expect(page.people).toHaveLength(2);
    const { people: found } = await keeping.listTenantPeople(ann.caller, { query: ann.username });
    expect(found).toMatchObject([
      { user: { role: 'admin' }, account: true, secondFactor: false, suspendedAt: null },
    ]);
  });

  it('keys are shown once, are good until they are revoked, and stand in both records', async () => {
    const { keeping } = accounts;
    const made = await keeping.createTenantKey(owner.caller, { name: 'Bridge', scopes: ['messages:read'] });
    const other = await keeping.rotateTenantKey(owner.caller, { keyId: made.id });
    const db = tenantsDb(world.database.db);
    expect((await findKey(db, made.key, now))?.tenantId).toBe(owner.caller.tenantId);
    const { apiKeys } = await keeping.getTenant(owner.caller, {});
    expect(apiKeys?.map(({ id }) => id).sort()).toEqual([made.id, other.id].sort());
    // The secret is base64url, so it may hold the separator itself.
    expect(JSON.stringify(apiKeys)).not.toContain(made.key.split('_').slice(2).join('_'));
    await keeping.revokeTenantKey(owner.caller, { keyId: made.id });
    expect(await findKey(db, made.key, now)).toBeNull();
    expect(await findKey(db, other.key, now)).not.toBeNull();
    expect(await codeOf(keeping.revokeTenantKey(owner.caller, { keyId: made.id }))).toBe('not_found');
    expect(await codeOf(keeping.createTenantKey(owner.caller, { name: 'X', scopes: ['people:write'] }))).toBe(
      'bad_input',
    );
    expect((await kindsOf()).slice(0, 2)).toEqual(
      expect.arrayContaining(['api_key_revoked', 'api_key_used_first']),
    );
    const { events } = await accounts.listSecurityEvents(owner.caller, { of: 'me' });
    expect(events.map((one) => one.kind)).toEqual(
      expect.arrayContaining(['api_key_made', 'api_key_revoked']),
    );
  });

  it('who lost all second factors is let back in, by somebody of a higher role, and is told', async () => {
    const [ann, bob, cid] = [await member(), await member(), await member()];
    await raise(ann);
    await raise(cid);
    await withTotp(bob);
    await withTotp(cid);
    const reset = (by: Member, whom: Member) =>
      codeOf(accounts.keeping.resetFactors(by.caller, { userId: whom.caller.userId }));
    expect(await reset(bob, bob)).toBe('forbidden');
    expect(await reset(ann, cid)).toBe('forbidden');
    expect(await reset(ann, ann)).toBe('forbidden');
    expect(await reset(ann, owner)).toBe('forbidden');
    const login = () => accounts.signIn({ email: bob.email, password: PASSWORD }, bob.origin);
    expect((await login()).type).toBe('second_factor');
    expect(await reset(ann, bob)).toBe('ok');
    expect(await accounts.authenticate({ token: bob.token })).toBeNull();
    expect(await elsewhere.authenticate({ token: bob.token })).toBeNull();
    expect((await login()).type).toBe('signed_in');
    expect(letters.to(bob.email)).toContainEqual({ kind: 'second_factor_changed', what: 'factors_reset' });
    expect(await reset(ann, bob)).toBe('conflict');
    expect(await reset(owner, cid)).toBe('ok');
    expect((await kindsOf())[0]).toBe('factors_reset');
  });

  it('a suspended account lets nobody in until it is restored', async () => {
    const [ann, bob] = [await member(), await member()];
    await raise(ann);
    const { keeping } = accounts;
    const userId = bob.caller.userId;
    const login = () => codeOf(accounts.signIn({ email: bob.email, password: PASSWORD }, bob.origin));
    expect(await codeOf(keeping.suspendAccount(bob.caller, { userId: owner.caller.userId }))).toBe(
      'forbidden',
    );
    expect(await codeOf(keeping.suspendAccount(ann.caller, { userId: owner.caller.userId }))).toBe(
      'forbidden',
    );
    await keeping.suspendAccount(ann.caller, { userId });
    expect(await accounts.authenticate({ token: bob.token })).toBeNull();
    expect(await elsewhere.authenticate({ token: bob.token })).toBeNull();
    expect(await login()).toBe('forbidden');
    // Without the password nobody hears of it.
    expect(await codeOf(accounts.signIn({ email: bob.email, password: 'other' }, owner.origin))).toBe(
      'unauthenticated',
    );
    expect(await codeOf(keeping.transferTenant(owner.caller, { userId }))).toBe('conflict');
    await keeping.restoreAccount(ann.caller, { userId });
    expect(await login()).toBe('ok');
  });

  it('the place is handed over, to one of two who are named at the same moment', async () => {
    const [ann, bob] = [await member(), await member()];
    const to = ({ caller }: Member) =>
      codeOf(accounts.keeping.transferTenant(owner.caller, { userId: caller.userId }));
    const outcomes = await Promise.all([to(ann), to(bob)]);
    expect(outcomes.filter((one) => one === 'ok')).toHaveLength(1);
    const rows = await world.database.db
      .selectFrom('users')
      .select('id')
      .where('tenant_id', '=', owner.caller.tenantId)
      .where('role', '=', 'owner')
      .execute();
    const next = outcomes[0] === 'ok' ? ann : bob;
    expect(rows.map(({ id }) => id)).toEqual([next.caller.userId]);
    expect(await roleOf(elsewhere, owner)).toBe('admin');
    expect(await codeOf(accounts.keeping.updateTenant(owner.caller, { name: 'Mine again' }))).toBe(
      'forbidden',
    );
    const place: Output<'updateTenant'> = await accounts.keeping.updateTenant(next.caller, { name: 'Quay' });
    expect(place.name).toBe('Quay');
    owner = next;
  });

  // One connection serves all of PGlite: there, who asks second is only looked at afterwards.
  it.runIf(kind !== 'pglite')(
    'who hands the place over at that moment makes no key, and none ends',
    async () => {
      const { keeping } = accounts;
      const { tenantId, userId } = owner.caller;
      const old = await keeping.createTenantKey(owner.caller, { name: 'Old', scopes: ['messages:read'] });
      const { db } = world.database;
      const asked = await db.transaction().execute(async (trx) => {
        await sql`select 1 from tenants where id = ${tenantId} for no key update`.execute(trx);
        const both = [
          codeOf(keeping.createTenantKey(owner.caller, { name: 'New', scopes: ['messages:read'] })),
          codeOf(keeping.revokeTenantKey(owner.caller, { keyId: old.id })),
        ];
        // Asked beside the transaction: in one, PostgreSQL looks only once.
        const waiting = sql`select 1 from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query ilike '%tenants%'`;
        const count = async () => (await waiting.execute(db)).rows.length;
        await expect.poll(count, { timeout: 10_000 }).toBe(2);
        await sql`update users set role = 'admin' where tenant_id = ${tenantId} and id = ${userId}`.execute(
          trx,
        );
        return both;
      });
      expect(await Promise.all(asked)).toEqual(['forbidden', 'forbidden']);
      const keys = await tenantsDb(db)
        .selectFrom('api_keys')
        .select('name')
        .where('revoked_at', 'is', null)
        .execute();
      expect(keys.map(({ name }) => name)).toContain('Old');
      expect(keys.map(({ name }) => name)).not.toContain('New');
    },
  );
});
