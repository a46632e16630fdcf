/** The order of pinned conversations: each has a number, the greatest stands on top. Moving one writes one number. */
import type { ConversationEntry } from '../types.ts';

/** On top first, as the list has them. */
export const pinnedOf = (list: readonly ConversationEntry[]): readonly ConversationEntry[] =>
  list.filter((entry) => entry.preference.pinned !== null);

export const topPlace = (list: readonly ConversationEntry[]): number =>
  Math.floor(Math.max(0, ...list.map((entry) => entry.preference.pinned ?? 0))) + 1;

/** The numbers to set so that `id` stands at `index`. */
export function placesAfter(
  pinned: readonly ConversationEntry[],
  id: string,
  index: number,
): ReadonlyMap<string, number> {
  const moved = pinned.find((entry) => entry.id === id);
  const others = pinned.filter((entry) => entry.id !== id);
  const at = Math.max(0, Math.min(others.length, index));
  if (!moved || pinned.indexOf(moved) === at) return new Map();
  const above = others[at - 1]?.preference.pinned;
  const below = others[at]?.preference.pinned ?? 0;
  const between = above == null ? topPlace(pinned) : (above + below) / 2;
  if (between > below && (above == null || between < above)) return new Map([[id, between]]);
  // No number is left between those two: all are given out anew.
  const order = [...others.slice(0, at), moved, ...others.slice(at)];
  return new Map(order.map((entry, place) => [entry.id, order.length - place]));
}
