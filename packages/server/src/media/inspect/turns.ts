/**
 * So many pieces of work at once; of the rest those that ask for little come first, then one of each person in turn: whoever brings
 * five hundred at once costs the others one of them.
 */
import { KithError } from '@kith/protocol';

export interface Turns {
  /** @throws KithError unavailable where too many wait; the signal's reason, when it is aborted before the turn has come. */
  take<T>(work: () => Promise<T>, options: TurnOptions): Promise<T>;
}

export interface TurnOptions {
  readonly signal: AbortSignal;
  readonly first?: boolean;
  /** Absent: all of them are one's, in the order of asking. */
  readonly whose?: string;
}

/** @param mostOfOne of one person's at once; fewer than `parallel` leave a place for whoever comes. */
export function createTurns(parallel: number, mostWaiting: number, mostOfOne = parallel): Turns {
  interface Waiting {
    readonly whose: string;
    readonly enter: () => void;
  }
  const little: Waiting[] = [];
  /** Whose turn is next stands first. */
  const others = new Map<string, Waiting[]>();
  const busy = new Map<string, number>();
  let running = 0;
  let waiting = 0;

  const busyOf = (whose: string): number => busy.get(whose) ?? 0;
  const count = (whose: string, by: 1 | -1): void => {
    const now = busyOf(whose) + by;
    if (now > 0) busy.set(whose, now);
    else busy.delete(whose);
  };

  const next = (): Waiting | undefined => {
    const small = little.shift();
    if (small) return small;
    for (const [whose, queue] of others) {
      if (busyOf(whose) >= mostOfOne) continue;
      others.delete(whose);
      if (queue.length > 1) others.set(whose, queue);
      return queue.shift();
    }
    return undefined;
  };

  const remove = (entry: Waiting): void => {
    const queue = others.get(entry.whose);
    const from = queue?.includes(entry) ? queue : little;
    from.splice(from.indexOf(entry), 1);
    if (queue?.length === 0) others.delete(entry.whose);
    waiting -= 1;
  };

  const turn = (signal: AbortSignal, first: boolean, whose: string): Promise<void> | undefined => {
    signal.throwIfAborted();
    if (running < parallel && (first || busyOf(whose) < mostOfOne)) {
      running += 1;
      count(whose, 1);
      return undefined;
    }
    if (waiting >= mostWaiting) {
      throw new KithError('unavailable', {
        message: 'Too many files are being looked at. Try again shortly.',
      });
    }
    return new Promise((resolve, reject) => {
      const entry: Waiting = {
        whose,
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      const leave = (): void => {
        remove(entry);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting += 1;
      if (first) {
        little.unshift(entry);
        return;
      }
      const queue = others.get(whose);
      if (queue) queue.push(entry);
      else others.set(whose, [entry]);
    });
  };

  return {
    take: async (work, { signal, first = false, whose = '' }) => {
      await turn(signal, first, whose);
      try {
        return await work();
      } finally {
        count(whose, -1);
        // The place is handed over, not given back and taken again: nobody comes between.
        const entry = next();
        if (entry) {
          waiting -= 1;
          count(entry.whose, 1);
          entry.enter();
        } else running -= 1;
      }
    },
  };
}
