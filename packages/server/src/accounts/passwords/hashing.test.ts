import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createLine, createPasswords } from './hashing.ts';

it('hashes without holding up the event loop', async () => {
  const passwords = createPasswords();
  let turns = 0;
  const watch = setInterval(() => {
    turns += 1;
  }, 1);
  const hashes = await Promise.all(Array.from({ length: 6 }, (_, n) => passwords.hash(`password ${n}`)));
  clearInterval(watch);
  expect(new Set(hashes).size).toBe(6);
  // Hashed on this thread, the timer could run only between two hashes.
  expect(turns).toBeGreaterThan(12);
  expect(await passwords.verify({ hash: hashes[0] ?? '', password: 'password 0' })).toBe(true);
  expect(await passwords.verify({ hash: hashes[0] ?? '', password: 'password 1' })).toBe(false);
});

it('runs so many at once, in the order of the calls, and refuses what would wait too long', async () => {
  const inTurn = createLine(2, 3);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const work = (n: number) =>
    inTurn(async () => {
      running += 1;
      most = Math.max(most, running);
      order.push(n);
      await sleep(5);
      running -= 1;
      if (n === 1) throw new Error('fails');
      return n;
    });
  const results = await Promise.allSettled([0, 1, 2, 3, 4, 5].map(work));
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(results[1]).toMatchObject({ status: 'rejected', reason: { message: 'fails' } });
  expect(results[5]).toMatchObject({ status: 'rejected', reason: { code: 'rate_limited' } });
  expect(await work(6)).toBe(6);
});
