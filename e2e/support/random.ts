/** Chance that can be repeated: everything random in a test comes from one seed, which a failure prints. */

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** @throws RangeError when there is nothing to choose from. */
  pick<T>(from: readonly T[]): T;
  chance(probability: number): boolean;
  /** Another source that this one determines, so that two streams do not disturb each other. */
  fork(): Random;
}

/** mulberry32: small, and good enough for dice. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    pick: (from) => {
      if (from.length === 0) throw new RangeError('nothing to choose from');
      return from[int(0, from.length - 1)] as (typeof from)[number];
    },
    chance: (probability) => next() < probability,
    fork: () => createRandom(int(0, 0x7fff_ffff)),
  };
}

/** `KITH_SEED` chooses a single seed: to repeat a failure. */
export const givenSeed: number | undefined =
  process.env['KITH_SEED'] === undefined || process.env['KITH_SEED'] === ''
    ? undefined
    : Number(process.env['KITH_SEED']);
