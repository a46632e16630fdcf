const SHORTEST = 300;
const LONGEST = 30_000;
/** However long the server says: a timer counts to 2³¹ ms, and beyond that does not wait at all. */
const LONGEST_TOLD = 60 * 60_000;

/**
 * How long to wait before attempt number `attempt` (0 is the first retry), ms. Full jitter: when a server restarts,
 * ten thousand clients must not come back in the same second.
 */
export function backoff(attempt: number, random: number, atLeast = 0): number {
  const ceiling = Math.min(LONGEST, SHORTEST * 2 ** (attempt + 1));
  const jittered = SHORTEST + random * (ceiling - SHORTEST);
  // Told when to come back, everybody was told the same: spread those too.
  return Math.round(
    atLeast > 0 ? Math.max(jittered, Math.min(atLeast, LONGEST_TOLD) + random * 1_000) : jittered,
  );
}
