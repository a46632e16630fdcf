/**
 * Which new passwords are good enough: one rule for the form that helps and for the server that decides. No wish for digits
 * or capitals: what counts is how many guesses it takes. The estimator is given, so that the wire does not carry its lists.
 */
import { limits } from './limits.ts';

export const passwordProblems = ['short', 'long', 'common', 'breached', 'guessable', 'personal'] as const;
/**
 * `common`: one of those that are tried first. `breached`: it stands in a list of leaked ones. `personal`: made of what others know
 * of this person. `guessable`: by anything else.
 */
export type PasswordProblem = (typeof passwordProblems)[number];

/** What zxcvbn-ts answers, as far as it is needed here. */
export interface Estimator {
  check(
    password: string,
    about: string[],
  ): {
    /** Ten to the power of 3, 6, 8, 10 guesses are the borders. */
    readonly score: 0 | 1 | 2 | 3 | 4;
    readonly sequence: readonly { readonly pattern: string; readonly dictionaryName?: string }[];
  };
}

/**
 * Its time grows with the square of what it is given, and with the ways a word can be spelled in signs: within these bounds
 * the worst we found takes 12 ms. What is not guessed by its first 64 characters is not guessed.
 */
export const estimatorBounds = { maxLength: 64, l33tMaxSubstitutions: 16 } as const;

/** A hundred million guesses: two months of a processor for whoever has our hashes, and years at our rates for whoever has not. */
const ENOUGH = 3;

export interface Weighed {
  /** 0 to 4; at least 3 where there is no problem. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  readonly problem: Exclude<PasswordProblem, 'breached'> | null;
}

/** Never throws, and takes bounded time, whatever it is given. */
export function weighPassword(estimator: Estimator, password: string, about: readonly string[]): Weighed {
  const problem = lengthProblem(password);
  if (problem) return { score: problem === 'short' ? 0 : 2, problem };
  const seen = normal(password).slice(0, estimatorBounds.maxLength);
  const words = aboutWords(about);
  const { score, sequence } = estimator.check(seen, words);
  // To the estimator every dot between two names is one more thing to guess.
  if (leftOf(seen, words) < LEFT_OVER) return { score: score < ENOUGH ? score : 2, problem: 'personal' };
  if (score >= ENOUGH) return { score, problem: null };
  if (sequence.some(({ dictionaryName }) => dictionaryName === 'userInputs'))
    return { score, problem: 'personal' };
  const [first, ...others] = sequence;
  const whole = others.length === 0 && (first?.pattern === 'dictionary' || first?.pattern === 'repeat');
  return { score, problem: whole ? 'common' : 'guessable' };
}

/** What its length alone says, before anything is loaded or asked. */
export function lengthProblem(password: string): 'short' | 'long' | null {
  if (password.length > limits.passwordMax) return 'long';
  return Math.min(characters(password), characters(normal(password))) < limits.passwordMin ? 'short' : null;
}

/** As it is hashed: two ways to type one letter, such as é, are one password. */
const normal = (password: string): string => password.normalize('NFKC');

/** ASVS 2.1.1: after several spaces became one. A character is a code point. */
const characters = (password: string): number => [...password.replace(/\s+/gu, ' ')].length;

/** Without one's own words and what stands between them, so many characters are to be left. */
const LEFT_OVER = 6;

/** How many are; all there is when none of the words is in it. */
function leftOf(password: string, words: readonly string[]): number {
  const given = password.toLowerCase();
  const longestFirst = [...words].sort((a, b) => b.length - a.length);
  const rest = longestFirst.reduce((left, word) => left.replaceAll(word, ' '), given);
  return rest === given ? Number.POSITIVE_INFINITY : [...rest.replace(/[\s\p{P}]/gu, '')].length;
}

/** What everybody here knows. */
const HOUSE = 'kith';
/** A name has a few, an address four. */
const MAX_WORDS = 32;
const MAX_WORD = 64;

/** Names and addresses whole, in parts, and run together; shorter than three letters, they are found in everything. */
export function aboutWords(about: readonly string[]): string[] {
  const words = new Set<string>([HOUSE]);
  for (const given of about) {
    const whole = given
      .slice(0, 4 * MAX_WORD)
      .normalize('NFKC')
      .toLowerCase();
    const parts = whole.split(/[^\p{L}\p{N}]+/u);
    for (const word of [whole, parts.join(''), ...whole.split('@'), ...parts])
      if (word.length >= 3 && words.size < MAX_WORDS) words.add(word.slice(0, MAX_WORD));
  }
  return [...words];
}
