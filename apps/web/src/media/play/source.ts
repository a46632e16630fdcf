/** Waits for the address of a file, which a client with a token has to ask for. */
import type { Readable } from '@kith/client';

const ASK_MS = 20_000;

/**
 * Tells the address as soon as it is known, at once where it is already: a browser plays only what is begun in the press itself.
 * Undefined: it did not come in time. Returns how to stop.
 */
export function startAddress(
  source: Readable<string | undefined>,
  tell: (address: string | undefined) => void,
  waitMs = ASK_MS,
): () => void {
  const known = source.get();
  if (known !== undefined) {
    tell(known);
    return () => undefined;
  }
  const stop = (): void => {
    clearTimeout(timer);
    unsubscribe();
  };
  const timer = setTimeout(() => {
    stop();
    tell(undefined);
  }, waitMs);
  const unsubscribe = source.subscribe(() => {
    const address = source.get();
    if (address === undefined) return;
    stop();
    tell(address);
  });
  return stop;
}

/** An address that is known, as what changes. */
export const fixed = (address: string): Readable<string | undefined> => ({
  get: () => address,
  subscribe: () => () => undefined,
});
