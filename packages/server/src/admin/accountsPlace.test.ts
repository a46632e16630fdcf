/** Keys of a place whose people have accounts: what they say stays theirs. */
import { type AdminOutput, adminCalls, newId, type OperatorOutput, type Output } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbedWorld, openEmbedWorld } from '../testing/embedWorld.ts';
import type { HttpPerson } from '../testing/filesWorld.ts';
import { databaseKinds } from '../testing/world.ts';

describe.each(databaseKinds)('a key of the main tenant, on %s', (kind) => {
  let world: EmbedWorld;
  let backend: HttpPerson;
  let ann: HttpPerson;
  beforeAll(async () => {
    world = await openEmbedWorld(kind);
    ann = await world.signUp('ann');
    const { key } = await world.operate<OperatorOutput<'createApiKey'>>('POST', '/tenants/main/api-keys', {
      name: 'Bridge',
      scopes: [...new Set(Object.values(adminCalls).map(({ scope }) => scope))],
    });
    backend = { id: '', bearer: { authorization: `Bearer ${key}` }, cookie: {} };
  }, 120_000);
  afterAll(() => world?.close());

  const refused = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => 'ok',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    );
  const say = (conversationId: string, more: object = {}) =>
    world.call(backend, 'POST', `/admin/conversations/${conversationId}/messages`, {
      messageId: newId(),
      text: 'Hello',
      ...more,
    });
  const read = (conversationId: string) =>
    world.call<AdminOutput<'exportMessages'>>(
      backend,
      'GET',
      `/admin/conversations/${conversationId}/messages`,
    );
  const listed = async (): Promise<string[]> =>
    (
      await world.call<AdminOutput<'listConversations'>>(backend, 'GET', '/admin/conversations')
    ).conversations.map(({ id }) => id);

  it('reaches no group that the service is not in', async () => {
    const group = await world.group([ann]);
    expect(await refused(read(group))).toBe('not_found');
    expect(await refused(say(group))).toBe('not_found');
    const members = { members: [ann.id] };
    const add = world.call(backend, 'POST', `/admin/conversations/${group}/members`, members);
    expect(await refused(add)).toBe('not_found');
    const remove = world.call(backend, 'POST', `/admin/conversations/${group}/members/remove`, members);
    expect(await refused(remove)).toBe('not_found');
    expect(await listed()).not.toContain(group);
  });

  it('makes a group of people by their ids, speaks there as the service and for nobody else', async () => {
    const conversationId = newId();
    await world.call(backend, 'POST', '/admin/conversations', {
      conversationId,
      name: 'News',
      members: [ann.id],
    });
    expect(await refused(say(conversationId))).toBe('ok');
    expect(await refused(say(conversationId, { as: ann.id }))).toBe('forbidden');
    expect(JSON.stringify((await read(conversationId)).messages)).toContain('Hello');
    expect(await listed()).toContain(conversationId);
    const mine = await world.call<Output<'listMembers'>>(
      ann,
      'GET',
      `/conversations/${conversationId}/members`,
    );
    expect(mine.members.map(({ userId }) => userId)).toContain(ann.id);
    const owned = { conversationId: newId(), name: 'Mine', owner: ann.id };
    expect(await refused(world.call(backend, 'POST', '/admin/conversations', owned))).toBe('forbidden');
  });

  it('reads public channels, and neither writes there nor changes people', async () => {
    const channel = newId();
    await world.call(ann, 'POST', '/conversations', {
      conversationId: channel,
      kind: 'channel',
      visibility: 'public',
      name: 'Square',
    });
    expect(await refused(read(channel))).toBe('ok');
    expect(await refused(say(channel))).toBe('not_found');
    const { people } = await world.call<AdminOutput<'listPeople'>>(backend, 'GET', '/admin/people');
    expect(people.map(({ sub }) => sub)).toContain(ann.id);
    const change = { people: [{ sub: ann.id, role: 'admin' }] };
    expect(await refused(world.call(backend, 'PUT', '/admin/people', change))).toBe('forbidden');
    const revoke = world.call(backend, 'POST', '/admin/people/revoke', { sub: ann.id });
    expect(await refused(revoke)).toBe('forbidden');
  });
});
