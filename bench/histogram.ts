/** Counts of durations: exact to `STEP_MS`, in constant memory, however many there are. */
const STEP_MS = 0.1;
/** What takes longer counts as this long: nobody waits for it any more. */
const MAX_MS = 20_000;

export class Histogram {
  readonly #counts = new Uint32Array(MAX_MS / STEP_MS + 1);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(ms: number): void {
    const bucket = Math.min(this.#counts.length - 1, Math.max(0, Math.ceil(ms / STEP_MS)));
    this.#counts[bucket]! += 1;
    this.#total += 1;
  }

  /** The duration, ms, that the share `q` (0 to 1) of all stays within, rounded up to a step; NaN when there are none. */
  percentile(q: number): number {
    if (this.#total === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil(this.#total * q));
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket += 1) {
      seen += this.#counts[bucket]!;
      if (seen >= wanted) return Math.round(bucket * STEP_MS * 10) / 10;
    }
    return MAX_MS;
  }
}
