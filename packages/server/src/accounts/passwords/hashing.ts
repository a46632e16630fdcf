/**
 * Password hashing that a flood cannot turn against us. scrypt runs on libuv's four threads and takes 32 MB and some
 * 50 ms each; two at once leave threads for files and names, and a bounded line of waiters bounds the memory.
 */
import { KithError } from '@kith/protocol';
import { hashPassword, verifyPassword } from 'better-auth/crypto';

const CONCURRENT = 2;
const MAX_WAITING = 64;

export interface Passwords {
  hash(password: string): Promise<string>;
  verify(given: { readonly hash: string; readonly password: string }): Promise<boolean>;
}

export function createPasswords(): Passwords {
  const inTurn = createLine(CONCURRENT, MAX_WAITING);
  return {
    hash: (password) => inTurn(() => hashPassword(password)),
    verify: (given) => inTurn(() => verifyPassword({ hash: given.hash, password: given.password })),
  };
}

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
