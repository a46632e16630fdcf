import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { evenly } from './evenly.ts';

/** So much earlier a timer may go off than the clock says. */
const SLACK_MS = 5;

it('answers no sooner than after its time, whatever the answer is', async () => {
  const began = performance.now();
  expect(await evenly(100, async () => 'yes')).toBe('yes');
  const between = performance.now();
  expect(between - began).toBeGreaterThanOrEqual(100 - SLACK_MS);
  await expect(evenly(100, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(performance.now() - between).toBeGreaterThanOrEqual(100 - SLACK_MS);
});

it('waits for work that takes longer', async () => {
  let done = false;
  await evenly(1, async () => {
    await sleep(30);
    done = true;
  });
  expect(done).toBe(true);
});
