/** A server that is newer, broken or hostile, and people who share a device. */
import type { ServerFrame } from '@kith/protocol';
import { newId } from '@kith/protocol/ids';
import { describe, expect, test, vi } from 'vitest';
import { backoff } from './backoff.ts';
import { memoryStorage } from './storage/memory.ts';
import type { Locks, TabsEnvironment } from './tabs.ts';
import { ANNA, BERT, Harness, textsOf } from './testing/harness.ts';

/** What no type of today allows. */
const push = (world: Harness, ...frames: readonly unknown[]) => {
  for (const socket of world.server.sockets) for (const frame of frames) socket.push(frame as ServerFrame);
};

test('S9: counts that were in doubt when the app died are asked for, also when events overtake the sync', async () => {
  const world = new Harness(3);
  const storage = memoryStorage();
  const before = await world.live(ANNA, storage);
  world.say(BERT, 'after the sync');
  await world.clock.pass(2_000);
  void before.stop();
  await world.clock.pass(100);
  // As a crash leaves it: at this revision already, its count still to be asked for.
  const { heads } = await storage.load();
  await storage.write({ heads: heads.map((head) => ({ ...head, unread: 9 })) });
  const answer = world.server.answer.bind(world.server);
  let overtaken = false;
  world.server.answer = (userId, command, input) => {
    const output = answer(userId, command, input);
    if (command === 'sync' && !overtaken) world.say(BERT, 'overtakes it');
    overtaken ||= command === 'sync';
    return output;
  };
  const client = await world.live(ANNA, storage);
  await world.clock.pass(2_000);
  expect(client.conversations.get(world.group).get()).toMatchObject({ unread: 5, lastSeq: 5 });
});

describe('frames this version does not know', () => {
  test('S4: a record of an unknown kind raises the revision and hides nothing else', async () => {
    const world = new Harness(1);
    const client = await world.live(ANNA);
    const timeline = client.timeline(world.group);
    await world.clock.pass(500);
    const { rev } = client.conversations.get(world.group).get()!;
    const conversation = world.server.world.conversations.get(world.group)!;
    conversation.rev++; // a pin, say
    push(world, {
      t: 'event',
      event: {
        type: 'records',
        conversationId: world.group,
        from: rev + 1,
        to: rev + 1,
        records: [{ type: 'pin', rev: rev + 1, messageId: newId() }],
      },
    });
    world.say(BERT, 'after the pin');
    await world.clock.pass(500);
    expect(textsOf(timeline.view.get())).toEqual(['message 1', 'after the pin']);
    expect(client.conversations.get(world.group).get()).toMatchObject({ unread: 2, rev: rev + 2 });
  });

  test('an unknown ephemeral is not taken for typing', async () => {
    const world = new Harness(1);
    const client = await world.live(ANNA);
    push(world, {
      t: 'ephemeral',
      ephemeral: { type: 'call', conversationId: world.group, userId: BERT, active: true },
    });
    await world.clock.pass(100);
    expect(client.typing.in(world.group).get()).toEqual([]);
  });

  test('a broken frame costs nothing but itself', async () => {
    const world = new Harness(1);
    const client = await world.live(ANNA);
    const head = client.conversations.get(world.group);
    for (const broken of [
      { t: 'event' },
      { t: 'failed', id: 1 },
      { t: 'event', event: { type: 'joined' } },
      { t: 'event', event: { type: 'records', conversationId: world.group, from: 1, to: 99 } },
      { t: 'ephemeral', ephemeral: null },
      { t: 'constructor' },
      [],
    ])
      push(world, broken);
    world.say(BERT, 'still here');
    await world.clock.pass(500);
    expect(head.get()?.unread).toBe(2);
    expect(client.connection.get().type).toBe('live');
    expect(world.warnings.length).toBeGreaterThan(0);
  });
});

