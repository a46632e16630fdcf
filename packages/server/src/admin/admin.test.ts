import {
  type AdminOutput,
  type ApiScope,
  adminCalls,
  newId,
  type OperatorOutput,
  type Output,
} from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbedWorld, openEmbedWorld } from '../testing/embedWorld.ts';
import type { HttpPerson } from '../testing/filesWorld.ts';
import { openSocket } from '../testing/socketClient.ts';
import { databaseKinds } from '../testing/world.ts';

const ALL: readonly ApiScope[] = [...new Set(Object.values(adminCalls).map(({ scope }) => scope))];

describe.each(databaseKinds)('a host’s backend, on %s', (kind) => {
  let world: EmbedWorld;
  beforeAll(async () => {
    world = await openEmbedWorld(kind);
  }, 120_000);
  afterAll(() => world?.close());

  const keyOf = async (slug: string, scopes = ALL): Promise<HttpPerson & { keyId: string }> => {
    const { id, key } = await world.operate<OperatorOutput<'createApiKey'>>(
      'POST',
      `/tenants/${slug}/api-keys`,
      { name: 'Backend', scopes },
    );
    return { id: '', keyId: id, bearer: { authorization: `Bearer ${key}` }, cookie: {} };
  };

  it('makes people and conversations, speaks there, and reads what was said', async () => {
    const acme = await world.tenant(`acme-${kind}`, { signUp: 'closed' });
    const backend = await keyOf(acme.slug);
    const { people } = await world.call<AdminOutput<'upsertPeople'>>(backend, 'PUT', '/admin/people', {
      people: [
        { sub: 'a', name: 'Ann' },
        { sub: 'b', name: 'Bob', role: 'admin' },
        { sub: 'c', name: 'Cid' },
        { sub: 'a', name: 'Ann Smith' },
      ],
    });
    expect(people[3]?.userId).toBe(people[0]?.userId);
    const listed = await world.call<AdminOutput<'listPeople'>>(backend, 'GET', '/admin/people?limit=2');
    expect(listed.people.map(({ sub, user }) => [sub, user.displayName, user.role])).toEqual([
      ['a', 'Ann Smith', 'member'],
      ['b', 'Bob', 'admin'],
    ]);
    const rest = await world.call<AdminOutput<'listPeople'>>(
      backend,
      'GET',
      `/admin/people?limit=2&cursor=${listed.next}`,
    );
    expect(rest.people.map(({ sub }) => sub)).toEqual(['c']);

    const conversationId = newId();
    const wish = { conversationId, name: 'Order 7', members: ['a', 'b'] };
    for (let i = 0; i < 2; i += 1) {
      const { conversation } = await world.call<AdminOutput<'openConversation'>>(
        backend,
        'POST',
        '/admin/conversations',
        wish,
      );
      expect(conversation).toMatchObject({ id: conversationId, name: 'Order 7', memberCount: 3 });
    }
    // They come by token, whom the backend has made, though sign-up is closed.
    const ann = await world.enter(acme, 'a', { name: 'Ann Smith' });
    const socket = await openSocket(`${world.base.replace('http', 'ws')}/v1/socket`);
    await socket.hello(ann.token);
    const messageId = newId();
    const say = (more: object = {}) =>
      world.call<AdminOutput<'postMessage'>>(
        backend,
        'POST',
        `/admin/conversations/${conversationId}/messages`,
        {
          messageId,
          text: 'It is on its way',
          ...more,
        },
      );
    const said = await say();
    expect(await say(), 'S7').toEqual(said);
    const event = await socket.next('event');
    expect(JSON.stringify(event)).toContain('It is on its way');
    socket.ws.terminate();
    await say({ messageId: newId(), as: 'b', text: 'As Bob' });
    await expect(say({ messageId: newId(), as: 'c', text: 'As Cid' })).rejects.toThrow();

    await world.call(backend, 'POST', `/admin/conversations/${conversationId}/members`, {
      members: ['b', 'c'],
    });
    expect(
      await world.call(backend, 'POST', `/admin/conversations/${conversationId}/members/remove`, {
        members: ['b'],
      }),
    ).toEqual({ removed: 1 });
    const read: string[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page: AdminOutput<'exportMessages'> = await world.call(
        backend,
        'GET',
        `/admin/conversations/${conversationId}/messages?limit=2&after=${after}`,
      );
      for (const { body } of page.messages)
        read.push(
          body.type === 'content' && body.content.type === 'plain'
            ? body.content.text
            : body.type === 'system'
              ? body.event.type
              : body.type,
        );
      after = page.next;
    }
    expect(read).toEqual(['created', 'added', 'It is on its way', 'As Bob', 'added', 'removed']);
    const { conversations } = await world.call<AdminOutput<'listConversations'>>(
      backend,
      'GET',
      '/admin/conversations',
    );
    expect(conversations.map(({ id }) => id)).toEqual([conversationId]);

    expect(await world.call(backend, 'POST', '/admin/people/revoke', { sub: 'a' })).toEqual({ revoked: 1 });
    await expect(
      world.call<Output<'getMe'>>({ id: '', bearer: ann.bearer, cookie: {} }, 'GET', '/me'),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(world.enter(acme, 'a', { iat: Math.floor(Date.now() / 1_000) - 5 })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('what two people say to each other is not for it', async () => {
    const acme = await world.tenant(`two-${kind}`);
    const backend = await keyOf(acme.slug);
    const [ann, bob] = [await world.enter(acme, 'a'), await world.enter(acme, 'b')];
    const conversationId = newId();
    await world.call({ id: ann.id, bearer: ann.bearer, cookie: {} }, 'POST', '/direct', {
      conversationId,
      userId: bob.id,
    });
    const none = { code: 'not_found' };
    const at = `/admin/conversations/${conversationId}`;
    await expect(world.call(backend, 'GET', `${at}/messages`)).rejects.toMatchObject(none);
    await expect(
      world.call(backend, 'POST', `${at}/messages`, { messageId: newId(), text: 'x' }),
    ).rejects.toMatchObject(none);
    await expect(world.call(backend, 'POST', `${at}/members`, { members: ['a'] })).rejects.toMatchObject(
      none,
    );
    expect(await world.call(backend, 'GET', '/admin/conversations')).toMatchObject({ conversations: [] });
  });

  it('keys rotate: the old one is good until it is revoked; use is noted', async () => {
    const acme = await world.tenant(`turn-${kind}`);
    const old = await keyOf(acme.slug);
    const { id, key } = await world.operate<OperatorOutput<'rotateApiKey'>>(
      'POST',
      `/tenants/${acme.slug}/api-keys/${old.keyId}/rotate`,
    );
    const fresh = { id: '', bearer: { authorization: `Bearer ${key}` }, cookie: {} };
    await world.call(old, 'GET', '/admin/people');
    await world.call(fresh, 'GET', '/admin/people');
    await world.operate('DELETE', `/tenants/${acme.slug}/api-keys/${old.keyId}`);
    await expect(world.call(old, 'GET', '/admin/people')).rejects.toMatchObject({ code: 'unauthenticated' });
    const shown = await world.operate<OperatorOutput<'showTenant'>>('GET', `/tenants/${acme.slug}`);
    expect(shown.apiKeys).toMatchObject([{ id, name: 'Backend', scopes: ALL }]);
    expect(shown.apiKeys[0]?.usedAt).not.toBeNull();
    expect(JSON.stringify(shown)).not.toContain(key.slice(`kith_${id}_`.length));
    const { events } = await world.operate<OperatorOutput<'listTenantEvents'>>(
      'GET',
      `/tenants/${acme.slug}/events`,
    );
    expect(events.map((event) => event.kind)).toEqual([
      'api_key_revoked',
      'api_key_used_first',
      'api_key_used_first',
      'api_key_made',
      'api_key_made',
      'token_key_made',
      'tenant_made',
    ]);
  });
});
