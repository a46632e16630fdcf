import { scrypt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { silentLogger } from '../../logger.ts';
import { createLine } from './line.ts';
import { createPasswords } from './passwords.ts';
import { hashPassword, isOutdated } from './scrypt.ts';

// As it is, and counted.
vi.mock('node:crypto', async (real) => {
  const crypto = await real<typeof import('node:crypto')>();
  return { ...crypto, scrypt: vi.fn(crypto.scrypt) };
});

const passwords = createPasswords({ breached: null, log: silentLogger });
const good = (n: number) => `seven quiet otters ${n}`;
/** Of `correct horse ﬁle`, as the library kept it that was here before. */
const FORMER =
  '6d5ae8b179195affda7fdb180f806af1:6c54e9a38b379b3be6aecae490738eac7c5ea9d9ebfa98f1f83e4619c2f3b1efd8a4f512a196da5452378253b18f209cf4d99d139a74f4c743f12044532158ea';

it('hashes without holding up the event loop', async () => {
  let turns = 0;
  const watch = setInterval(() => {
    turns += 1;
  }, 1);
  const hashes = await Promise.all(
    Array.from({ length: 6 }, (_, n) => passwords.hashNew(good(n), [], 'known')),
  );
  clearInterval(watch);
  expect(new Set(hashes).size).toBe(6);
  // Hashed on this thread, the timer could run only between two hashes.
  expect(turns).toBeGreaterThan(12);
  expect(await passwords.verify(good(0), hashes[0] ?? '', 'known')).toBe(true);
  expect(await passwords.verify(good(1), hashes[0] ?? '', 'known')).toBe(false);
  expect(hashes[0]).not.toContain('otters');
});

it('refuses a bad one before anything is hashed', async () => {
  await expect(passwords.hashNew('password', [], 'known')).rejects.toMatchObject({
    code: 'bad_input',
    fields: [{ path: 'password' }],
  });
});

it('knows a password that was kept before, typed in either way, and keeps it anew at today’s costs', async () => {
  expect(await passwords.verify('correct horse ﬁle', FORMER, 'known')).toBe(true);
  expect(await passwords.verify('correct horse file', FORMER, 'known')).toBe(true);
  expect(await passwords.verify('correct horse', FORMER, 'known')).toBe(false);
  const renewed = await passwords.renewed('correct horse file', FORMER);
  expect(await passwords.verify('correct horse file', renewed, 'known')).toBe(true);
  expect(await passwords.renewed('correct horse file', renewed ?? '')).toBeNull();
  expect(isOutdated(await hashPassword('x'))).toBe(false);
});

it('takes as long for a password that was kept before as for any', async () => {
  const work = vi.mocked(scrypt).mock;
  const workOf = async (hash: string | null) => {
    work.calls.length = 0;
    await passwords.verify('wrong', hash, 'strangers');
    return work.calls.reduce((sum, [, , , { N = 0, r = 0, p = 0 }]) => sum + N * r * p, 0);
  };
  await passwords.verify('wrong', null, 'strangers');
  const nobodys = await workOf(null);
  expect(nobodys).toBeGreaterThan(0);
  expect(await workOf(FORMER)).toBe(nobodys);
});

it('does not let who was here before wait for strangers', async () => {
  const own = createPasswords({ breached: null, log: silentLogger, costs: { N: 2 ** 10, r: 8, p: 1 } });
  const hash = await own.hashNew(good(0), [], 'known');
  const strangers = Array.from({ length: 100 }, () => own.verify('wrong', hash, 'strangers'));
  const settled = Promise.allSettled(strangers);
  let over = false;
  void settled.then(() => {
    over = true;
  });
  expect(await own.verify(good(0), hash, 'known')).toBe(true);
  expect(over).toBe(false);
  const refused = (await settled).filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(30);
});

it('takes a wrong password for nobody, and nobody is let in by any', async () => {
  expect(await passwords.verify('', null, 'known')).toBe(false);
  expect(await passwords.verify('anything', null, 'known')).toBe(false);
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
