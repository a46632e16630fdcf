/**
 * A virtual list can keep its place when rows come at the front (it measures from the end) or at the end (it measures
 * from the start), not both at once. When both happen in one update, for example an older page arrives together with a
 * new message, the change is shown in two steps within one frame: first the front, then the end.
 */
import type { Row } from './rows.ts';

export interface Stage {
  readonly rows: readonly Row[];
  /** Rows changed at the front: keep the distance from the end. */
  readonly shift: boolean;
  /** The end is still to be done: render again with `rows` as the previous ones. */
  readonly more: boolean;
  /** Nothing in common with before: another place of the conversation. */
  readonly fresh: boolean;
}

const anchors = (rows: readonly Row[]): Row[] =>
  rows.filter((row) => row.type === 'message' || row.type === 'system');

/** How many dividers stand before everything. */
const lead = (rows: readonly Row[]): number =>
  rows.findIndex((row) => row.type === 'message' || row.type === 'system');

export function stage(previous: readonly Row[], next: readonly Row[]): Stage {
  if (previous === next) return { rows: next, shift: false, more: false, fresh: false };
  if (previous.length === 0) return { rows: next, shift: false, more: false, fresh: true };
  const before = anchors(previous);
  const after = anchors(next);
  // With its dividers: the first day comes when it is known that nothing is before it, maybe without any message.
  const sameFront = before[0]?.key === after[0]?.key && lead(previous) === lead(next);
  const sameEnd = before.at(-1)?.key === after.at(-1)?.key;
  if (sameFront && after.length > 0) return { rows: next, shift: false, more: false, fresh: false };

  const keys = new Set(after.map((row) => row.key));
  const common = before.findLast((row) => keys.has(row.key));
  if (!common) return { rows: next, shift: false, more: false, fresh: true };
  if (sameEnd) return { rows: next, shift: true, more: false, fresh: false };

  const cut = (rows: readonly Row[]): number => rows.findIndex((row) => row.key === common.key) + 1;
  return {
    rows: [...next.slice(0, cut(next)), ...previous.slice(cut(previous))],
    shift: true,
    more: true,
    fresh: false,
  };
}
