/** Which messages of a conversation (or thread: its root's id stands for it) are selected: set from the menu, by clicks and keys; shown by rows and the bar. */
import { useSyncExternalStore } from 'react';
import { cell } from '../app/cell.ts';

/** As many as one forwards or deletes with a clear mind. */
export const SELECT_MAX = 100;

interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Where a range begins. */
  readonly from: string;
}

const NONE: ReadonlySet<string> = new Set();
const selections = cell<ReadonlyMap<string, Selection>>(new Map());

function set(place: string, ids: ReadonlySet<string>, from: string): void {
  const next = new Map(selections.get());
  if (ids.size > 0) next.set(place, { ids, from });
  else next.delete(place);
  selections.set(next);
}

export const selectionOf = (place: string): ReadonlySet<string> => selections.get().get(place)?.ids ?? NONE;

export function clearSelection(place: string): void {
  if (selections.get().has(place)) set(place, NONE, '');
}

/** What was selected, wherever, has been dealt with. */
export const clearAllSelections = (): void => selections.set(new Map());

/** Says whether there was room. */
export function toggleSelected(place: string, messageId: string): boolean {
  const next = new Set(selectionOf(place));
  if (!next.delete(messageId)) {
    if (next.size >= SELECT_MAX) return false;
    next.add(messageId);
  }
  set(place, next, messageId);
  return true;
}

/** From where was pressed last to here, both included; `ids` in the order of the screen. Says whether there was room for all. */
export function selectTo(place: string, messageId: string, ids: readonly string[]): boolean {
  const start = selections.get().get(place)?.from ?? messageId;
  const from = ids.indexOf(start);
  const to = ids.indexOf(messageId);
  const span = from < 0 ? [messageId] : ids.slice(Math.min(from, to), Math.max(from, to) + 1);
  const all = new Set([...selectionOf(place), ...span]);
  const next = new Set([...all].slice(0, SELECT_MAX));
  set(place, next, start);
  return span.every((id) => next.has(id));
}

/** Those that are no longer there leave by themselves. */
export function keepSelected(place: string, there: (messageId: string) => boolean): void {
  const selection = selections.get().get(place);
  if (!selection) return;
  const kept = [...selection.ids].filter(there);
  if (kept.length < selection.ids.size) set(place, new Set(kept), selection.from);
}

export const useSelection = (place: string): ReadonlySet<string> =>
  useSyncExternalStore(selections.subscribe, () => selectionOf(place));

/** `undefined` while nothing is selected in the conversation. */
export const useSelected = (place: string, messageId: string): boolean | undefined =>
  useSyncExternalStore(selections.subscribe, () => {
    const selected = selectionOf(place);
    return selected.size > 0 ? selected.has(messageId) : undefined;
  });
