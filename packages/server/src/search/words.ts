/**
 * Text as search sees it. Words are runs of letters and digits, folded so that case, accents and widths do not matter. Where
 * a script writes no spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese), each character and each pair of neighbours is a
 * word: whatever is asked for is then found as these pairs in a row, and no dictionary has to know it. A dictionary would
 * also change with the version of Node, and what was indexed with one would not be found with the next.
 */

export interface Token {
  /** Folded. */
  readonly word: string;
  /** Where it stands in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Counted from 1; a pair has the position of its first character. */
  readonly position: number;
  /** `unit` and `pair`: of a script without spaces. */
  readonly kind: 'word' | 'unit' | 'pair';
}

/** Longer words are cut: nobody looks for the end of a hash. */
export const WORD_LENGTH = 64;

const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u30fc\\uff70\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
/** With the marks that belong to it; the half-width ones count as letters. */
const UNIT = `[${UNSPACED}][\\p{M}\\uff9e\\uff9f]*`;
const TOKEN = new RegExp(
  `(?<unit>${UNIT})|(?<word>(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+)|(?<sign>\\p{Extended_Pictographic})`,
  'gu',
);
/** `<@user-id>` and `<@all>` are people, not words. */
const MENTION = /<@(?:[0-9a-f-]{36}|all)>/g;

const UNSPACED_LETTER = new RegExp(`[${UNSPACED}]`, 'u');
/** Whether a word is of a script that spells words with spaces between them. */
export const isSpelled = (word: string): boolean => LETTERS.test(word) && !UNSPACED_LETTER.test(word);
const LETTERS = /^[\p{L}\p{M}\p{N}]+$/u;

const LATIN = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['ł', 'l'],
  ['ħ', 'h'],
  ['ı', 'i'],
  ['þ', 'th'],
  ['ς', 'σ'],
  ['ـ', ''],
]);
const SPECIAL = new RegExp(`[${[...LATIN.keys()].join('')}]`, 'gu');
/** Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs of Arabic. Marks of other scripts are letters. */
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/gu;

/** Text without what does not matter when it is looked for. */
export function fold(text: string): string {
  const lower = text.normalize('NFKC').toLowerCase();
  if (/^[a-z0-9]*$/.test(lower)) return lower;
  return lower
    .normalize('NFD')
    .replace(ACCENTS, '')
    .normalize('NFC')
    .replace(SPECIAL, (letter) => LATIN.get(letter) ?? letter);
}

function foldWord(word: string): string {
  const bare = fold(word);
  if (bare.length <= WORD_LENGTH) return bare;
  const cut = bare.slice(0, WORD_LENGTH);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/** Everything in the text that can be found, in order. Runs in time linear to the text. */
export function tokenize(text: string): Token[] {
  const plain = text.includes('<@') ? text.replace(MENTION, (mention) => ' '.repeat(mention.length)) : text;
  const tokens: Token[] = [];
  let position = 0;
  let before: Token | null = null;
  for (const match of plain.matchAll(TOKEN)) {
    const start = match.index;
    const end = start + match[0].length;
    const word = foldWord(match[0]);
    if (word === '') continue;
    position += 1;
    const kind = match.groups?.['unit'] === undefined ? 'word' : 'unit';
    const token: Token = { word, start, end, position, kind };
    if (kind === 'unit' && before?.kind === 'unit' && before.end === start) {
      tokens.push({
        word: before.word + word,
        start: before.start,
        end,
        position: before.position,
        kind: 'pair',
      });
    }
    tokens.push(token);
    before = token;
  }
  return tokens;
}

const ENDINGS: readonly (readonly [ending: string, instead: string, left: number])[] = [
  ['ies', 'y', 3],
  ['ing', '', 3],
  ['ern', '', 4],
  ['en', '', 4],
  ['er', '', 4],
  ['em', '', 4],
  ['es', '', 4],
  ['ed', '', 4],
  ['e', '', 4],
  ['n', '', 4],
  ['s', '', 3],
];
/** An ending on an ending: häus-er-n. */
const ROUNDS = 2;

/** What the forms of an English or German word have in common, roughly: enough for plurals, cases and tenses. */
export function stem(word: string): string {
  let rest = word;
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = ENDINGS.find(
      ([ending, , left]) => rest.endsWith(ending) && rest.length - ending.length >= left,
    );
    if (!found) break;
    rest = rest.slice(0, -found[0].length) + found[1];
  }
  return rest.replace(/([a-z])\1$/, '$1');
}
