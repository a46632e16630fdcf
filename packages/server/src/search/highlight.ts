/** Where in a text stands what it was found by. */
import type { Fitting, Want } from './wanted.ts';
import { type Token, tokenize } from './words.ts';

export type Range = [start: number, end: number];

/** More would paint the whole text. */
const MOST_RANGES = 100;

const fits = ({ words, beginning }: Fitting, { word }: Token): boolean =>
  words.has(word) || (beginning !== null && word.startsWith(beginning));

/** In order, not overlapping. */
export function highlight(text: string, wants: readonly Want[]): Range[] {
  const sequences = wants.map((want) => want.sequence).filter((sequence) => sequence.length > 0);
  if (sequences.length === 0) return [];
  const at = Map.groupBy(tokenize(text), (token) => token.position);
  const ranges: Range[] = [];
  for (const [position] of at) {
    for (const sequence of sequences) {
      const found: Token[] = [];
      for (const fitting of sequence) {
        const token = at.get(position + fitting.offset)?.find((one) => fits(fitting, one));
        if (!token) break;
        found.push(token);
      }
      const first = found[0];
      const last = found.at(-1);
      if (found.length === sequence.length && first && last) ranges.push([first.start, last.end]);
    }
  }
  return joined(ranges).slice(0, MOST_RANGES);
}

function joined(ranges: Range[]): Range[] {
  const result: Range[] = [];
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}
