import { expect, it } from 'vitest';
import { within } from './patience.ts';
import { createQueue } from './queue.ts';

const never = new AbortController().signal;
const held = () => {
  let release = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, letGo: () => release() };
};

it('does one thing at a time, in the order of asking, whatever becomes of each', async () => {
  const queue = createQueue(10);
  const log: string[] = [];
  const first = held();
  const a = queue.run(never, async () => {
    log.push('a');
    await first.promise;
    log.push('a is done');
    throw new Error('broken');
  });
  const b = queue.run(never, async () => {
    log.push('b');
    return 'B';
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(log).toEqual(['a']);
  first.letGo();
  await expect(a).rejects.toThrow('broken');
  await expect(b).resolves.toBe('B');
  expect(log).toEqual(['a', 'a is done', 'b']);
});

it('lets go of who is no longer wanted at once, and does not do it', async () => {
  const queue = createQueue(10);
  const first = held();
  const stop = new AbortController();
  let done = false;
  const a = queue.run(never, () => first.promise);
  const b = queue.run(stop.signal, async () => {
    done = true;
  });
  stop.abort();
  await expect(b).rejects.toMatchObject({ name: 'AbortError' });
  await expect(queue.run(stop.signal, async () => 1)).rejects.toMatchObject({ name: 'AbortError' });
  first.letGo();
  await a;
  await queue.run(never, async () => undefined);
  expect(done).toBe(false);
});

it('is bounded', async () => {
  const queue = createQueue(1);
  const first = held();
  const a = queue.run(never, () => first.promise);
  const b = queue.run(never, async () => 'b');
  await expect(queue.run(never, async () => 'c')).rejects.toMatchObject({ code: 'limit_reached' });
  first.letGo();
  await a;
  await expect(b).resolves.toBe('b');
});

it('patience ends by time, and with the wish', async () => {
  const endless = (): Promise<never> => new Promise(() => undefined);
  await expect(within(5, never, endless)).rejects.toMatchObject({ name: 'TimeoutError' });
  const stop = new AbortController();
  let told: AbortSignal | undefined;
  const waiting = within(60_000, stop.signal, (signal) => {
    told = signal;
    return endless();
  });
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  expect(told?.aborted).toBe(true);
  await expect(within(60_000, never, async () => 7)).resolves.toBe(7);
});
