/** What is wrong with a new password, in words. */
import { limits } from '@kith/client';
import { type PasswordProblem, passwordProblems } from '@kith/protocol/passwords';
import { t } from './index.ts';

export function passwordText(problem: PasswordProblem): string {
  switch (problem) {
    case 'short':
      return t('auth.passwordHint', { count: limits.passwordMin });
    case 'long':
      return t('auth.tooLong', { count: limits.passwordMax });
    default:
      return t(`password.${problem}`);
  }
}

/** Of a field's error that says it in one word. */
export const passwordProblemOf = (reason: string | undefined): PasswordProblem | undefined =>
  passwordProblems.find((problem) => reason === `password_${problem}`);
