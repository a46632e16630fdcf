import { describe, expect, test } from 'vitest';
import { Client } from './client.ts';
import { steadyNetwork } from './network.ts';
import { memoryStorage } from './storage/memory.ts';
import type { Storage } from './storage/storage.ts';
import { ANNA, BERT, Harness } from './testing/harness.ts';

const MINUTE = 60_000;

/** A page of a host whose people come by token. */
class Page {
  readonly world = new Harness(3);
  /** Who is signed in at the host. */
  who: string | null = ANNA;
  /** The host's backend does not answer. */
  down = false;
  asked = 0;

  constructor(sessionMs: number) {
    this.world.server.sessionMs = sessionMs;
  }

  client(storage?: Storage): Client {
    const { clock, random, server } = this.world;
    return new Client(
      {
        url: 'http://test',
        getToken: async () => {
          this.asked++;
          if (this.down) throw new Error('The backend is away.');
          return this.who;
        },
        ...(storage && { storage }),
        clock,
        random,
        WebSocket: server.WebSocket,
        fetch: server.fetch,
      },
      { network: steadyNetwork, tabs: { locks: undefined, openChannel: undefined } },
    );
  }
}

describe('a session of a host', () => {
  test('goes on by fresh tokens, a minute before each end, over one and the same socket', async () => {
    const page = new Page(5 * MINUTE);
    const { clock, server } = page.world;
    const client = page.client();
    void client.start();
    await clock.pass(1_000);
    expect(client.connection.get().type).toBe('live');
    const [socket] = server.sockets;
    await clock.pass(3 * MINUTE);
    expect(page.asked, 'not before its time').toBe(1);
    await clock.pass(20 * MINUTE);
    expect(page.asked).toBe(6);
    expect(server.asked.get('refreshToken')).toBe(5);
    expect([...server.sockets]).toEqual([socket]);
  });

  test('a backend that is away for a while is asked again, and nothing is lost', async () => {
    const page = new Page(5 * MINUTE);
    const { clock } = page.world;
    const client = page.client();
    void client.start();
    await clock.pass(3 * MINUTE);
    page.down = true;
    // Over the end of the session: the server closes, and the client comes back when it has a token.
    await clock.pass(10 * MINUTE);
    expect(client.connection.get().type).toBe('waiting');
    page.down = false;
    await clock.pass(MINUTE);
    expect(client.connection.get().type).toBe('live');
  });

  test.each(['while it lasts', 'while the device sleeps'])(
    '%s, a host that has nobody signed in any more signs out here',
    async (when) => {
      const page = new Page(5 * MINUTE);
      const { clock, server } = page.world;
      const client = page.client();
      void client.start();
      await clock.pass(1_000);
      if (when === 'while the device sleeps') server.down = true;
      if (when === 'while the device sleeps') server.cut();
      await clock.pass(MINUTE);
      page.who = null;
      await clock.pass(6 * MINUTE);
      server.down = false;
      await clock.pass(MINUTE);
      expect(client.connection.get()).toMatchObject({ type: 'ended', error: { code: 'unauthenticated' } });
      expect(client.conversations.list.get()).toEqual([]);
    },
  );

  test('a token that the service refuses is not asked for again and again', async () => {
    const page = new Page(5 * MINUTE);
    page.who = 'nobody known';
    const client = page.client();
    void client.start();
    await page.world.clock.pass(10 * MINUTE);
    expect(client.connection.get()).toMatchObject({ type: 'ended', error: { code: 'unauthenticated' } });
    expect(page.asked).toBe(1);
  });

  test('a token of somebody else in the middle of a session ends it', async () => {
    const page = new Page(5 * MINUTE);
    const client = page.client();
    void client.start();
    await page.world.clock.pass(MINUTE);
    page.who = BERT;
    await page.world.clock.pass(5 * MINUTE);
    expect(client.connection.get()).toMatchObject({ type: 'ended' });
  });

  test('a session that was ended on purpose stays ended, though the host would give a token', async () => {
    const page = new Page(5 * MINUTE);
    const client = page.client();
    void client.start();
    await page.world.clock.pass(MINUTE);
    for (const socket of [...page.world.server.sockets]) socket.drop(4403);
    await page.world.clock.pass(10 * MINUTE);
    expect(client.connection.get()).toMatchObject({ type: 'ended', error: { code: 'session_revoked' } });
    expect(page.asked).toBe(1);
  });

  test('what was kept of one person is not shown to the next', async () => {
    const page = new Page(60 * MINUTE);
    const storage = memoryStorage();
    const first = page.client(storage);
    void first.start();
    await page.world.clock.pass(5_000);
    await first.stop();
    page.world.server.down = true;
    const again = page.client(storage);
    void again.start();
    await page.world.clock.pass(1_000);
    expect(again.conversations.list.get(), 'to the same it is').toHaveLength(1);
    await again.stop();
    page.who = BERT;
    const second = page.client(storage);
    void second.start();
    await page.world.clock.pass(5_000);
    expect(second.me.get()).toBeUndefined();
    expect(second.conversations.list.get()).toEqual([]);
  });
});
