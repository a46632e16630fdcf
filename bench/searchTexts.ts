/** Texts as people write them, as far as search can tell: few words that are everywhere, many that are rare, and some Chinese. */

export interface Random {
  /** From 0 to below 1. */
  next(): number;
  below(n: number): number;
}

/** The same for the same seed, on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, below: (n) => Math.floor(next() * n) };
}

/** Ranks from 0, each so much rarer than the one before as Zipf found of words (and others of nearly everything). */
export function zipf(count: number, random: Random): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    sum += 1 / (i + 1);
    sums[i] = sum;
  }
  return () => {
    const wanted = random.next() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

const ONSETS = [
  'b',
  'd',
  'f',
  'g',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  't',
  'v',
  'w',
  'st',
  'tr',
  'sch',
  'bl',
  'pr',
];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ei', 'au', 'ä', 'ö', 'ü'];
const CODAS = ['', '', '', 'n', 'r', 's', 't', 'l', 'ng', 'ck'];

/** Words by rank: the frequent ones are short. */
export function makeWords(count: number, random: Random): string[] {
  const pick = (list: readonly string[]): string => list[random.below(list.length)]!;
  const words = new Set<string>();
  while (words.size < count) {
    const syllables = 1 + Math.floor(Math.log10(1 + words.size) / 2) + random.below(2);
    let word = '';
    for (let i = 0; i < syllables; i += 1) word += pick(ONSETS) + pick(VOWELS) + pick(CODAS);
    words.add(word);
  }
  return [...words];
}

/** Chinese characters in use, and where they begin. */
const HANZI = 3_000;
const FIRST_HANZI = 0x4e00;

export interface Texts {
  readonly words: readonly string[];
  /** A text of about eleven words. */
  next(): string;
  hanzi(length: number): string;
}

export function makeTexts(vocabulary: number, random: Random): Texts {
  const words = makeWords(vocabulary, random);
  const rank = zipf(vocabulary, random);
  const character = zipf(HANZI, random);
  const hanzi = (length: number): string =>
    Array.from({ length }, () => String.fromCodePoint(FIRST_HANZI + character())).join('');
  const word = (): string => {
    const one = words[rank()]!;
    // A German would.
    return random.next() < 0.01 ? `${words[rank()]}${one}` : one;
  };
  return {
    words,
    hanzi,
    next: () => {
      if (random.next() < 0.05) return hanzi(4 + random.below(24));
      const length = Math.max(
        1,
        Math.round(Math.exp(2 + 0.8 * (random.next() + random.next() + random.next() - 1.5))),
      );
      const parts = Array.from({ length }, word);
      if (random.next() < 0.03) parts.push(`https://${word()}.example/${word()}/${word()}`);
      return `${parts.join(' ')}${random.next() < 0.5 ? '.' : ''}`;
    },
  };
}
