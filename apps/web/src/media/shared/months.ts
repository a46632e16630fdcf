/** What was shared, by the month of the calendar here. */

interface Month<T> {
  /** "2026-11". */
  readonly key: string;
  /** A time in it, ms. */
  readonly at: number;
  readonly items: readonly T[];
}

/** In the order of `items`, which are by time. `timeOf`: ISO 8601. */
export function byMonth<T>(items: readonly T[], timeOf: (item: T) => string): readonly Month<T>[] {
  const months: { key: string; at: number; items: T[] }[] = [];
  for (const item of items) {
    const time = new Date(timeOf(item));
    const key = `${time.getFullYear()}-${String(time.getMonth() + 1).padStart(2, '0')}`;
    const last = months.at(-1);
    if (last?.key === key) last.items.push(item);
    else months.push({ key, at: time.getTime(), items: [item] });
  }
  return months;
}
