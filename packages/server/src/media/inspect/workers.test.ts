import { KithError } from '@kith/protocol';
import { afterEach, expect, it } from 'vitest';
import type { BadJob } from './testing/badWorker.ts';
import { createWorkers, WorkerLost, type Workers, type WorkersOptions } from './workers.ts';

interface Echo {
  readonly pid: number;
  readonly length: number;
}

let workers: Workers<BadJob, Echo> | undefined;
afterEach(() => workers?.close());

const start = (options: Partial<WorkersOptions> = {}): Workers<BadJob, Echo> => {
  const entry = new URL('./testing/badWorker.ts', import.meta.url);
  workers = createWorkers<BadJob, Echo>({ entry, most: 1, jobMs: 10_000, heapMegabytes: 64, ...options });
  return workers;
};
const { signal } = new AbortController();
const ask = (job: BadJob, options: { signal?: AbortSignal; first?: boolean } = {}): Promise<Echo> =>
  workers!.run(async () => job, { signal, ...options });
const echo = { do: 'echo' } as const;

it('works in another process, the same one again, and takes megabytes there', async () => {
  start();
  const { pid, length } = await ask({ do: 'echo', bytes: new Uint8Array(5_000_000) });
  expect(length).toBe(5_000_000);
  expect(pid).not.toBe(process.pid);
  expect((await ask(echo)).pid).toBe(pid);
});

it.each([
  ['crash', 'died'],
  ['exit', 'died'],
  ['swell', 'died'],
  ['hang', 'late'],
] as const)('a job that makes it %s is lost alone', async (bad, why) => {
  start({ most: 2, jobMs: bad === 'hang' ? 1_000 : 20_000 });
  const lost = ask({ do: bad });
  const beside = [ask(echo), ask(echo), ask(echo)];
  await expect(lost).rejects.toSatisfy((error) => error instanceof WorkerLost && error.why === why);
  for (const answer of await Promise.all(beside)) expect(answer.pid).toBeGreaterThan(0);
  expect((await ask(echo)).pid).toBeGreaterThan(0);
});

it('one that dies of the job before is not blamed on the next', async () => {
  start();
  const { pid } = await ask({ do: 'poison' });
  const next = await ask({ do: 'slow' });
  expect(next.pid).not.toBe(pid);
});

it('sees nothing of our environment, where keys are', async () => {
  process.env['KITH_TEST_SECRET'] = 'secret';
  start();
  const seen = (await ask({ do: 'environment' })) as unknown as string[];
  delete process.env['KITH_TEST_SECRET'];
  expect(seen).toContain('MALLOC_ARENA_MAX');
  expect(seen).not.toContain('KITH_TEST_SECRET');
});

it('so many at once, small work first, and not without end', async () => {
  start({ mostWaiting: 2 });
  const order: string[] = [];
  const run = (name: string, first: boolean): Promise<unknown> =>
    workers!.run(
      async () => {
        order.push(name);
        return echo;
      },
      { signal, first },
    );
  const all = [run('begun', false), run('large', false), run('small', true)];
  await expect(run('one too many', false)).rejects.toSatisfy(
    (error) => error instanceof KithError && error.code === 'unavailable',
  );
  await Promise.all(all);
  expect(order).toEqual(['begun', 'small', 'large']);
});

it('a job nobody waits for any more is given up, whether begun or not', async () => {
  start({ jobMs: 60_000 });
  const stop = new AbortController();
  const begun = ask({ do: 'hang' }, { signal: stop.signal });
  const waiting = ask(echo, { signal: stop.signal });
  const next = ask(echo);
  stop.abort(new Error('enough'));
  await expect(begun).rejects.toThrow('enough');
  await expect(waiting).rejects.toThrow('enough');
  expect((await next).pid).toBeGreaterThan(0);
});

it('one that cannot even begin is told apart from one that dies of a file', async () => {
  start({ entry: new URL('./testing/noSuchWorker.ts', import.meta.url) });
  await expect(ask(echo)).rejects.toSatisfy((error) => error instanceof WorkerLost && error.why === 'unable');
});

it('without work it goes, and closing leaves none behind', async () => {
  start({ idleMs: 50 });
  const { pid } = await ask(echo);
  await expect.poll(() => isAlive(pid)).toBe(false);
  const again = await ask(echo);
  expect(again.pid).not.toBe(pid);
  await workers?.close();
  expect(isAlive(again.pid)).toBe(false);
  await expect(ask(echo)).rejects.toThrow('the service stops');
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
