/** One after the other for each key, in the order they came; different keys at the same time. */
import { KithError } from '@kith/protocol';

export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

interface Turns {
  /** Under way or waiting. */
  count: number;
  last: Promise<unknown>;
}

/** Beyond `most` of one key a quick `unavailable` serves better than a slow promise. */
export function createTurns(most: number): InTurn {
  const turns = new Map<string, Turns>();
  return async (key, work) => {
    const of = turns.get(key) ?? { count: 0, last: Promise.resolve() };
    if (of.count >= most) throw new KithError('unavailable', { retryAfterMs: 1_000 });
    turns.set(key, of);
    of.count += 1;
    // Whatever became of the one before.
    const mine = of.last.then(work, work);
    of.last = mine;
    try {
      return await mine;
    } finally {
      of.count -= 1;
      if (of.count === 0) turns.delete(key);
    }
  };
}
