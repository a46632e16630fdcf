/**
 * Which places of a conversation's history are loaded: sorted, disjoint runs without holes. What lies between two
 * runs is a hole, known as such (S4). Pure; the messages themselves are elsewhere.
 */

/** Every place from `from` to `to`, both included, is loaded. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

export type Runs = readonly Run[];

/** Adds a run; touching and overlapping ones become one. The same array when nothing changes. */
export function addRun(runs: Runs, from: number, to: number): Runs {
  if (from > to) return runs;
  let first = 0;
  while (first < runs.length && runs[first]!.to < from - 1) first++;
  let last = first;
  let low = from;
  let high = to;
  while (last < runs.length && runs[last]!.from <= to + 1) {
    low = Math.min(low, runs[last]!.from);
    high = Math.max(high, runs[last]!.to);
    last++;
  }
  const swallowed = runs[first];
  if (last === first + 1 && swallowed && swallowed.from === low && swallowed.to === high) return runs;
  return [...runs.slice(0, first), { from: low, to: high }, ...runs.slice(last)];
}

/** Forgets the places from `from` to `to`. */
export function cutRuns(runs: Runs, from: number, to: number): Runs {
  if (from > to || !runs.some((run) => run.from <= to && run.to >= from)) return runs;
  return runs.flatMap((run) => {
    if (run.to < from || run.from > to) return [run];
    const left = run.from < from ? [{ from: run.from, to: from - 1 }] : [];
    const right = run.to > to ? [{ from: to + 1, to: run.to }] : [];
    return [...left, ...right];
  });
}

/** The run that holds a place. */
export const runAt = (runs: Runs, seq: number): Run | undefined =>
  runs.find((run) => run.from <= seq && seq <= run.to);

export const lastRun = (runs: Runs): Run | undefined => runs[runs.length - 1];

/** The places one page of history has shown to be loaded, given what was asked. Undefined: it shows nothing. */
export function runOfPage(
  asked: { readonly before?: number; readonly after?: number; readonly around?: number },
  page: {
    readonly seqs: readonly number[];
    readonly lastSeq: number;
    readonly atStart: boolean;
    readonly atEnd: boolean;
  },
): Run | undefined {
  const first = page.seqs[0];
  const last = page.seqs[page.seqs.length - 1];
  // "Nothing visible lies before": everything from the very start is known, visible or not.
  let from = page.atStart ? 0 : first;
  let to = page.atEnd ? page.lastSeq : last;
  // A page next to a place reaches up to it even when the nearest places are not for us to see.
  if (asked.before !== undefined)
    to = page.atEnd ? Math.max(page.lastSeq, asked.before - 1) : asked.before - 1;
  if (asked.after !== undefined) from = page.atStart ? 0 : asked.after + 1;
  from ??= to;
  to ??= from;
  return from === undefined || to === undefined || from > to ? undefined : { from, to };
}