test('a pause longer than a timer can count does not become no pause', () => {
  for (const told of [2 ** 31, 1e18, Number.POSITIVE_INFINITY])
    expect(backoff(0, 0.5, told)).toBeLessThan(2 ** 31);
});

test('people whose names were refused for a moment are asked for again', async () => {
  const world = new Harness();
  const client = await world.live(ANNA);
  world.server.weather.fail = 1;
  const stranger = newId();
  world.server.world.addUser(stranger, 'carl');
  const user = client.users.get(stranger);
  await world.clock.pass(100);
  world.server.weather.fail = 0;
  await world.clock.pass(5_000);
  expect(user.get()?.username).toBe('carl');
});

describe('people who share a device', () => {
  test('what one wrote is never sent by the other', async () => {
    const world = new Harness();
    const storage = memoryStorage();
    // Written before the cache said whose it is.
    await storage.putOutbox({
      id: newId(),
      conversationId: world.group,
      authorId: ANNA,
      content: { type: 'plain', text: 'only Anna says this' },
      createdAt: new Date(0).toISOString(),
      owner: 'a tab that is gone',
      state: 'pending',
    });
    await world.live(BERT, storage);
    await world.clock.pass(30_000);
    expect(world.texts()).toEqual([]);
  });

  test('a session that expired keeps what was not sent; the same person sends it later', async () => {
    const world = new Harness(1);
    const storage = memoryStorage();
    const first = await world.live(ANNA, storage);
    await world.clock.pass(2_000);
    world.server.down = true;
    world.server.cut();
    await world.clock.pass(50);
    first.messages.send(world.group, 'written on the train');
    first.messages.setHidden(world.group, [1], true).catch(() => undefined);
    const anna = world.server.world.users.get(ANNA)!;
    world.server.world.users.delete(ANNA);
    world.server.down = false;
    await world.clock.pass(60_000);
    expect(first.connection.get()).toMatchObject({ type: 'ended', error: { code: 'unauthenticated' } });
    void first.stop();
    await world.clock.pass(100);
    expect(await storage.load()).toMatchObject({ me: undefined, heads: [], windows: [] });

    world.server.world.users.set(ANNA, anna);
    const again = await world.live(ANNA, storage);
    await world.clock.pass(30_000);
    expect(world.texts()).toEqual(['message 1', 'written on the train']);
    expect(world.server.asked.get('hideMessages')).toBe(1);
    expect(again.core.store.hides(world.group, 1)).toBe(true);
    expect(await storage.loadWishes()).toEqual([]);
  });

  test('signing out forgets at once, also when the server does not answer', async () => {
    vi.stubGlobal('fetch', () => new Promise(() => {}));
    try {
      const world = new Harness(1);
      const storage = memoryStorage();
      const client = await world.live(ANNA, storage);
      await world.clock.pass(2_000);
      expect((await storage.load()).me).toBeDefined();
      void client.signOut();
      await world.clock.pass(100);
      expect((await storage.load()).me).toBeUndefined();
      expect(client.connection.get().type).toBe('ended');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test('whoever signs out frees the cache for the next client of the same page', async () => {
    const world = new Harness(1);
    const storage = Object.assign(memoryStorage(), { name: 'kith' });
    const held = new Map<string, Promise<unknown>>();
    const locks: Locks = {
      request: (name, _, run) => {
        const turn = (held.get(name) ?? Promise.resolve()).then(run);
        held.set(name, turn);
        return turn;
      },
      query: async () => ({ held: [] }),
    };
    const tabs: TabsEnvironment = { locks, openChannel: undefined };
    const first = await world.live(ANNA, storage, { tabs });
    void first.signOut();
    await new Promise((resolve) => setTimeout(resolve, 50)); // the request to http://test fails in real time
    await world.clock.pass(2_000);
    await world.live(ANNA, storage, { tabs });
    await world.clock.pass(2_000);
    expect((await storage.load()).me?.user.id).toBe(ANNA);
  });
});
