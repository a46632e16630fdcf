/**
 * Messages that a person removed from their own view, by place: sorted, disjoint ranges that do not touch, as most of what is
 * removed stands together. Without zod, for clients that want to stay small.
 */

/** Both ends are hidden. */
export type SeqRange = readonly [from: number, to: number];

/** Whether a place is among them. */
export function isHidden(ranges: readonly SeqRange[], seq: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [from, to] = ranges[middle] as SeqRange;
    if (seq < from) high = middle;
    else if (seq > to) low = middle + 1;
    else return true;
  }
  return false;
}

/** What is hidden once these places are, and those are shown again; a place named as both is hidden. */
export function changeHidden(
  ranges: readonly SeqRange[],
  hide: readonly number[],
  show: readonly number[],
): SeqRange[] {
  let parts: SeqRange[] = [...ranges];
  for (const seq of show) {
    parts = parts.flatMap(([from, to]): SeqRange[] => {
      if (seq < from || seq > to) return [[from, to]];
      return [
        ...(from < seq ? [[from, seq - 1] as const] : []),
        ...(seq < to ? [[seq + 1, to] as const] : []),
      ];
    });
  }
  const joined: [number, number][] = [];
  const sorted = [...parts, ...hide.map((seq) => [seq, seq] as const)].sort((a, b) => a[0] - b[0]);
  for (const [from, to] of sorted) {
    const last = joined.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** The places that only one of the two hides, from one on: what appears or goes when the one becomes the other. */
export function* hiddenChanges(
  before: readonly SeqRange[],
  after: readonly SeqRange[],
): Generator<{ readonly from: number; readonly to: number; readonly hidden: boolean }> {
  const edges = new Set<number>();
  for (const [from, to] of [...before, ...after]) edges.add(from).add(to + 1);
  const sorted = [...edges].sort((a, b) => a - b);
  for (const [index, from] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined) return;
    const hidden = isHidden(after, from);
    if (hidden !== isHidden(before, from)) yield { from, to: next - 1, hidden };
  }
}
