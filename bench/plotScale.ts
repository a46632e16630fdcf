/** From values to places on paper. */

export interface Scale {
  /** Where a value lies, in the units of the paper. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** Logarithmic, just around what is shown; ticks at 1, 2 and 5 of each power of ten. */
export function logScale(min: number, max: number, length: number): Scale {
  const [low, high] = [Math.log10(min), Math.log10(Math.max(max, min * 1.01))];
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= high; power += 1) {
    for (const digit of [1, 2, 5]) {
      const tick = Number((digit * 10 ** power).toPrecision(1));
      if (tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return { at: (value) => ((Math.log10(value) - low) / (high - low)) * length, ticks };
}

/** Places at least `gap` apart and within 0 to `end`, in the order they have, each near where it wants to be. */
export function spread(wanted: readonly number[], gap: number, end: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const placed = order.map((i) => wanted[i]!);
  for (let i = 1; i < placed.length; i += 1) placed[i] = Math.max(placed[i]!, placed[i - 1]! + gap);
  let limit = end;
  for (let i = placed.length - 1; i >= 0; i -= 1) {
    placed[i] = Math.min(placed[i]!, limit);
    limit = placed[i]! - gap;
  }
  const result = [...wanted];
  for (const [place, i] of order.entries()) result[i] = placed[place]!;
  return result;
}
