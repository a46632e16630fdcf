/** Which rate to try next: up while it goes well, down while it does not, then between the two. */

export interface Try {
  readonly rate: number;
  readonly passed: boolean;
  /** Far from the aim on its side: the next step may be a longer one. */
  readonly clear: boolean;
}

/** From one rate to the next. */
const FACTOR = 1.4;
/** So near each other, the highest that passed and the lowest that failed, that it is well enough known. */
const NEAR = 1.25;
const LOWEST = 1;

/** Null: it is known, or `maxTries` are made. */
export function nextRate(start: number, tries: readonly Try[], maxTries: number): number | null {
  if (tries.length >= maxTries) return null;
  const last = tries.at(-1);
  if (!last) return start;
  // A hair's breadth may be chance, or another's work on the machine: such a rate gets a second try.
  if (!last.passed && !last.clear && triesAt(tries, last.rate) < 2) return last.rate;

  const best = highestPassed(tries);
  const failed = lowestFailed(tries, best ?? 0);
  const far = last.clear ? FACTOR ** 2 : FACTOR;
  if (best === null) {
    const lower = last.rate / far;
    return lower < LOWEST ? null : lower;
  }
  if (failed === null) return best * far;
  return failed / best <= NEAR ? null : Math.sqrt(failed * best);
}

const triesAt = (tries: readonly Try[], rate: number): number =>
  tries.filter((one) => one.rate === rate).length;

function highestPassed(tries: readonly Try[]): number | null {
  const passed = tries.filter((one) => one.passed).map((one) => one.rate);
  return passed.length > 0 ? Math.max(...passed) : null;
}

/** A rate that failed below one that passed was chance. */
function lowestFailed(tries: readonly Try[], above: number): number | null {
  const failed = tries.filter((one) => !one.passed && one.rate > above).map((one) => one.rate);
  return failed.length > 0 ? Math.min(...failed) : null;
}
