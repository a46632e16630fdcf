/** Cuts groups of emoji into the rows of a grid, so that only what is in sight is drawn. */
import type { Key } from '../i18n/index.ts';
import { CUSTOM, type Emoji, type EmojiData, groups, searchEmoji } from './data.ts';

export type PickerRow =
  | { readonly type: 'heading'; readonly name: Key; readonly group: number }
  | { readonly type: 'emoji'; readonly key: string; readonly cells: readonly Emoji[] };

/** The group number of recents, which emojibase does not have. */
export const RECENT = -1;

export function pickerRows(
  data: EmojiData,
  query: string,
  recent: readonly string[],
  columns: number,
): readonly PickerRow[] {
  if (query.trim() !== '') return cut(searchEmoji(data, query, 12 * columns), columns, 'found');
  const rows: PickerRow[] = [];
  // A custom one that was removed is nothing to choose.
  const there = recent.filter((char) => !char.startsWith(':') || data.byChar.has(char));
  const used = there.map((char) => data.byChar.get(char) ?? plain(char)).slice(0, columns * 3);
  if (used.length > 0) {
    rows.push({ type: 'heading', name: 'emoji.recent', group: RECENT }, ...cut(used, columns, 'recent'));
  }
  for (const { id, name } of [{ id: CUSTOM, name: 'emoji.custom' as const }, ...groups]) {
    const members = data.all.filter((emoji) => emoji.group === id);
    if (members.length === 0) continue;
    rows.push({ type: 'heading', name, group: id }, ...cut(members, columns, name));
  }
  return rows;
}

/** A recent emoji that is a skin tone, or that a later edition of the data dropped: no name but itself. */
const plain = (char: string): Emoji => ({
  char,
  name: char,
  group: RECENT,
  words: [],
  shortcodes: [],
  tones: [],
});

function cut(emoji: readonly Emoji[], columns: number, key: string): PickerRow[] {
  const rows: PickerRow[] = [];
  for (let start = 0; start < emoji.length; start += columns) {
    rows.push({ type: 'emoji', key: `${key}-${start}`, cells: emoji.slice(start, start + columns) });
  }
  return rows;
}

/** What is in sight at once. */
const PAGE_ROWS = 6;

export interface Place {
  readonly row: number;
  readonly column: number;
}

/** Where an arrow leads from a place, over headings and the ragged ends of groups. */
export function move(rows: readonly PickerRow[], from: Place, key: string): Place {
  const width = (row: number): number => {
    const at = rows[row];
    return at?.type === 'emoji' ? at.cells.length : 0;
  };
  const seek = (row: number, step: 1 | -1): number => {
    let next = row + step;
    while (next >= 0 && next < rows.length && width(next) === 0) next += step;
    return width(next) > 0 ? next : row;
  };
  switch (key) {
    case 'ArrowRight': {
      if (from.column + 1 < width(from.row)) return { row: from.row, column: from.column + 1 };
      const next = seek(from.row, 1);
      return next === from.row ? from : { row: next, column: 0 };
    }
    case 'ArrowLeft': {
      if (from.column > 0) return { row: from.row, column: from.column - 1 };
      const next = seek(from.row, -1);
      return next === from.row ? from : { row: next, column: width(next) - 1 };
    }
    case 'Home':
      return { row: from.row, column: 0 };
    case 'End':
      return { row: from.row, column: width(from.row) - 1 };
    case 'PageDown':
    case 'PageUp': {
      const step = key === 'PageDown' ? 1 : -1;
      let row = from.row;
      for (let rowsLeft = PAGE_ROWS; rowsLeft > 0; rowsLeft -= 1) row = seek(row, step);
      return { row, column: Math.min(from.column, width(row) - 1) };
    }
    case 'ArrowDown':
    case 'ArrowUp': {
      const row = seek(from.row, key === 'ArrowDown' ? 1 : -1);
      return { row, column: Math.min(from.column, width(row) - 1) };
    }
    default:
      return from;
  }
}

/** The first emoji of all, or nowhere. */
export function firstPlace(rows: readonly PickerRow[]): Place | undefined {
  const row = rows.findIndex((candidate) => candidate.type === 'emoji');
  return row < 0 ? undefined : { row, column: 0 };
}
