import { subprotocol } from '@kith/protocol/frames';
import { limits } from '@kith/protocol/limits';
import { describe, expect, test } from 'vitest';
import type { Network } from './network.ts';
import { ANNA, Harness } from './testing/harness.ts';
import { SUBPROTOCOL } from './transport.ts';

test('the subprotocol is the one of the wire', () => {
  expect(SUBPROTOCOL).toBe(subprotocol);
});

describe('connection', () => {
  test('a server that is down is tried again, ever more slowly, and found when it is back', async () => {
    const world = new Harness();
    world.server.down = true;
    const client = world.client(ANNA);
    void client.start();
    await world.clock.pass(60_000);
    expect(client.connection.get()).toMatchObject({ type: 'waiting' });
    world.server.down = false;
    await world.clock.pass(31_000);
    expect(client.connection.get().type).toBe('live');
  });

  test('an unknown session ends it: no further attempt', async () => {
    const world = new Harness();
    const client = world.client('nobody');
    void client.start();
    await world.clock.pass(120_000);
    expect(client.connection.get()).toMatchObject({ type: 'ended', error: { code: 'unauthenticated' } });
    await expect(client.request('getMe', {})).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('a socket that went silent is found out and replaced', async () => {
    const world = new Harness();
    const client = await world.live(ANNA);
    const [socket] = world.server.sockets;
    // The other end is gone without a word: nothing sent arrives, nothing comes.
    socket!.send = () => {};
    await world.clock.pass(limits.heartbeatMs + 15_000);
    expect(client.connection.get().type).toBe('live');
    expect(world.server.sockets.has(socket!)).toBe(false);
  });

  test('the network goes and returns: offline at once, back at once', async () => {
    const world = new Harness();
    let handlers: Parameters<Network['listen']>[0] | undefined;
    const network: Network = {
      online: () => true,
      listen: (given) => {
        handlers = given;
        return () => {};
      },
    };
    const client = await world.live(ANNA, undefined, { network });
    handlers?.lost();
    expect(client.connection.get().type).toBe('offline');
    handlers?.back();
    await world.clock.pass(50);
    expect(client.connection.get().type).toBe('live');
  });

  test('start, stop, start in one turn ends up live; stop ends up idle', async () => {
    const world = new Harness();
    const client = world.client(ANNA);
    void client.start();
    void client.stop();
    void client.start();
    await world.clock.pass(500);
    expect(client.connection.get().type).toBe('live');
    void client.stop();
    await world.clock.pass(60_000);
    expect(client.connection.get().type).toBe('idle');
  });
});
