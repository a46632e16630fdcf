import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLogger } from '../logger.ts';
import type { Caller } from '../services.ts';
import { commitsSince, pruneCommits } from '../store/commits.ts';
import { type GatewayWorld, openGateway } from '../testing/gatewayWorld.ts';
import type { SocketClient } from '../testing/socketClient.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { type AntiEntropy, createAntiEntropy } from './antiEntropy.ts';
import type { BusMessage } from './bus.ts';
import { hubStore } from './hub.ts';

/** A bus that loses what it is told to lose. */
function losing(world: World, loses: (message: BusMessage) => boolean): () => void {
  const real = world.bus.publish;
  const spy = vi.spyOn(world.bus, 'publish').mockImplementation((subject, message) => {
    if (!loses(message)) real(subject, message);
  });
  return () => spy.mockRestore();
}

const texts = (client: SocketClient, conversationId: string): string[] =>
  client.frames.flatMap((frame) =>
    frame.t === 'event' && frame.event.type === 'records' && frame.event.conversationId === conversationId
      ? frame.event.records.flatMap((record) =>
          record.type === 'message' && record.body.type === 'content' && record.body.content.type === 'plain'
            ? [record.body.content.text]
            : [],
        )
      : [],
  );

describe.each(databaseKinds)('anti-entropy on %s', (kind) => {
  let world: World;
  let door: GatewayWorld;
  let rounds: AntiEntropy;
  let ann: Caller;
  let bob: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    ann = await world.person('Ann');
    bob = await world.person('Bob');
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    door = await openGateway(world);
    // Called by the tests, not by the clock.
    rounds = createAntiEntropy({
      database: world.database,
      hub: door.hub,
      memberships: world.services.memberships,
      logger: silentLogger,
      everyMs: 3_600_000,
    });
    await rounds.round();
  });
  afterEach(async () => {
    await rounds.close();
    await door.close();
    vi.restoreAllMocks();
  });

  test('S11: a message that was not announced arrives within two rounds, once', async () => {
    const group = await world.group([ann, bob]);
    const client = await door.connect(bob);
    const restore = losing(world, (message) => message.type === 'records');
    await world.send(ann, group, 'lost');
    await world.send(ann, group, 'lost as well');
    restore();
    await rounds.round();
    expect(texts(client, group)).toEqual([]);
    await rounds.round();
    await vi.waitFor(() => expect(texts(client, group)).toEqual(['lost', 'lost as well']));
    await rounds.round();
    await world.send(ann, group, 'heard');
    await vi.waitFor(() => expect(texts(client, group)).toEqual(['lost', 'lost as well', 'heard']));
  });

  test('S11: what was announced in time is not read again', async () => {
    const group = await world.group([ann, bob]);
    await door.connect(bob);
    const repair = vi.spyOn(door.hub, 'repair');
    await world.send(ann, group, 'heard');
    await rounds.round();
    await rounds.round();
    expect(repair).not.toHaveBeenCalled();
  });

  test('S11: what somebody may do is known again although its change was not announced', async () => {
    const group = await world.group([ann]);
    // Asked for before, so that it would be remembered.
    await expect(world.send(bob, group, 'not yet')).rejects.toMatchObject({ code: 'not_found' });
    const restore = losing(world, () => true);
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [bob.userId] });
    await world.send(bob, group, 'at once');
    await world.call(ann, 'removeMember', { conversationId: group, userId: bob.userId });
    restore();
    await rounds.round();
    await expect(world.send(bob, group, 'no more')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('S11, S13: who was out and in again, unannounced, starts anew', async () => {
    const group = await world.group([ann, bob]);
    const client = await door.connect(bob);
    const restore = losing(world, () => true);
    await world.call(ann, 'removeMember', { conversationId: group, userId: bob.userId });
    await world.send(ann, group, 'not for Bob');
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [bob.userId] });
    restore();
    await rounds.round();
    await rounds.round();
    const joined = await client.next('event', ({ event }) => event.type === 'joined');
    expect(joined.event).toMatchObject({ head: { conversation: { id: group }, unread: 0 } });
    await world.send(ann, group, 'for Bob');
    await vi.waitFor(() => expect(texts(client, group)).toEqual(['for Bob']));
  });

  test('S13: what was written after an unannounced leaving is not repaired to whoever left', async () => {
    const group = await world.group([ann, bob]);
    const slow = await openGateway(world, {
      hub: {
        store: {
          ...hubStore,
          // The repair's reads are quicker.
          membershipsIn: async (...asked) => {
            await new Promise((resolve) => setTimeout(resolve, 200));
            return hubStore.membershipsIn(...asked);
          },
        },
      },
    });
    const hers = createAntiEntropy({
      database: world.database,
      hub: slow.hub,
      memberships: world.services.memberships,
      logger: silentLogger,
      everyMs: 3_600_000,
    });
    await hers.round();
    const client = await slow.connect(bob);
    const restore = losing(world, () => true);
    await world.call(ann, 'removeMember', { conversationId: group, userId: bob.userId });
    await world.send(ann, group, 'not for Bob');
    restore();
    await hers.round();
    await hers.round();
    await client.next('event', ({ event }) => event.type === 'left');
    expect(texts(client, group)).toEqual([]);
    await hers.close();
    await slow.close();
  });

  test('S11, S13: joinings and leavings that were not announced are found', async () => {
    const group = await world.group([ann]);
    const client = await door.connect(bob);
    let restore = losing(world, () => true);
    await world.call(ann, 'addMembers', { conversationId: group, userIds: [bob.userId] });
    restore();
    await rounds.round();
    await rounds.round();
    // What another test left may be told again meanwhile.
    await client.next(
      'event',
      ({ event }) => event.type === 'joined' && event.head.conversation.id === group,
    );

    restore = losing(world, () => true);
    await world.call(ann, 'removeMember', { conversationId: group, userId: bob.userId });
    restore();
    await rounds.round();
    await rounds.round();
    const left = await client.next(
      'event',
      ({ event }) => event.type === 'left' && event.membership.conversationId === group,
    );
    expect(left.event).toMatchObject({ membership: { state: 'removed' } });
  });

  test('S11: a transaction that commits late is not passed over', async () => {
    const group = await world.group([ann, bob]);
    const client = await door.connect(bob);
    if (kind === 'pglite') {
      // One connection: nothing can commit while another transaction is open.
      expect(client.frames[0]?.t).toBe('welcome');
      return;
    }
    const restore = losing(world, (message) => message.type === 'records');
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const late = world.services.conversationLog.change(1, group, async (conversation) => {
      await conversation.appendSystem(ann.userId, { type: 'renamed', name: 'late' });
      await held;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    // Younger transactions commit, and are seen, while the old one is open.
    const other = await world.group([ann]);
    await world.send(ann, other, 'early');
    for (let i = 0; i < 3; i += 1) await rounds.round();
    letGo();
    await late;
    restore();
    await rounds.round();
    await rounds.round();
    await client.next('event', ({ event }) => event.type === 'records' && event.conversationId === group);
  });

  test('S11: after an outage longer than commits are kept, everything is compared', async () => {
    const group = await world.group([ann, bob]);
    const other = await world.group([ann]);
    const client = await door.connect(bob);
    const restore = losing(world, () => true);
    await world.send(ann, group, 'long ago');
    await world.call(ann, 'addMembers', { conversationId: other, userIds: [bob.userId] });
    restore();
    await world.database.db.deleteFrom('commits').execute();
    let time = performance.now();
    const late = createAntiEntropy({
      database: world.database,
      hub: door.hub,
      memberships: world.services.memberships,
      logger: silentLogger,
      everyMs: 3_600_000,
      now: () => time,
    });
    await late.round();
    await late.round();
    expect(texts(client, group)).toEqual([]);
    time += 3_600_000;
    await late.round();
    await late.round();
    await vi.waitFor(() => expect(texts(client, group)).toEqual(['long ago']));
    await client.next('event', ({ event }) => event.type === 'joined');
    await late.close();
  });

  test('commits are forgotten in batches, the old ones only', async () => {
    const { db } = world.database;
    const group = await world.group([ann]);
    await db.deleteFrom('commits').execute();
    for (let i = 0; i < 3; i += 1) await world.send(ann, group, `${i}`);
    await db
      .updateTable('commits')
      .set({ at: new Date(Date.now() - 700_000) as never })
      .execute();
    await world.send(ann, group, 'young');
    expect(await pruneCommits(db, 600, 2)).toBe(2);
    expect(await pruneCommits(db, 600, 2)).toBe(1);
    expect(await pruneCommits(db, 600, 2)).toBe(0);
    const { commits } = await commitsSince(db, '0');
    expect(commits).toEqual([
      { tenantIds: [1], conversationIds: [group], revs: [expect.any(Number)], userIds: null },
    ]);
  });

  test('a database that is away ends nothing: the next round goes on', async () => {
    const group = await world.group([ann, bob]);
    const client = await door.connect(bob);
    const broken = {
      get db(): never {
        throw new Error('no database');
      },
    };
    const warn = vi.fn();
    const failing = createAntiEntropy({
      database: { db: new Proxy({}, { get: () => broken.db }) as never },
      hub: door.hub,
      memberships: world.services.memberships,
      logger: { ...silentLogger, warn },
      everyMs: 5,
    });
    await vi.waitFor(() => expect(warn).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(warn).toHaveBeenCalledTimes(1);
    await failing.close();
    await world.send(ann, group, 'still here');
    await vi.waitFor(() => expect(texts(client, group)).toEqual(['still here']));
  });
});
