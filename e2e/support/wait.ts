/** Waiting that ends: either what is waited for comes, or an error says what did not. */
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

export interface UntilOptions {
  /** Milliseconds; generous, since it is only ever reached by a failure. */
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/**
 * Polls `look` until it returns something other than `false`, `undefined` or `null`, and returns that. What `look` throws
 * counts as "not yet", and is told in the error when the time is over.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 25 }: UntilOptions = {},
): Promise<Exclude<T, false | undefined | null>> {
  const end = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== false && found !== undefined && found !== null)
        return found as Exclude<T, false | undefined | null>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) break;
    await sleep(everyMs);
  }
  const why = last === undefined ? '' : `: ${last instanceof Error ? last.message : String(last)}`;
  throw new Error(`Waited ${timeoutMs} ms in vain until ${what}${why}`, { cause: last });
}
