/** So many pieces of work at once, the rest in the order of asking; those who ask for little first. */
import { KithError } from '@kith/protocol';

export interface Turns {
  /** @throws KithError unavailable where too many wait; the signal's reason, when it is aborted before the turn has come. */
  take<T>(
    work: () => Promise<T>,
    options: { readonly signal: AbortSignal; readonly first?: boolean },
  ): Promise<T>;
}

export function createTurns(parallel: number, mostWaiting: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;

  const turn = (signal: AbortSignal, first: boolean): Promise<void> | undefined => {
    signal.throwIfAborted();
    if (running < parallel) {
      running += 1;
      return undefined;
    }
    if (waiting.length >= mostWaiting) {
      throw new KithError('unavailable', {
        message: 'Too many files are being looked at. Try again shortly.',
      });
    }
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      if (first) waiting.unshift(enter);
      else waiting.push(enter);
    });
  };

  return {
    take: async (work, { signal, first = false }) => {
      await turn(signal, first);
      try {
        return await work();
      } finally {
        // The place is handed over, not given back and taken again: nobody comes between.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
