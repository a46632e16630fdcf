/** Mail addresses, and where our own mails come from. Strict: an address goes into commands and headers of SMTP. */

const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$/i;
const DOMAIN = /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,20}$/i;
const ADDRESS_MAX = 254;

/** One plain address: no quotes, no lists, no line breaks, ASCII (names of other scripts as `xn--`). */
export function isMailAddress(value: string): boolean {
  if (value.length > ADDRESS_MAX) return false;
  const at = value.lastIndexOf('@');
  return at > 0 && LOCAL.test(value.slice(0, at)) && DOMAIN.test(value.slice(at + 1));
}

export interface MailFrom {
  readonly name: string;
  readonly address: string;
}

const NAME_MAX = 100;

/** `kith@example.org` or `Kith <kith@example.org>`. @throws Error that says what it must be. */
export function parseMailFrom(value: string): MailFrom {
  const [, name = '', inBrackets] = /^([^<>]*)<([^<>]*)>$/.exec(value) ?? [];
  const address = (inBrackets ?? value).trim();
  const shown = name.trim().replace(/^"(.*)"$/, '$1');
  if (!isMailAddress(address) || shown.length > NAME_MAX || /[\p{C}\p{Zl}\p{Zp}]/u.test(shown)) {
    throw new Error('must be an address such as kith@example.org or Kith <kith@example.org>');
  }
  return { name: shown, address };
}

/** What mails come from where nothing is said. Null: a bare address of a machine is no domain of mail. */
export function derivedMailFrom(origin: string): MailFrom | null {
  const { hostname } = new URL(origin);
  const isNumber = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  return isNumber ? null : { name: 'Kith', address: `kith@${hostname}` };
}
