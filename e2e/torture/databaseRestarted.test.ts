/** PostgreSQL goes away under load and comes back: nobody is told anything but "try again", and nothing is lost. */
import type { WireError } from '@kith/protocol';
import { errors } from '@kith/protocol';
import { type Postgres, startPostgres } from '@kith/tools/services/postgres.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom, givenSeed } from '../support/random.ts';
import { type Server, startServer } from '../support/server.ts';
import { sleep, until } from '../support/wait.ts';
import { createTalk, expectNothingLost } from './talk.ts';

const seed = givenSeed ?? 20_262;

let postgres: Postgres;
let server: Server;
beforeAll(async () => {
  postgres = await startPostgres({ fsync: true });
  server = await startServer({ databaseUrl: postgres.url });
});
afterAll(async () => {
  await server?.dispose();
  await postgres?.stop();
});

it.each(['fast', 'immediate'] as const)(
  `S8: a database restarted (%s) under load (seed ${seed})`,
  async (mode) => {
    const random = createRandom(seed);
    const talk = await createTalk(server.url, random.fork());
    const { pid } = server;
    talk.start();
    /** Over HTTP, without the patience of a client. */
    const answers = new Map<number, WireError | null>();
    let asking = true;
    const asker = (async (): Promise<void> => {
      while (asking) {
        const response = await fetch(`${server.url}/v1/me`, {
          headers: { authorization: `Bearer ${talk.token}` },
        });
        const body = (await response.json()) as { error?: WireError };
        answers.set(response.status, body.error ?? null);
        expect((await fetch(`${server.url}/healthz`)).status, 'the process itself is well').toBe(200);
        await sleep(20);
      }
    })();

    for (let restart = 0; restart < 3; restart += 1) {
      await sleep(random.int(200, 1_200));
      const before = talk.acknowledged();
      await postgres.restart(mode);
      // The server finds its way back by itself, without a new connection of the clients.
      await until('messages are acknowledged again', () => talk.acknowledged() > before + 10);
    }
    asking = false;
    await asker;
    await talk.stop();
    await talk.settled();

    expect(server.pid, 'the server went on').toBe(pid);
    const refused = [...talk.ledger.refusals.keys()];
    expect(refused.filter((code) => !errors[code].retryable || code === 'internal')).toEqual([]);
    for (const [status, error] of answers) {
      if (status === 200) continue;
      expect({ status, code: error?.code, retryable: error?.retryable }).toEqual({
        status: 503,
        code: 'unavailable',
        retryable: true,
      });
    }
    await expectNothingLost(talk);
    await talk.dispose();
  },
  120_000,
);
