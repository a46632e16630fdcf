/** Work in turns: so much at once, so many waiting, and the next is refused. */
import { KithError } from '@kith/protocol';

/** Runs at most `concurrent` pieces of work at once and refuses when more than `maxWaiting` wait. */
export function createLine(
  concurrent: number,
  maxWaiting: number,
): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
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
}
