/** Judges a new password, before it is hashed: by how many guesses it takes, and by whether it was leaked. */
import { KithError, limits, type PasswordProblem, weighPassword } from '@kith/protocol';
import { estimatorBounds } from '@kith/protocol/passwords';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import type { Logger } from '../../logger.ts';
import { type BreachedList, BreachedListUnreadable } from './breached.ts';

export type Judgement = { readonly ok: true } | { readonly ok: false; readonly reason: PasswordProblem };

export type JudgePassword = (password: string, about: readonly string[]) => Promise<Judgement>;

export interface JudgeDependencies {
  /** Null: the estimator's own lists have to do. */
  readonly breached: Pick<BreachedList, 'has'> | null;
  readonly log: Pick<Logger, 'warn'>;
}

/** Fifty thousand words take a moment to be laid out: made when somebody first chooses a password. */
let estimator: ZxcvbnFactory | undefined;
const theEstimator = (): ZxcvbnFactory => {
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, ...estimatorBounds });
  return estimator;
};

/**
 * `about`: what is known of the person. With a list that cannot be read, sign-up goes on with the check that is built in: a broken
 * disk should not keep people out, and whoever reads the log hears of it.
 */
export function createPasswordJudge({ breached, log }: JudgeDependencies): JudgePassword {
  return async (password, about) => {
    const { problem } = weighPassword(theEstimator(), password, about);
    if (problem) return { ok: false, reason: problem };
    try {
      if (await breached?.has(password)) return { ok: false, reason: 'breached' };
    } catch (err) {
      if (!(err instanceof BreachedListUnreadable)) throw err;
      log.warn({ err }, 'the list of leaked passwords cannot be read: a password was taken without it');
    }
    return { ok: true };
  };
}

const words: { readonly [P in PasswordProblem]: string } = {
  short: `Use at least ${limits.passwordMin} characters. A few words are easy to keep in mind.`,
  long: `Use at most ${limits.passwordMax} characters.`,
  common: 'This password is one of the first that are tried. Choose another.',
  breached: 'This password was in a leak somewhere. Choose another.',
  guessable: 'This password is too easy to guess. Add a few words that do not belong together.',
  personal: 'This password is made of your name, your address or ours. Add words that say nothing of you.',
};

/** The field is called `path` in the form. */
export const passwordRefused = (reason: PasswordProblem, path = 'password'): KithError =>
  new KithError('bad_input', { fields: [{ path, message: words[reason], reason: `password_${reason}` }] });
