/** What went wrong, in the person's language. The server explains itself in English; elsewhere its code decides the words. */
import { KithError } from '@kith/client';
import { currentLanguage, t } from './index.ts';
import { passwordProblemOf, passwordText } from './passwords.ts';

export function errorText(error: unknown): string {
  if (!(error instanceof KithError)) return t('error.unknown');
  return currentLanguage() === 'en' && error.message ? error.message : t(`error.${error.code}`);
}

/** Field → what is wrong with it; undefined when it is not about fields. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> | undefined {
  if (!(error instanceof KithError) || !error.fields?.length) return undefined;
  const elsewhere = error.code === 'conflict' ? t('error.taken') : t('error.field');
  return Object.fromEntries(
    error.fields.map(({ path, message, reason }) => {
      const problem = passwordProblemOf(reason);
      if (problem) return [path, passwordText(problem)];
      return [path, currentLanguage() === 'en' ? message : elsewhere];
    }),
  );
}
