import { newId, type OperatorOutput, type Output } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localBus } from '../../fanout/bus.ts';
import { type EmbedWorld, openEmbedWorld } from '../../testing/embedWorld.ts';
import { claimsOf, hs256, makeKey, openKeysServer, signed } from '../../testing/hostApp.ts';
import { openSocket } from '../../testing/socketClient.ts';
import { databaseKinds } from '../../testing/world.ts';
import { unseal } from '../sealed.ts';
import { loadSecret } from '../secret.ts';
import type { TenantBook } from '../tenants/book.ts';
import { tenantsDb } from '../tenants/tables.ts';
import { createEmbed, tenantKeys } from './embed.ts';
import { boundTo } from './verify.ts';

describe.each(databaseKinds)('people of hosts, on %s', (kind) => {
  let world: EmbedWorld;
  beforeAll(async () => {
    world = await openEmbedWorld(kind);
  }, 120_000);
  afterAll(() => world?.close());

  const meOf = (bearer: Readonly<Record<string, string>>) =>
    world.call<Output<'getMe'>>({ id: '', bearer, cookie: {} }, 'GET', '/me');

  it('a token of a new sub makes a person, and the next one is the same, as the host says', async () => {
    const acme = await world.tenant(`acme-${kind}`);
    const ann = await world.enter(acme, 'user-1', { name: 'Änn Müller' });
    const me = await meOf(ann.bearer);
    expect(me.user).toMatchObject({ displayName: 'Änn Müller', username: 'ann.muller', role: 'member' });

    const again = await world.enter(acme, 'user-1', { name: 'Ann Smith', roles: ['admin'] });
    expect(again.id).toBe(ann.id);
    expect(again.token).not.toBe(ann.token);
    expect((await meOf(again.bearer)).user).toMatchObject({ displayName: 'Ann Smith', role: 'admin' });
    // Who is no admin in the newest token is none any more, and not again by one that was issued before.
    await world.enter(acme, 'user-1', { name: 'Ann Smith' });
    const iat = Math.floor(Date.now() / 1_000) - 30;
    const older = await world.enter(acme, 'user-1', {
      name: 'Ann Jones',
      roles: ['admin'],
      iat,
      exp: iat + 600,
    });
    expect((await meOf(older.bearer)).user).toMatchObject({ displayName: 'Ann Smith', role: 'member' });
    const namesake = await world.enter(acme, 'user-2', { name: 'Änn Müller' });
    expect(namesake.id).not.toBe(ann.id);
    expect((await meOf(namesake.bearer)).user.username).toMatch(/^ann\.muller-[0-9a-f]{6}$/);
  });

  // One connection serves all of PGlite: there, nobody comes in while somebody is signed out.
  it.runIf(kind === 'postgres')('who is signed out while they come in, is out', async () => {
    const acme = await world.tenant(`out-${kind}`);
    const ann = await world.enter(acme, 'ann');
    const { db } = world.service.services.database;
    const entering = await db.transaction().execute(async (trx) => {
      await sql`update host_people set tokens_from = now() + interval '1 second' where user_id = ${ann.id}`.execute(
        trx,
      );
      const answer = world.post(acme.token('ann'));
      const waiting = sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query ilike '%host_people%'`;
      await expect
        .poll(async () => (await waiting.execute(db)).rows.length, { timeout: 10_000 })
        .toBeGreaterThan(0);
      return { answer };
    });
    expect((await entering.answer).status).toBe(401);
  });

  it('S15: the same sub in another tenant is somebody else, who sees nothing of the first', async () => {
    const [one, two] = [await world.tenant(`one-${kind}`), await world.tenant(`two-${kind}`)];
    const [ann, other] = [await world.enter(one, 'x'), await world.enter(two, 'x')];
    expect(ann.id).not.toBe(other.id);
    const found = await world.call<Output<'searchUsers'>>(
      { id: '', bearer: other.bearer, cookie: {} },
      'GET',
      '/users',
    );
    expect(found.users.map((user) => user.id)).toEqual([other.id]);
  });

  it('a session goes on with a fresh token, over HTTP and over the socket, and the socket stays open', async () => {
    const acme = await world.tenant(`fresh-${kind}`);
    const iat = Math.floor(Date.now() / 1_000);
    const ann = await world.enter(acme, 'ann', { exp: iat + 60 });
    const socket = await openSocket(`${world.base.replace('http', 'ws')}/v1/socket`);
    const welcome = await socket.hello(ann.token);
    expect(welcome.expiresAt).toBe(ann.expiresAt);
    expect(Date.parse(ann.expiresAt)).toBe((iat + 60) * 1_000 + 60_000);

    socket.send({
      t: 'request',
      id: 1,
      command: 'refreshToken',
      input: { token: acme.token('ann', { exp: iat + 600 }) },
    });
    const reply = await Promise.race([socket.next('reply'), socket.next('failed')]);
    expect(reply).toMatchObject({
      t: 'reply',
      output: { expiresAt: new Date((iat + 600) * 1_000 + 60_000).toISOString() },
    });

    const byHttp = await world.post(acme.token('ann', { exp: iat + 900 }), { session: ann.token });
    expect(await byHttp.json()).toMatchObject({
      token: ann.token,
      expiresAt: new Date((iat + 900) * 1_000 + 60_000).toISOString(),
    });
    const { sessions } = await world.call<Output<'listSessions'>>(
      { id: '', bearer: ann.bearer, cookie: {} },
      'GET',
      '/me/sessions',
    );
    expect(sessions).toHaveLength(1);
    expect(socket.ws.readyState).toBe(socket.ws.OPEN);
    socket.ws.terminate();
  });

  it('sessions are listed and revoked like others; signing out ends one, and its socket', async () => {
    const acme = await world.tenant(`ends-${kind}`);
    const [phone, desk] = [await world.enter(acme, 'ann'), await world.enter(acme, 'ann')];
    const person = { id: phone.id, bearer: desk.bearer, cookie: {} };
    const socket = await openSocket(`${world.base.replace('http', 'ws')}/v1/socket`);
    await socket.hello(phone.token);
    const { sessions } = await world.call<Output<'listSessions'>>(person, 'GET', '/me/sessions');
    expect(sessions).toHaveLength(2);
    const other = sessions.find(({ current }) => !current);
    await world.call(person, 'DELETE', `/me/sessions/${other?.id}`);
    expect((await socket.closed).code).toBe(4403);
    await expect(meOf(phone.bearer)).rejects.toMatchObject({ code: 'unauthenticated' });
    await world.fetch('/v1/auth/sign-out', {
      method: 'POST',
      headers: { ...desk.bearer, 'content-type': 'application/json' },
      body: '{}',
    });
    await expect(meOf(desk.bearer)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('what is for accounts says that there is none', async () => {
    const acme = await world.tenant(`none-${kind}`);
    const ann = await world.enter(acme, 'ann', { roles: ['admin'] });
    const person = { id: ann.id, bearer: ann.bearer, cookie: {} };
    for (const [method, path, body] of [
      ['GET', '/me/account'],
      ['POST', '/me/confirm', { password: 'x' }],
      ['GET', '/me/links'],
      ['GET', '/me/factors'],
    ] as const)
      await expect(world.call(person, method, path, body), path).rejects.toMatchObject({ code: 'not_found' });
    // Nothing can be confirmed without an account.
    await expect(
      world.call(person, 'PUT', '/me/password', { password: 'a good password' }),
    ).rejects.toThrow();
    await expect(world.call(person, 'POST', '/me/totp', {})).rejects.toThrow();
  });

  it('disabling a tenant ends its sessions, closes its sockets and refuses its tokens; enabling lets new ones in', async () => {
    const acme = await world.tenant(`off-${kind}`);
    const ann = await world.enter(acme, 'ann');
    const socket = await openSocket(`${world.base.replace('http', 'ws')}/v1/socket`);
    await socket.hello(ann.token);
    await world.operate('POST', `/tenants/${acme.slug}/disable`);
    expect((await socket.closed).code).toBe(4403);
    await expect(meOf(ann.bearer)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(world.enter(acme, 'ann')).rejects.toMatchObject({ code: 'unauthenticated' });
    await world.operate('POST', `/tenants/${acme.slug}/enable`);
    expect((await world.enter(acme, 'ann')).id).toBe(ann.id);
    await expect(meOf(ann.bearer)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('secrets rotate: two are good at a time, and one that was removed is not', async () => {
    const acme = await world.tenant(`turn-${kind}`);
    const { kid, secret } = await world.operate<OperatorOutput<'createTokenKey'>>(
      'POST',
      `/tenants/${acme.slug}/token-keys`,
    );
    await expect(world.operate('POST', `/tenants/${acme.slug}/token-keys`)).rejects.toMatchObject({
      code: 'conflict',
    });
    const next = { ...acme, kid, secret };
    await world.enter(acme, 'ann');
    await world.operate('DELETE', `/tenants/${acme.slug}/token-keys/${acme.kid}`);
    await expect(world.enter(acme, 'ann')).rejects.toMatchObject({ code: 'unauthenticated' });
    const token = hs256(next.secret, claimsOf(acme.slug, 'ann'));
    expect((await world.post(token)).status, 'without a kid').toBe(200);
    const shown = await world.operate<OperatorOutput<'showTenant'>>('GET', `/tenants/${acme.slug}`);
    expect(shown.tokenKeys.map((key) => key.kid)).toEqual([kid]);
    expect(JSON.stringify(shown)).not.toContain(next.secret);
  });

  it('secrets of tenants survive another secret of the service, once it has begun with both', async () => {
    const acme = await world.tenant(`shut-${kind}`);
    const { database, announcer } = world.service.services;
    const former = await loadSecret(database.db, 'session');
    const opened = async (): Promise<string | undefined> => {
      const db = tenantsDb(database.db);
      const row = await db
        .selectFrom('tenant_keys')
        .selectAll()
        .where('kid', '=', acme.kid)
        .executeTakeFirstOrThrow();
      return unseal(tenantKeys(['another secret']), boundTo(row.tenant_id, row.kid), row.secret)?.toString();
    };
    expect(await opened()).toBeUndefined();
    const bus = localBus();
    const book = { admit: () => null, quota: () => null } as unknown as TenantBook;
    const log = { warn: () => undefined };
    const embed = createEmbed({
      database,
      announcer,
      bus,
      book,
      log,
      secrets: ['another secret', former],
      insecureKeys: false,
    });
    await embed.start();
    expect(await opened()).toBe(acme.secret);
    await embed.close();
    await bus.close();
    // As it was, for the service of these tests.
    const back = createEmbed({
      database,
      announcer,
      bus,
      book,
      log,
      secrets: [former, 'another secret'],
      insecureKeys: false,
    });
    await back.start();
    await back.close();
    await world.enter(acme, 'ann');
  });

  it.each(['RS256', 'ES256', 'EdDSA'] as const)('public keys by JWKS: %s', async (alg) => {
    const keys = await openKeysServer();
    const key = makeKey('k1', alg);
    keys.show(key);
    const slug = `jwks-${alg.toLowerCase()}-${kind}`;
    await world.operate('POST', '/tenants', { slug, name: 'By keys', jwksUrl: keys.url });
    expect((await world.post(signed(key, claimsOf(slug, 'ann')))).status).toBe(200);
    expect((await world.post(signed(key, claimsOf(slug, 'bob')))).status).toBe(200);
    expect(keys.asked, 'kept').toBe(1);
    // Another key of the same kind that is not shown.
    expect((await world.post(signed(makeKey('k1', alg), claimsOf(slug, 'ann')))).status).toBe(401);
    await keys.close();
  });

  it('sign-up that is not open lets in whom is known, and nobody else; quotas of people hold', async () => {
    const acme = await world.tenant(`few-${kind}`, { quotas: { people: 2 } });
    await world.enter(acme, 'a');
    await world.enter(acme, 'b');
    await expect(world.enter(acme, 'c')).rejects.toMatchObject({ code: 'limit_reached' });
    await world.operate('PATCH', `/tenants/${acme.slug}`, { signUp: 'invited', quotas: { people: null } });
    await world.enter(acme, 'a');
    await expect(world.enter(acme, 'c')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('features that are off, and quotas of conversations and messages, are held to', async () => {
    const acme = await world.tenant(`less-${kind}`, {
      features: { polls: false, threads: false },
      quotas: { conversations: 1, messagesPerDay: 3 },
    });
    const [ann, bob] = [await world.enter(acme, 'ann'), await world.enter(acme, 'bob')];
    const person = { id: ann.id, bearer: ann.bearer, cookie: {} };
    const conversationId = await world.group([person, { id: bob.id, bearer: bob.bearer, cookie: {} }]);
    await expect(world.group([person])).rejects.toMatchObject({ code: 'limit_reached' });
    const say = (content: object, more: object = {}) =>
      world.call<Output<'sendMessage'>>(person, 'POST', `/conversations/${conversationId}/messages`, {
        messageId: newId(),
        content: { type: 'plain', text: '', ...content },
        ...more,
      });
    const poll = { type: 'poll', question: 'Q?', options: ['a', 'b'], multiple: false, anonymous: false };
    await expect(say({ attachment: poll })).rejects.toMatchObject({ code: 'forbidden' });
    const { messageId } = await say({ text: 'one' });
    await expect(say({ text: 'x' }, { thread: messageId })).rejects.toMatchObject({ code: 'forbidden' });
    await say({ text: 'two' });
    await say({ text: 'three' });
    await expect(say({ text: 'four' })).rejects.toMatchObject({ code: 'limit_reached' });
  });

  it('a message for later counts on the day it is sent, by itself or by hand', async () => {
    const acme = await world.tenant(`later-${kind}`, { quotas: { messagesPerDay: 1 } });
    const ann = await world.enter(acme, 'ann');
    const person = { id: ann.id, bearer: ann.bearer, cookie: {} };
    const conversationId = await world.group([person]);
    const ids = [newId(), newId()];
    for (const messageId of ids)
      await world.call(person, 'POST', '/me/scheduled', {
        conversationId,
        messageId,
        content: { type: 'plain', text: 'later' },
        at: new Date(Date.now() + 3_600_000).toISOString(),
      });
    await world.call(person, 'POST', `/me/scheduled/${ids[0]}/send`, {});
    await expect(world.call(person, 'POST', `/me/scheduled/${ids[1]}/send`, {})).rejects.toMatchObject({
      code: 'limit_reached',
    });
  });

  it('invites nobody into the main tenant, sends no mail in its name, and writes nothing into its log', async () => {
    const acme = await world.tenant(`inviting-${kind}`);
    const ann = await world.enter(acme, 'ann', { roles: ['admin'] });
    const person = { id: ann.id, bearer: ann.bearer, cookie: {} };
    for (const email of [undefined, 'victim@example.org'])
      await expect(
        world.call(person, 'POST', '/invites', { inviteId: newId(), ...(email && { email }) }),
      ).rejects.toMatchObject({ code: 'forbidden' });
    const { invites, mayInvite } = await world.call<Output<'listInvites'>>(person, 'GET', '/invites');
    expect({ invites, mayInvite }).toEqual({ invites: [], mayInvite: false });
    const { rows } = await sql`select 1 from security_events where user_id = ${ann.id}`.execute(
      world.service.services.database.db,
    );
    expect(rows).toEqual([]);
    // Nor are the settings of who comes in its own to change: it has no account to show who it is.
    await expect(world.call(person, 'PATCH', '/tenant/joining', { signUp: 'open' })).rejects.toMatchObject({
      code: 'confirmation_required',
    });
  });

  it('tells the operator which tokens were refused, and why, and how often', async () => {
    const acme = await world.tenant(`told-${kind}`);
    for (let i = 0; i < 3; i += 1)
      await world.post(acme.token('ann', { aud: 'kith:another' })).then((r) => r.text());
    const { events } = await world.operate<OperatorOutput<'listTenantEvents'>>(
      'GET',
      `/tenants/${acme.slug}/events`,
    );
    expect(events.map(({ kind, detail, count }) => [kind, detail, count])).toEqual([
      ['token_refused', `its aud is not kith:${acme.slug}`, 3],
      ['token_key_made', acme.kid, 1],
      ['tenant_made', '', 1],
    ]);
  });

  it('the main tenant keeps to its accounts', async () => {
    for (const [method, path, body] of [
      ['POST', '/tenants/main/token-keys'],
      ['POST', '/tenants/main/disable'],
      ['PATCH', '/tenants/main', { jwksUrl: 'https://evil.example.org/jwks' }],
    ] as const)
      await expect(world.operate(method, path, body), path).rejects.toMatchObject({ code: 'conflict' });
  });
});
