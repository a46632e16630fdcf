/**
 * How words are found that are not spelled as they are asked for. Each word of the vocabulary carries small keys: its three
 * letters in a row (so that "bahnhof" finds "Hauptbahnhofsvorplatz"), its stem (other forms), and its first letters with one
 * left out (misspellings: two words that differ by one letter share such a key). They are plain text in one index, so that
 * any PostgreSQL of any locale can keep them, without extensions.
 */
import { stem } from './words.ts';

/** Shorter parts are in too many words to mean anything. */
export const PART_LENGTH = 4;
/** Shorter words have too many neighbours. */
export const CORRECTABLE_LENGTH = 4;
/** From here on, two letters may be wrong. */
const LONG_WORD = 8;
/** Letters whose omission is tried; an error after them leaves them as they are. */
const HEAD = 7;

const stemKey = (word: string): string => `=${stem(word)}`;

/** Three letters in a row, each once. */
export function gramsOf(word: string): string[] {
  const grams = new Set<string>();
  for (let i = 0; i + 3 <= word.length; i += 1) grams.add(word.slice(i, i + 3));
  return [...grams];
}

/** The first letters, whole and with one left out. */
function headKeys(word: string): string[] {
  if (word.length < CORRECTABLE_LENGTH - 1) return [];
  const head = word.slice(0, HEAD);
  const keys = new Set([`~${head}`]);
  for (let i = 0; i < head.length; i += 1) keys.add(`~${head.slice(0, i)}${head.slice(i + 1)}`);
  return [...keys];
}

/** All keys a word is found by besides itself and its beginning. */
export const keysOf = (word: string): string[] =>
  // Nobody means another number, or looks for a part of it.
  DIGIT.test(word) ? [] : [stemKey(word), ...gramsOf(word), ...headKeys(word)];
const DIGIT = /\p{N}/u;

/** Keys of the words whose forms these are, and of those that may have been meant. */
export const formKeys = (word: string): string[] => [stemKey(word)];
export const misspellingKeys = headKeys;

/** Letters that are wrong, missing, too many or swapped, up to `most`; one more means "more". */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let older: number[] = [];
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let steps = Math.min(before[j]! + 1, row[j - 1]! + 1, before[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        steps = Math.min(steps, older[j - 2]! + 1);
      row.push(steps);
      least = Math.min(least, steps);
    }
    if (least > most) return most + 1;
    older = before;
    before = row;
  }
  return Math.min(before[b.length]!, most + 1);
}

/** How many letters of a word may be wrong. */
export const mistakesOf = (word: string): number =>
  word.length < CORRECTABLE_LENGTH ? 0 : word.length < LONG_WORD ? 1 : 2;
