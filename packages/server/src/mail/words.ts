/**
 * What strangers chose (names, devices) becomes words of a mail: in one line, short, with no way to turn the text around them,
 * and not a link. Where it stands in a text, quotes say where it begins and ends.
 */

const READ_MAX = 500;
const SHOWN_MAX = 60;

/** Control characters, halves of pairs, line ends of any kind, what nobody assigned; and what turns the direction. */
const UNWELCOME =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffd]/gu;
/** Beyond two, marks on one letter climb over the lines. */
const PILES = /(\p{M}{2})\p{M}+/gu;

/** In one line, and short. */
export function inOneLine(value: string): string {
  const plain = value
    .slice(0, READ_MAX)
    .replace(UNWELCOME, ' ')
    .replace(PILES, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  const letters = [...plain];
  if (letters.length <= SHOWN_MAX) return plain === '' ? '–' : plain;
  return `${letters
    .slice(0, SHOWN_MAX - 1)
    .join('')
    .trimEnd()}…`;
}

/** Mail programs make links of what looks like an address. After an invisible joiner it does not. */
export const unlinked = (value: string): string => inOneLine(value).replace(/([.:/@])(?=\S)/g, '$1\u2060');

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Among words of the other direction it keeps its own, and does not change theirs. */
export const isolated = (value: string, isRightToLeft: boolean): string =>
  isRightToLeft || RIGHT_TO_LEFT.test(value) ? `\u2068${value}\u2069` : value;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

/** Puts the values where their names stand in braces; what the values hold is not looked at again. */
export const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`a text of mails asks for ${name}, which there is not`);
    return value;
  });
