import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createInTime } from './inTime.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const never = (): Promise<never> => new Promise(() => undefined);
const timeout = { code: 'timeout', retryable: true };

it('ends what takes too long, and nothing else', async () => {
  const inTime = createInTime(2_000);
  const works = Array.from({ length: 5 }, () => Promise.withResolvers<string>());
  const ends = works.map(({ promise }) => inTime(promise));
  const settled = Promise.allSettled(ends);
  await vi.advanceTimersByTimeAsync(1_900);
  // The first, one between and the last are done, in whatever order.
  works[4]?.resolve('last');
  works[0]?.resolve('first');
  works[2]?.reject(new Error('broken'));
  await vi.advanceTimersByTimeAsync(600);
  // Too late: nobody waits any more.
  works[1]?.resolve('late');
  expect(await settled).toMatchObject([
    { value: 'first' },
    { reason: timeout },
    { reason: { message: 'broken' } },
    { reason: timeout },
    { value: 'last' },
  ]);
});

it('looks only while something is under way, and again when something comes', async () => {
  const inTime = createInTime(2_000);
  expect(await inTime(Promise.resolve(1))).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(vi.getTimerCount()).toBe(0);
  const first = inTime(never()).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1_000);
  const second = inTime(never()).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1_600);
  expect(await first).toMatchObject(timeout);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await second).toMatchObject(timeout);
  expect(vi.getTimerCount()).toBe(0);
});
