/** What can be told wrong with the form before anybody is asked. The server has the last word. */
import { limits } from '@kith/client';

export interface Values {
  /** To sign in, the username does as well. */
  readonly email: string;
  readonly password: string;
  username: string;
  readonly displayName: string;
}

const PASSWORD_MIN = 8;

export const isEmail = (login: string): boolean => /^\S+@\S+\.?\S+$/.test(login.trim());

/** As it is kept, however people write it. */
export const asUsername = (typed: string): string => typed.trim().replace(/^@/, '').toLowerCase();

const isUsername = (typed: string): boolean => /^[a-z0-9][a-z0-9._-]{1,31}$/.test(asUsername(typed));

/** Field → what is wrong, in plain words, in the order of the form. */
export function wrongWith(values: Values, signUp: boolean): Readonly<Record<string, string>> {
  const wrong: Record<string, string> = {};
  if (signUp) {
    const name = values.displayName.trim();
    if (name === '') wrong['displayName'] = 'Enter your name.';
    else if (name.length > limits.nameLength)
      wrong['displayName'] = `At most ${limits.nameLength} characters.`;
    if (!isUsername(values.username))
      wrong['username'] = 'Two to 32 of a–z, 0–9, dot, dash or underscore, beginning with a letter or digit.';
  }
  const login = values.email.trim();
  if (signUp && !isEmail(login)) wrong['email'] = 'Enter your email address.';
  else if (!isEmail(login) && !isUsername(login)) wrong['email'] = 'Enter your email address or username.';
  if (values.password === '') wrong['password'] = 'Enter your password.';
  else if (signUp && values.password.length < PASSWORD_MIN)
    wrong['password'] = `At least ${PASSWORD_MIN} characters.`;
  return wrong;
}

/** "Ada Lovelace" → "ada.lovelace"; "" when nothing of the name can be used. */
export function suggestUsername(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '.')
    .replace(/^\.+|\.+$/g, '')
    .slice(0, limits.usernameLength);
}
