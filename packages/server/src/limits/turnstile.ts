/**
 * Work of which a crowd wants some at once, and each piece of which takes its share of the database: so much at a time, in the
 * order of asking. Whoever would wait too long is told at once when to come back, instead of being let wait in vain: what
 * times out was paid for and thrown away, and asked for again by all, which is how a busy server becomes a dead one.
 */
import { KithError } from '@kith/protocol';

export interface Turnstile {
  /** @throws KithError unavailable, with `retryAfterMs`. */
  pass<T>(work: () => Promise<T>): Promise<T>;
  waiting(): number;
}

interface Waiting {
  readonly since: number;
  readonly enter: () => void;
  readonly refuse: (error: unknown) => void;
}

export interface TurnstileOptions {
  readonly parallel: number;
  /** Nobody is let in to wait longer than this, as far as can be foreseen, ms. */
  readonly patienceMs: number;
  readonly now?: () => number;
}

/** The first pieces of work take long for other reasons: nobody is refused for them. */
const FREE = 100;
/** Who found nothing left to do says nothing of those who do. */
const NOTHING_MS = 0.2;
/** What is foreseen when everything is slow for once must not send anybody away for long. */
const RETRY_MAX_MS = 30_000;
/** How much the last piece of work says of the next. */
const NEWS = 0.05;

export function createTurnstile({
  parallel,
  patienceMs,
  now = () => performance.now(),
}: TurnstileOptions): Turnstile {
  const queue = new Set<Waiting>();
  let running = 0;
  /** How long a piece of work takes, ms. */
  let usual = 0;

  const foreseen = (): number => (queue.size * usual) / parallel;

  /** Those who were refused come back while the last of those who wait still do, so that nothing stands idle, but spread. */
  const refusal = (wait: number): KithError => {
    const retryAfterMs = Math.round(Math.min(wait, RETRY_MAX_MS) * (0.5 + Math.random() / 2));
    return new KithError('unavailable', { message: 'Many are coming at once.', retryAfterMs });
  };

  const turn = (): Promise<void> | undefined => {
    if (running < parallel) {
      running += 1;
      return undefined;
    }
    const wait = foreseen();
    if (queue.size >= FREE && wait > patienceMs) return Promise.reject(refusal(wait));
    return new Promise((resolve, reject) => queue.add({ since: now(), enter: resolve, refuse: reject }));
  };

  /** Hands its place to the next. */
  const leave = (took: number): void => {
    if (took > NOTHING_MS) usual = usual === 0 ? took : usual + (took - usual) * NEWS;
    for (const next of queue) {
      queue.delete(next);
      if (now() - next.since <= patienceMs) {
        next.enter();
        return;
      }
      // It took longer than was foreseen: soon nobody waits for the answer any more.
      next.refuse(refusal(foreseen()));
    }
    running -= 1;
  };

  return {
    pass: async (work) => {
      await turn();
      const began = now();
      try {
        return await work();
      } finally {
        leave(now() - began);
      }
    },
    waiting: () => queue.size,
  };
}
