/**
 * Two nodes behind one address, on one PostgreSQL and one NATS, under load, and everything that may befall them. After each
 * trouble all hear each other again within 30 s; in the end nothing that was acknowledged is lost, doubled or moved (S1, S8,
 * S11). `npm run soak` takes longer and goes round and round.
 */

import { readFileSync } from 'node:fs';
import { type Nats, startNats } from '@kith/tools/services/nats.ts';
import { type Postgres, startPostgres } from '@kith/tools/services/postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { type Balancer, startBalancer } from '../support/balancer.ts';
import { createNetwork } from '../support/network.ts';
import { connect, signInAgain, signUp } from '../support/people.ts';
import { createRandom, givenSeed } from '../support/random.ts';
import { type Server, startServer } from '../support/server.ts';
import { sleep, until } from '../support/wait.ts';
import { createTalk, expectNothingLost, type Talk } from './talk.ts';

const seed = givenSeed ?? 20_264;
/** Minutes; 0: the short form. */
const soak = Number(process.env['KITH_SOAK'] || 0);
const long = soak > 0;

/** Everybody hears everybody again this long after the repair. */
const REPAIRED_MS = 30_000;
/** What a node may have grown by, in the end. */
const GROWTH = 1.5;
const GROWTH_BYTES = 80 * 1024 * 1024;

let postgres: Postgres;
let nats: Nats;
let nodes: Server[] = [];
let balancer: Balancer;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startPostgres({ fsync: true }), startNats()]);
  nodes = [];
  for (let node = 0; node < 2; node += 1) {
    nodes.push(await startServer({ databaseUrl: postgres.url, env: { KITH_BUS: nats.url } }));
  }
  balancer = await startBalancer(nodes.map(({ port }) => port));
});
afterAll(async () => {
  for (const node of nodes) await node.dispose();
  await balancer?.close();
  await nats?.stop();
  await postgres?.stop();
});

type Trouble = (random: ReturnType<typeof createRandom>) => Promise<void>;

/** Each ends when what it broke is repaired. */
const troubles: Readonly<Record<string, Trouble>> = {
  'a node is killed': async (random) => {
    const node = random.pick(nodes);
    await node.kill();
    await sleep(random.int(200, 1_500));
    await node.start();
  },
  'a node is paused': async (random) => {
    const { pid } = random.pick(nodes);
    process.kill(pid, 'SIGSTOP');
    await sleep(long ? 20_000 : 4_000);
    process.kill(pid, 'SIGCONT');
  },
  'a node is stopped in order and started anew': async (random) => {
    const node = random.pick(nodes);
    expect(await node.stop()).toEqual({ code: 0, signal: null });
    await node.start();
  },
  'NATS is restarted': async () => {
    await nats.stop();
    await nats.start();
  },
  'NATS is away': async () => {
    await nats.stop();
    await sleep(long ? 30_000 : 6_000);
    await nats.start();
  },
  'PostgreSQL is restarted': async (random) => {
    await postgres.restart(random.pick(['fast', 'immediate']));
  },
  'slow queries fill the pool': async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('begin; lock table users, members in access exclusive mode');
    await sleep(long ? 9_000 : 3_000);
    await client.query('rollback');
    await client.end();
  },
  'a crowd comes at once': async () => {
    const crowd: WebSocket[] = [];
    for (let second = 0; second < (long ? 5 : 2); second += 1) {
      const end = performance.now() + 1_000;
      for (let n = 0; n < 1_000; n += 1) {
        const socket = new WebSocket(`${balancer.url.replace('http', 'ws')}/v1/socket`, ['kith.v1.json']);
        socket.on('error', () => undefined);
        crowd.push(socket);
        if (n % 20 === 19) await sleep(Math.max(0, end - 1_000 + n - performance.now()));
      }
    }
    for (const socket of crowd) socket.terminate();
  },
};

const mib = (bytes: number): number => Math.round(bytes / 1024 / 1024);
const rss = ({ pid }: Server): number => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
};

