/**
 * Answers at the same time whether there is such an account or not: what is done for the one and not for the other takes some
 * milliseconds, which can be measured from afar if one asks often. `ms` is longer than either takes, except on a machine that has too much to do.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export async function evenly<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const [outcome] = await Promise.allSettled([work(), sleep(ms)]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
