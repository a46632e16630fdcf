import { expect, it } from 'vitest';
import { settled } from './settling.ts';

/** How long it takes, ms, where `busy` says of each moment since it was let in whether something has no answer yet. */
async function settling(
  busy: (time: number) => boolean,
  {
    waiting = () => 1,
    here = () => true,
  }: { waiting?: (time: number) => number; here?: (time: number) => boolean } = {},
): Promise<number> {
  let time = 0;
  await settled(
    { waiting: () => waiting(time) },
    { isHere: () => here(time), isBusy: () => busy(time) },
    () => time,
    async (ms) => {
      time += ms;
    },
  );
  return time;
}

it('takes as long as it asks, and a while in which it may ask again', async () => {
  expect(await settling((time) => time > 100 && time < 2_000)).toBeGreaterThanOrEqual(2_200);
  expect(await settling((time) => time % 200 < 50 && time < 3_000)).toBeGreaterThanOrEqual(3_000);
  expect(await settling((time) => time % 200 < 50 && time < 3_000)).toBeLessThan(3_500);
});

it('ends where nothing is asked, where it goes, and after a time in any case', async () => {
  expect(await settling(() => false)).toBe(500);
  expect(await settling(() => true, { here: (time) => time < 300 })).toBe(300);
  expect(await settling(() => true)).toBe(10_000);
});

it('does not keep a place that nobody waits for', async () => {
  expect(await settling(() => true, { waiting: () => 0 })).toBe(0);
  expect(await settling(() => true, { waiting: (time) => (time < 700 ? 1 : 0) })).toBe(700);
});
