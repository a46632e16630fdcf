/**
 * The example of deploy/: nodes behind a real nginx, restarted one after the other while people talk. Whoever is sent away
 * comes back on another node; nothing is lost, and no request is refused (S1, S8, W8).
 */
import { readFile } from 'node:fs/promises';
import { type Nats, startNats } from '@kith/tools/services/nats.ts';
import { type Nginx, startNginx } from '@kith/tools/services/nginx.ts';
import { type Postgres, startPostgres } from '@kith/tools/services/postgres.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom, givenSeed } from '../support/random.ts';
import { type Server, startServer } from '../support/server.ts';
import { sleep } from '../support/wait.ts';
import { createTalk, expectNothingLost } from './talk.ts';

const seed = givenSeed ?? 20_265;
const CONFIGURATION = new URL('../../deploy/nginx.conf', import.meta.url);

let postgres: Postgres;
let nats: Nats;
let proxy: Nginx;
const nodes: Server[] = [];

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  const env = { KITH_BUS: nats.url, KITH_TRUST_PROXY: '1' };
  for (let node = 0; node < 2; node += 1) nodes.push(await startServer({ databaseUrl: postgres.url, env }));
  const configuration = await readFile(CONFIGURATION, 'utf8');
  proxy = await startNginx({ configuration, nodes: nodes.map(({ port }) => port) });
});
afterAll(async () => {
  await proxy?.stop();
  for (const node of nodes) await node.dispose();
  await nats?.stop();
  await postgres?.stop();
});

/** What a load balancer sees that asks a node itself, until that one answers no more: each change of status. */
async function readiness({ port }: Server): Promise<number[]> {
  const seen: number[] = [];
  for (;;) {
    const status = await fetch(`http://127.0.0.1:${port}/readyz`, {
      signal: AbortSignal.timeout(5_000),
    }).then(
      (response) => response.status,
      () => null,
    );
    if (status === null) return seen;
    if (status !== seen.at(-1)) seen.push(status);
    await sleep(100);
  }
}

it(`S8: a rolling restart behind nginx loses nothing and refuses nobody (seed ${seed})`, async () => {
  const talk = await createTalk(proxy.url, createRandom(seed));
  talk.start();
  await talk.heard(10_000);
  const answers = new Map<number, number>();
  let asking = true;
  const asker = (async () => {
    while (asking) {
      const response = await fetch(`${proxy.url}/v1/auth/options`, {
        signal: AbortSignal.timeout(10_000),
      });
      await response.text();
      answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
      await sleep(10);
    }
  })();
  for (const node of nodes) {
    const acknowledged = talk.acknowledged();
    const [end, seen] = await Promise.all([node.stop(), readiness(node)]);
    expect(end).toEqual({ code: 0, signal: null });
    expect(seen.at(-1)).toBe(503);
    // No call to come back at once: they come as a real client does.
    await talk.heard(10_000);
    await node.start();
    await talk.heard(10_000);
    expect(talk.acknowledged()).toBeGreaterThan(acknowledged);
  }
  asking = false;
  await asker;
  expect([...answers.keys()]).toEqual([200]);
  await talk.stop();
  await talk.settled();
  await expectNothingLost(talk);
  await talk.dispose();
}, 180_000);

it('the proxy names requests, and shows the metrics to nobody', async () => {
  const answer = await fetch(`${proxy.url}/readyz`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  expect((await fetch(`${proxy.url}/metrics`)).status).toBe(404);
  // Not by another way of writing it, either.
  expect((await fetch(`${proxy.url}/%6detrics`)).status).toBe(404);
  expect((await fetch(`${proxy.url}/metrics/`)).status).not.toBe(200);
});