describe('two nodes', () => {
  it(
    `S8, S11: whatever befalls them, nothing is lost (seed ${seed})`,
    async () => {
      const random = createRandom(seed);
      const talk = await createTalk(balancer.url, random.fork());
      // Each on a node of their own, at first.
      expect(Math.min(...balancer.given)).toBeGreaterThan(0);
      const reader = await neverReads(talk);
      talk.start();
      await talk.heard(REPAIRED_MS);
      const before = nodes.map(rss);
      const saw: string[] = [];
      const end = performance.now() + soak * 60_000;
      do {
        for (const [name, happen] of Object.entries(troubles)) {
          await sleep(random.int(300, 1_000));
          const acknowledged = talk.acknowledged();
          const began = performance.now();
          await happen(random);
          const repaired = performance.now();
          for (const { client } of talk.writers) client.retryNow();
          await talk.heard(REPAIRED_MS).catch((error: unknown) => {
            throw new Error(
              `${name}: ${String(error)}\n${nodes.map((node) => node.output().slice(-2_000)).join('\n--\n')}`,
            );
          });
          saw.push(
            `${name}: ${Math.round(repaired - began)} ms, all heard each other ${Math.round(performance.now() - repaired)} ms later, ` +
              `${talk.acknowledged() - acknowledged} messages acknowledged meanwhile`,
          );
        }
      } while (performance.now() < end);
      await talk.stop();
      await talk.settled();
      await reader();
      await expectNothingLost(talk);
      await talk.dispose();
      process.stdout.write(`${saw.join('\n')}\n`);

      const after = nodes.map(rss);
      process.stdout.write(
        `memory, MiB: ${before.map(mib).join(' and ')} before, ${after.map(mib).join(' and ')} after\n`,
      );
      // A node that was killed is another process now; all have had the same work.
      for (const bytes of after) expect(bytes).toBeLessThan(Math.max(...before) * GROWTH + GROWTH_BYTES);
    },
    soak * 60_000 + 400_000,
  );

  it('a session that is ended on one node is out on the other within a second', async () => {
    const ann = await signUp(nodes[0]?.url ?? '', 'Ann');
    const phone = await connect(nodes[1]?.url ?? '', await signInAgain(nodes[0]?.url ?? '', ann));
    const laptop = await connect(nodes[0]?.url ?? '', ann.token);
    await laptop.sessions.revoke(phone.me.get()?.sessionId ?? '');
    await until('the phone is out', () => phone.connection.get().type === 'ended', { timeoutMs: 1_000 });
    await Promise.all([phone.stop(), laptop.stop()]);
  });

  it('S10: presence and typing cross nodes, and a node that dies leaves nobody online', async () => {
    const [one, two] = nodes as [Server, Server];
    const [ann, ben] = [await signUp(one.url, 'Ann'), await signUp(one.url, 'Ben')];
    const [anns, bens] = [await connect(one.url, ann.token), await connect(two.url, ben.token)];
    const id = await anns.conversations.openDirect(ben.userId);
    anns.watch({ conversationIds: [id], userIds: [ben.userId] });
    const presence = anns.presence.get(ben.userId);
    await until('Ben is online', () => presence.get()?.state === 'online', { timeoutMs: 5_000 });
    await until('Ben knows of it', () => bens.conversations.get(id).get());
    bens.typing.notify(id, true);
    await until('Ben is seen writing', () => anns.typing.in(id).get().includes(ben.userId), {
      timeoutMs: 2_000,
    });
    await bens.updateSettings({ presence: 'away' });
    await until('Ben is away', () => presence.get()?.state === 'away', { timeoutMs: 2_000 });
    await two.kill();
    await bens.stop();
    await until('Ben is offline', () => presence.get()?.state === 'offline', { timeoutMs: REPAIRED_MS });
    expect(presence.get()?.lastSeenAt).toBeDefined();
    await anns.stop();
    await two.start();
  }, 60_000);
});

/** A device of the first writer's friend that stops reading. Returns its end. */
async function neverReads({ token }: Talk): Promise<() => Promise<void>> {
  const network = createNetwork();
  const client = await connect(balancer.url, token, { WebSocket: network.WebSocket });
  network.pause();
  return async () => {
    network.resume();
    await client.stop();
  };
}
