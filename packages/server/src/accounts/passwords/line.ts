/** Work in turns: so much at once, so many waiting, and the next is refused. */
import { KithError } from '@kith/protocol';

export interface WorkLine {
  <T>(work: () => Promise<T>): Promise<T>;
  /** How many have to wait. */
  waiting(): number;
}

/** Runs at most `concurrent` pieces of work at once and refuses when more than `maxWaiting` wait. */
export function createLine(concurrent: number, maxWaiting: number): WorkLine {
  let running = 0;
  const waiting: (() => void)[] = [];
  const line = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= concurrent) {
      if (waiting.length >= maxWaiting) {
        throw new KithError('rate_limited', {
          message: 'Too many people sign in at this moment. Try again in a few seconds.',
          retryAfterMs: 3_000,
        });
      }
      // Whoever ends hands over the place, so that `running` does not change.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
  return Object.assign(line, { waiting: () => waiting.length });
}
