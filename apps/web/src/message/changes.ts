/** What an edit changed, word by word. Pure; loaded with the history. */
import { diffArrays } from 'diff';

export interface Change {
  readonly type: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Two texts of 20,000 characters that have little in common would keep the page busy; so many differences nobody reads. */
const EDITS_MAX = 600;
const TIME_MS = 60;
/** Of what stayed as it was, this much stands on each side of a change. */
const AROUND = 60;

const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/** A word, a sign or a stretch of space each; of languages that put no space between words, their words. */
const wordsOf = (text: string): string[] => Array.from(words.segment(text), ({ segment }) => segment);

/** From one text to the other; undefined: too much is different to be told in words. */
export function changesOf(before: string, after: string): readonly Change[] | undefined {
  const found = diffArrays(wordsOf(before), wordsOf(after), { maxEditLength: EDITS_MAX, timeout: TIME_MS });
  return found?.map(({ added, removed, value }) => ({
    type: added ? ('added' as const) : removed ? ('removed' as const) : ('same' as const),
    text: value.join(''),
  }));
}

/** The same with long stretches that stayed cut down to what stands around the changes. */
export function shortened(changes: readonly Change[]): readonly Change[] {
  return changes.map((change, at) => {
    if (change.type !== 'same' || change.text.length <= AROUND * 3) return change;
    const head = at === 0 ? '' : cut(change.text, 0, AROUND);
    const tail = at === changes.length - 1 ? '' : cut(change.text, -AROUND);
    // Nothing was changed at all.
    if (head === '' && tail === '') return change;
    return { type: 'same', text: `${head}${head && ' '}…${tail && ' '}${tail}` };
  });
}

/** Never through the middle of a letter of two parts. */
function cut(text: string, start: number, end?: number): string {
  const part = text.slice(start, end);
  if (part.isWellFormed()) return part;
  return (part.slice(1).isWellFormed() ? part.slice(1) : part.slice(0, -1)).toWellFormed();
}
