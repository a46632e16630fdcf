/** `kill -9` of the server at random moments under load, on both databases (S1, S7, S8). */
import { type Postgres, startPostgres } from '@kith/tools/services/postgres.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom, givenSeed } from '../support/random.ts';
import { type Server, startServer } from '../support/server.ts';
import { sleep } from '../support/wait.ts';
import { createTalk, expectNothingLost } from './talk.ts';

const seed = givenSeed ?? 20_261;
const killsOf = (count: number): number => Number(process.env['KITH_KILLS'] || count);

interface Kind {
  readonly name: string;
  readonly kills: number;
}

describe.each<Kind>([
  // Getting up from a crash takes the embedded database some seconds of a core: KITH_KILLS=20 for a longer night.
  { name: 'PGlite', kills: killsOf(6) },
  { name: 'PostgreSQL', kills: killsOf(6) },
])('killed $kills times on $name', ({ name, kills }) => {
  let postgres: Postgres | undefined;
  let server: Server;
  beforeAll(async () => {
    if (name === 'PostgreSQL') postgres = await startPostgres({ fsync: true });
    server = await startServer(postgres ? { databaseUrl: postgres.url } : {});
  });
  afterAll(async () => {
    await server?.dispose();
    await postgres?.stop();
  });

  it(
    `S8: loses, repeats and moves nothing that was acknowledged (seed ${seed})`,
    async () => {
      const random = createRandom(seed);
      const talk = await createTalk(server.url, random.fork());
      talk.start();
      let progress = 0;
      for (let kill = 0; kill < kills; kill += 1) {
        // Sometimes in the middle of getting up, when the database is recovering.
        const early = random.chance(0.2);
        if (!early) {
          await server.ready();
          for (const { client } of talk.writers) client.retryNow();
        }
        await sleep(early ? random.int(50, 900) : random.int(100, 900));
        await server.kill();
        if (talk.acknowledged() > progress) progress = talk.acknowledged();
        server.spawn();
      }
      await server.ready();
      await talk.stop();
      await talk.settled();
      expect(progress, 'there was load').toBeGreaterThan(kills * 5);
      await expectNothingLost(talk);
      await talk.dispose();
    },
    Math.max(400_000, kills * 20_000),
  );
});
