/** Words of the other direction inside a text: without a fence around them they would tear it, or it them, apart. */

export type Direction = 'ltr' | 'rtl';

const RTL = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;
const LTR = /(?![\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC])[\p{L}\p{N}]/u;

/** First strong isolate, and pop directional isolate: the bidirectional algorithm's own fence. */
const FSI = '\u2068';
const PDI = '\u2069';

/** As it is where nothing can go wrong: most names need no fence, and searching and copying are easier without. */
export function isolate(words: string, around: Direction): string {
  return (around === 'rtl' ? LTR : RTL).test(words) ? `${FSI}${words}${PDI}` : words;
}

/** By its first letter, as browsers find it for `dir="auto"`; undefined where there is none. */
export function directionOf(text: string): Direction | undefined {
  const [letter] = /\p{L}/u.exec(text) ?? [];
  if (letter === undefined) return undefined;
  return RTL.test(letter) ? 'rtl' : 'ltr';
}
