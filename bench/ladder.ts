/** Which rate to try next: up while it goes well, down while it does not, then between the two. */

export interface Try {
  readonly rate: number;
  readonly passed: boolean;
  /** Far from the aim on its side: the next step may be a longer one. */
  readonly clear: boolean;
}

/** A climb. */
export interface Ladder {
  /** Where it begins. */
  readonly start: number;
  /** From one rate to the next; so near each other, best and failed are near enough. */
  readonly factor: number;
  readonly maxTries: number;
}

const LOWEST = 1;
const ROUNDING = 1.001;

/** Null: it is known, or all tries are made. */
export function nextRate({ start, factor, maxTries }: Ladder, tries: readonly Try[]): number | null {
  if (tries.length >= maxTries) return null;
  const last = tries.at(-1);
  if (!last) return start;
  // A hair's breadth may be chance, or another's work on the machine: such a rate gets a second try.
  if (!last.passed && !last.clear && triesAt(tries, last.rate) < 2) return last.rate;

  const best = highestPassed(tries);
  const failed = lowestFailed(tries, best ?? 0);
  const far = last.clear ? factor ** 2 : factor;
  if (best === null) {
    const lower = last.rate / far;
    return lower < LOWEST ? null : lower;
  }
  if (failed === null) return best * far;
  return failed / best <= factor * ROUNDING ? null : Math.sqrt(failed * best);
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
