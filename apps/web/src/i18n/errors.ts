/** What went wrong, in the person's language. The server explains itself in English; elsewhere its code decides the words. */
import { KithError, limits } from '@kith/client';
import { inTime } from '../app/time.ts';
import { currentLanguage, type Key, t } from './index.ts';
import { passwordProblemOf, passwordText } from './passwords.ts';

/** What a form says of its own: by field, and by the code of an error that is about no field. */
export type FieldWords = Readonly<Record<string, Key>>;

/** Below, "wait a moment" is all there is to say. */
const WORTH_SAYING_MS = 2_000;

/** An error that says when to come back. */
export const isWait = (error: unknown): error is KithError & { readonly retryAfterMs: number } =>
  error instanceof KithError && error.code === 'rate_limited' && (error.retryAfterMs ?? 0) >= WORTH_SAYING_MS;

export function errorText(error: unknown): string {
  if (!(error instanceof KithError)) return t('error.unknown');
  const reasons = error.fields?.map(({ reason }) => reason) ?? [];
  if (reasons.includes('request'))
    return t('error.request', { count: limits.requestMessages, links: limits.requestLinks });
  const isNew = reasons.includes('new_account');
  if (isNew && isWait(error)) return t('error.newAccount', { when: inTime(error.retryAfterMs) });
  if (isWait(error)) return t('error.tryAgainIn', { when: inTime(error.retryAfterMs) });
  return currentLanguage() === 'en' && error.message ? error.message : t(`error.${error.code}`);
}

/** What is wrong with a field that bears the same name everywhere: `<field>.<code>`. */
const known: FieldWords = {
  'code.bad_input': 'auth.codeWrong',
  'email.bad_input': 'auth.enterEmail',
  'email.conflict': 'auth.emailTaken',
  'username.bad_input': 'auth.usernameWrong',
  'username.conflict': 'auth.usernameTaken',
};

/** Names of fields come from afar: `constructor` is not among our words. */
const own = (words: FieldWords, name: string): Key | undefined =>
  Object.hasOwn(words, name) ? words[name] : undefined;

/** Field → what is wrong with it; undefined when it is not about fields. `words`: of the form that shows it. */
export function fieldErrors(
  error: unknown,
  words: FieldWords = {},
): Readonly<Record<string, string>> | undefined {
  if (!(error instanceof KithError) || !error.fields?.length) return undefined;
  const elsewhere = error.code === 'conflict' ? t('error.taken') : t('error.field');
  return Object.fromEntries(
    error.fields.map(({ path, message, reason }) => {
      const key = own(words, path) ?? own(known, `${path}.${error.code}`);
      if (key !== undefined) return [path, t(key)];
      const problem = passwordProblemOf(reason);
      if (problem) return [path, passwordText(problem)];
      return [path, currentLanguage() === 'en' ? message : elsewhere];
    }),
  );
}
