/** What can be told wrong with the form before anybody is asked. The server has the last word. */
import { limits } from '@kith/client';
import { lengthProblem } from '@kith/protocol/passwords';
import { t } from '../i18n/index.ts';
import { passwordText } from '../i18n/passwords.ts';

export interface Values {
  /** To sign in, the username does as well. */
  readonly email: string;
  readonly password: string;
  username: string;
  readonly displayName: string;
}

export const CODE_LENGTH = 6;

/** "123 456", "١٢٣ ٤٥٦" → "123456": at most as many digits as a code has, also of keyboards that write Arabic or Persian ones. */
export const digitsIn = (typed: string): string =>
  typed
    .normalize('NFKC')
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replace(/[^0-9]/g, '')
    .slice(0, CODE_LENGTH);

export const isEmail = (login: string): boolean => /^[^\s@]+@[^\s@]{2,}$/.test(login.trim());

/** As it is kept, however people write it. */
export const asUsername = (typed: string): string => typed.trim().replace(/^@/, '').toLowerCase();

const isUsername = (typed: string): boolean => /^[a-z0-9][a-z0-9._-]{1,31}$/.test(asUsername(typed));

/** Field → what is wrong, in plain words, in the order of the form. */
export function wrongWith(values: Values, signUp: boolean): Readonly<Record<string, string>> {
  const wrong: Record<string, string> = signUp ? wrongName(values) : {};
  const login = values.email.trim();
  if (signUp && !isEmail(login)) wrong['email'] = t('auth.enterEmail');
  else if (!isEmail(login) && !isUsername(login)) wrong['email'] = t('auth.enterEmailOrUsername');
  if (values.password === '') wrong['password'] = t('auth.enterPassword');
  else if (signUp) Object.assign(wrong, wrongPassword(values.password));
  return wrong;
}

/** What somebody new is called by others. */
export function wrongDisplayName(displayName: string): { readonly displayName?: string } {
  const name = displayName.trim();
  if (name === '') return { displayName: t('auth.enterName') };
  if (name.length > limits.nameLength)
    return { displayName: t('auth.tooLong', { count: limits.nameLength }) };
  return {};
}

/** What somebody new is called. */
export function wrongName(values: Pick<Values, 'displayName' | 'username'>): Record<string, string> {
  const wrong: Record<string, string> = { ...wrongDisplayName(values.displayName) };
  if (!isUsername(values.username)) wrong['username'] = t('auth.usernameWrong');
  return wrong;
}

/** A password that is being chosen. */
export function wrongPassword(password: string): { readonly password?: string } {
  if (password === '') return { password: t('auth.enterPassword') };
  const problem = lengthProblem(password);
  if (problem) return { password: passwordText(problem) };
  return {};
}

export const wrongEmail = (email: string): { readonly email?: string } =>
  isEmail(email) ? {} : { email: t('auth.enterEmail') };

/** "Ada Lovelace" → "ada.lovelace"; "" when nothing of the name can be used. */
export function suggestUsername(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '.')
    .replace(/^\.|\.$/g, '')
    .slice(0, limits.usernameLength);
}
