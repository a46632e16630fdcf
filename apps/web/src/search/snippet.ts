/** The part of a message's text around what was found, as pieces of plain text. Pure. */

import { MENTION } from '@kith/protocol/mentions';

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/** What stands before the first mark, so little that the mark is in sight behind a name on a row's one line; and how much in all. */
const BEFORE = 12;
const SHOWN = 240;

/** A star or a line within a word is part of it. */
const MARKERS =
  /```[^\n]*|\*\*|~~|`|^ {0,3}(?:>|#{1,6}) ?|(?<![\p{L}\p{N}])[*_](?=\S)|(?<=\S)[*_](?![\p{L}\p{N}])/gmu;

/** `ranges`: pairs of start and end, in order. `nameOf` as for previews. */
export function snippetOf(
  text: string,
  ranges: readonly (readonly [number, number])[],
  nameOf: (userId: string) => string,
): readonly Piece[] {
  const first = ranges[0]?.[0] ?? 0;
  const from = first <= BEFORE + 8 ? 0 : wordStart(text, first - BEFORE);
  const to = wellCut(text, Math.min(text.length, from + SHOWN));
  const marks = [...text.slice(from, to).matchAll(MARKERS)];
  /** A stretch without the marks in it. */
  const bare = (start: number, end: number): string => {
    let words = '';
    let at = start;
    for (const { index, 0: mark } of marks) {
      const begin = from + index;
      if (begin >= end || begin + mark.length <= start) continue;
      words += text.slice(at, Math.max(at, begin));
      at = Math.min(end, begin + mark.length);
    }
    return words + text.slice(at, end);
  };
  const pieces: Piece[] = [];
  let at = from;
  for (const [start, end] of ranges) {
    if (start >= to) break;
    pieces.push({ text: bare(at, Math.max(at, start)), marked: false });
    pieces.push({ text: bare(Math.max(at, start), Math.min(end, to)), marked: true });
    at = Math.min(end, to);
  }
  pieces.push({ text: bare(at, to), marked: false });
  const plain = pieces
    .map((piece) => ({ ...piece, text: toPlain(piece.text, nameOf) }))
    .filter((piece) => piece.text !== '');
  return [
    ...(from > 0 ? [{ text: '…', marked: false }] : []),
    ...plain,
    ...(to < text.length ? [{ text: '…', marked: false }] : []),
  ];
}

/** Where the word at this place begins, if it begins nearby. */
function wordStart(text: string, at: number): number {
  const space = text.slice(Math.max(0, at - 12), at).search(/\s\S*$/u);
  const start = space < 0 ? at : Math.max(0, at - 12) + space + 1;
  return wellCut(text, start);
}

/** Never between the halves of a surrogate pair. */
const wellCut = (text: string, at: number): number => (/[\udc00-\udfff]/.test(text.charAt(at)) ? at - 1 : at);

const toPlain = (text: string, nameOf: (userId: string) => string): string =>
  text.replace(MENTION, (_, who: string) => `@${who === 'all' ? 'all' : nameOf(who)}`).replace(/\s+/g, ' ');
