/**
 * What is read or brought slowly, side by side: so much for one person. A page that shows many pictures at once asks for more than
 * that over one connection, and each takes a moment: so whoever finds no place waits a little before being told to come back.
 */
import { KithError } from '@kith/protocol';
import type { Somebody } from '../store/users.ts';

export interface Places {
  /** Resolves to how to leave. @throws KithError rate_limited. */
  enter(person: Somebody): Promise<() => void>;
}

export interface PlacesOptions {
  /** Of one person. */
  readonly places: number;
  readonly waiting: number;
  readonly patienceMs: number;
}

const RETRY_MS = 1_000;

export function createPlaces({ places, waiting, patienceMs }: PlacesOptions): Places {
  const people = new Map<string, { taken: number; readonly queue: Set<() => void> }>();
  return {
    enter: async ({ tenantId, userId }) => {
      const key = `${tenantId} ${userId}`;
      const theirs = people.get(key) ?? { taken: 0, queue: new Set() };
      people.set(key, theirs);
      if (theirs.taken < places) theirs.taken++;
      else {
        if (theirs.queue.size >= waiting) throw refusal();
        await turn(theirs.queue, patienceMs);
      }
      return () => {
        const [next] = theirs.queue;
        // A place is handed on, never free in between.
        if (next) next();
        else if (--theirs.taken === 0) people.delete(key);
      };
    },
  };
}

const turn = (queue: Set<() => void>, patienceMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const enter = (): void => {
      clearTimeout(timer);
      queue.delete(enter);
      resolve();
    };
    const timer = setTimeout(() => {
      queue.delete(enter);
      reject(refusal());
    }, patienceMs);
    queue.add(enter);
  });

const refusal = (): KithError =>
  new KithError('rate_limited', {
    message: 'Too many files are under way at once.',
    retryAfterMs: RETRY_MS,
  });
