import { setTimeout as sleep } from 'node:timers/promises';
import { type Ephemeral, limits, newId, type Presence } from '@kith/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLogger } from '../logger.ts';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { type Bus, localBus } from './bus.ts';
import { createPresences, type PresenceService } from './presence.ts';
import { createTyping } from './typing.ts';

describe.each(databaseKinds)('presence on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let told: Presence[];
  let presences: PresenceService;
  let count = 0;
  const opened: PresenceService[] = [];

  beforeAll(async () => {
    world = await createWorld(kind);
  });
  afterAll(() => world.close());
  afterEach(async () => {
    for (const node of opened.splice(0)) await node.close();
  });
  beforeEach(async () => {
    count += 1;
    ann = await world.person(`Ann${count}`);
    told = [];
    presences = open();
  });

  /** A node; of the same service as others on the same bus. */
  const open = (bus: Bus = localBus(), shown = (presence: Presence) => void told.push(presence)) => {
    const node = createPresences({
      node: newId(),
      bus,
      database: world.database,
      logger: silentLogger,
      onShown: (_tenantId, presence) => shown(presence),
      graceMs: 30,
      storeEveryMs: 5,
      aliveEveryMs: 40,
    });
    opened.push(node);
    return node;
  };
  const connect = (setting: 'auto' | 'away' | 'invisible' = 'auto') =>
    presences.connect(1, ann.userId, setting);
  const shown = async (from = presences) => (await from.of(1, [ann.userId]))[0];
  const states = () => told.map((presence) => presence.state);

  test('S10: online with the first device, away when all are idle, offline some time after the last', async () => {
    const [phone, laptop] = [connect(), connect()];
    expect(await shown()).toEqual({ userId: ann.userId, state: 'online' });
    phone.setActive(false);
    laptop.setActive(false);
    phone.setActive(true);
    phone.close();
    laptop.close();
    expect((await shown())?.state).toBe('away');
    await vi.waitFor(() => expect(states()).toEqual(['online', 'away', 'online', 'away', 'offline']));
    expect(told.at(-1)?.lastSeenAt).toBeDefined();
    expect(await shown()).toEqual(told.at(-1));
    await presences.close();
    expect(await shown(open())).toEqual(told.at(-1));
  });

  test('a reload is no departure', async () => {
    connect().close();
    await sleep(10);
    connect();
    await sleep(50);
    expect(states()).toEqual(['online']);
  });

  test('away by choice; invisible is offline, last seen when it began', async () => {
    const device = connect('away');
    expect(states()).toEqual(['away']);
    presences.setSetting(1, ann.userId, 'auto');
    presences.setSetting(1, ann.userId, 'invisible');
    expect(states()).toEqual(['away', 'online', 'offline']);
    const frozen = await shown();
    expect(frozen).toMatchObject({ state: 'offline', lastSeenAt: told.at(-1)?.lastSeenAt });
    await sleep(20);
    device.setActive(false);
    device.close();
    await sleep(50);
    expect(await shown()).toEqual(frozen);
    connect('invisible').close();
    await sleep(50);
    expect(states()).toHaveLength(3);
    await presences.close();
    expect(await shown(open())).toEqual(frozen);
  });

  test('a choice whose word was lost is found when the node reads again; one heard meanwhile stays', async () => {
    const bob = await world.person(`Bob${count}`);
    connect();
    presences.connect(1, bob.userId, 'auto');
    await world.services.database.db
      .updateTable('users')
      .set({ presence: 'invisible' })
      .where('id', 'in', [ann.userId, bob.userId])
      .execute();
    presences.readAgain();
    // Heard, and stored before that.
    await world.services.database.db
      .updateTable('users')
      .set({ presence: 'away' })
      .where('id', '=', bob.userId)
      .execute();
    presences.setSetting(1, bob.userId, 'away');
    const people = [ann.userId, bob.userId];
    await vi.waitFor(async () =>
      expect((await presences.of(1, people)).map(({ state }) => state)).toEqual(['offline', 'away']),
    );
  });

  test('unknown people are offline, in the order asked; tenants do not meet (S15)', async () => {
    connect();
    const nobody = '01900000-0000-7000-8000-00000000dead';
    expect(await presences.of(1, [nobody, ann.userId])).toEqual([
      { userId: nobody, state: 'offline' },
      { userId: ann.userId, state: 'online' },
    ]);
    expect(await presences.of(2, [ann.userId])).toEqual([{ userId: ann.userId, state: 'offline' }]);
  });

  test('several nodes: the most present of all devices, wherever they are', async () => {
    const bus = localBus();
    const [first, second] = [open(bus), open(bus, () => undefined)];
    const third = open(bus, () => undefined);
    const phone = first.connect(1, ann.userId, 'auto');
    const laptop = second.connect(1, ann.userId, 'auto');
    phone.setActive(false);
    await vi.waitFor(async () => expect(await shown(third)).toMatchObject({ state: 'online' }));
    expect(await shown(first)).toMatchObject({ state: 'online' });
    laptop.setActive(false);
    await vi.waitFor(async () => expect(await shown(first)).toMatchObject({ state: 'away' }));
    phone.setActive(true);
    phone.close();
    await vi.waitFor(async () => expect(await shown(third)).toMatchObject({ state: 'away' }));
    third.setSetting(1, ann.userId, 'invisible');
    await vi.waitFor(async () => expect(await shown(first)).toMatchObject({ state: 'offline' }));
    third.setSetting(1, ann.userId, 'auto');
    laptop.close();
    await vi.waitFor(async () => expect(told.at(-1)).toMatchObject({ state: 'offline' }));
    expect(await shown(third)).toMatchObject({ state: 'offline', lastSeenAt: expect.any(String) });
  });

  test('a node that comes later knows who is there; one that dies leaves nobody online', async () => {
    const bus = localBus();
    /** The bus of a node that is there no more. */
    let dead = false;
    const dying: Bus = { ...bus, publish: (subject, message) => dead || bus.publish(subject, message) };
    const people = await Promise.all(Array.from({ length: 40 }, (_, n) => world.person(`Of${count}x${n}`)));
    const ids = people.map(({ userId }) => userId);
    const states = async (node: PresenceService) =>
      new Set((await node.of(1, ids)).map(({ state }) => state));
    const old = open(dying, () => undefined);
    for (const id of ids) old.connect(1, id, 'auto');
    await sleep(60);
    const later = open(bus);
    await vi.waitFor(async () => expect(await states(later)).toEqual(new Set(['online'])));
    dead = true;
    await vi.waitFor(async () => expect(await states(later)).toEqual(new Set(['offline'])));
    await vi.waitFor(async () => {
      const [one] = await open(localBus()).of(1, ids.slice(0, 1));
      expect(one?.lastSeenAt).toBeDefined();
    });
    dead = false;
    await vi.waitFor(async () => expect(await states(later)).toEqual(new Set(['online'])));
  });

  test('what the bus lost between nodes is noticed and asked for again', async () => {
    const bus = localBus();
    let lost = 0;
    const leaky: Bus = {
      ...bus,
      publish: (subject, message) => {
        if (message.type === 'people' && message.all === null && lost++ % 2 === 0) return;
        bus.publish(subject, message);
      },
    };
    const [from, to] = [open(leaky, () => undefined), open(bus)];
    for (let n = 0; n < 6; n += 1) {
      const device = from.connect(1, ann.userId, 'auto');
      await vi.waitFor(async () => expect(await shown(to)).toMatchObject({ state: 'online' }));
      device.close();
      await vi.waitFor(async () => expect(await shown(to)).toMatchObject({ state: 'offline' }));
    }
    expect(lost).toBeGreaterThan(3);
  });

  test('a node that leaves in order: a move to another is no departure', async () => {
    const bus = localBus();
    const [leaving, staying] = [open(bus, () => undefined), open(bus)];
    leaving.connect(1, ann.userId, 'auto');
    await vi.waitFor(async () => expect(await shown(staying)).toMatchObject({ state: 'online' }));
    await leaving.close();
    staying.connect(1, ann.userId, 'auto');
    await sleep(80);
    expect(states()).not.toContain('offline');
  });

  test('a stop stores when everybody was last here', async () => {
    connect();
    await presences.close();
    expect(await shown(open())).toMatchObject({ state: 'offline', lastSeenAt: expect.any(String) });
  });
});

test('S10: typing is told when it begins, is renewed, and ends; not with every key', () => {
  let time = 0;
  const told: Ephemeral[] = [];
  const typing = createTyping({
    announcer: { ephemeral: (_subject, ephemeral) => told.push(ephemeral) },
    now: () => time,
  });
  const notify = (active: boolean) => {
    typing.notify(1, 'room', 'ann', active);
    return told.splice(0).map((one) => one.type === 'typing' && one.active);
  };
  expect(notify(false)).toEqual([]);
  expect(notify(true)).toEqual([true]);
  expect(notify(true)).toEqual([]);
  time += limits.typingMs / 2;
  expect(notify(true)).toEqual([true]);
  expect(notify(false)).toEqual([false]);
  expect(notify(true)).toEqual([true]);
  time += limits.typingMs;
  expect(notify(false)).toEqual([]);
});
