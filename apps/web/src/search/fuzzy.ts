/** How well a few typed letters mean a name. Pure. */
import { fold } from '../app/people.ts';

/** A letter at the beginning of a word, one right after the last, and one anywhere. */
const WORD = 10;
const NEXT = 6;
const ANY = 1;
const START = 12;
/** Names are shorter. */
const MOST = 200;

const isWordStart = (text: string, at: number): boolean => at === 0 || /[\s\-_.@#/]/.test(text[at - 1] ?? '');

/**
 * Null: not all the letters are in it, in their order. Else the more, the better: letters that begin words ("bc" for "Book
 * Club") and letters in a row; of two equal ones, the shorter name.
 */
export function fuzzyScore(typed: string, name: string): number | null {
  const wanted = [...fold(typed).replace(/\s+/g, '')].slice(0, MOST);
  const text = fold(name).slice(0, MOST);
  if (wanted.length === 0) return 0;
  // The best that ends with this letter at each place: letters are few and names short.
  let best = new Map<number, number>();
  wanted.forEach((letter, index) => {
    const next = new Map<number, number>();
    for (let at = text.indexOf(letter); at >= 0; at = text.indexOf(letter, at + 1)) {
      const own = at === 0 ? START : isWordStart(text, at) ? WORD : ANY;
      if (index === 0) next.set(at, own);
      else {
        let most: number | null = null;
        for (const [before, score] of best) {
          if (before >= at) continue;
          const reached = score + (before + 1 === at ? Math.max(own, NEXT) : own);
          if (most === null || reached > most) most = reached;
        }
        if (most !== null) next.set(at, most);
      }
    }
    best = next;
  });
  if (best.size === 0) return null;
  return Math.max(...best.values()) - text.length / MOST;
}
