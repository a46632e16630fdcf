/**
 * Phone numbers: read as people type them, kept as E.164, shown with most of their digits hidden. Only numbers that mobile phones
 * have: whoever sends texts to any other pays for whatever its owner asks.
 */
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/mobile';

export interface PhoneNumber {
  /** E.164: `+4915123456789`. */
  readonly number: string;
  /** Of its country, or of the several that share one: `49`. */
  readonly callingCode: string;
  /** As it is read: `+49 1512 3456789`. */
  readonly shown: string;
}

/** What is typed: digits of any script, and what people put between them. Line breaks are of no number. */
const TYPED = /^[+\uff0b\p{Nd} \u00a0\u202f\u3000().\-/\u2010-\u2015]{5,40}$/u;
/** Copied out of an address book, a number comes with signs that keep its direction. */
const DIRECTIONS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** `region`: where the browser says it is, for numbers without their country. Null: no mobile phone has it. */
export function readNumber(typed: string, region: string | undefined): PhoneNumber | null {
  const plain = typed.slice(0, 60).replace(DIRECTIONS, '').trim();
  if (!TYPED.test(plain)) return null;
  const country = region?.toUpperCase();
  const read = parsePhoneNumberFromString(plain, {
    ...(country !== undefined && isSupportedCountry(country) && { defaultCountry: country as CountryCode }),
    extract: false,
  });
  if (!read?.isValid() || read.ext) return null;
  return { number: read.number, callingCode: read.countryCallingCode, shown: read.formatInternational() };
}

/** `+49 ••••••789`: enough for whoever knows it. */
export function masked(number: string): string {
  const read = parsePhoneNumberFromString(number);
  const code = read ? `+${read.countryCallingCode}` : number.slice(0, 2);
  const rest = number.slice(code.length);
  return `${code} ${'•'.repeat(Math.max(0, rest.length - 3))}${rest.slice(-3)}`;
}

/** Calling codes of KITH_SMS_COUNTRIES: `49,43,+41`. @throws Error that says what it must be. */
export const parseCallingCodes = (value: string): string[] =>
  value.split(',').map((part) => {
    const [, code] = /^\+?([1-9]\d{0,2})$/.exec(part.trim()) ?? [];
    if (code === undefined) throw new Error('must be calling codes of countries such as 49,43,41');
    return code;
  });
