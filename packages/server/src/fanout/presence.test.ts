import { setTimeout as sleep } from 'node:timers/promises';
import { type Ephemeral, limits, type Presence } from '@kith/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLogger } from '../logger.ts';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { createPresences, type PresenceService } from './presence.ts';
import { createTyping } from './typing.ts';

describe.each(databaseKinds)('presence on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let told: Presence[];
  let presences: PresenceService;
  let count = 0;

  beforeAll(async () => {
    world = await createWorld(kind);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    count += 1;
    ann = await world.person(`Ann${count}`);
    told = [];
    presences = open();
  });

  const open = () =>
    createPresences({
      announcer: {
        ephemeral: (_subject, ephemeral) => {
          if (ephemeral.type === 'presence') told.push(ephemeral.presence);
        },
      },
      database: world.database,
      logger: silentLogger,
      graceMs: 30,
      storeEveryMs: 5,
    });
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

  test('unknown people are offline, in the order asked; tenants do not meet (S15)', async () => {
    connect();
    const nobody = '01900000-0000-7000-8000-00000000dead';
    expect(await presences.of(1, [nobody, ann.userId])).toEqual([
      { userId: nobody, state: 'offline' },
      { userId: ann.userId, state: 'online' },
    ]);
    expect(await presences.of(2, [ann.userId])).toEqual([{ userId: ann.userId, state: 'offline' }]);
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
