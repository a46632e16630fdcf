/** KITH_SMS_URL and KITH_SMS_FROM, read. A code goes nowhere in the clear but to this machine. */
import { isThisMachine } from '../mail/smtpUrl.ts';

export interface SmsProvider {
  /** Without what identifies us. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

const FORM =
  'must be of the form https://account:token@api.example.org/path, with %-escapes for special characters';

/** @throws Error that says what it must be, and nothing of what it was. */
export function parseSmsUrl(value: string): SmsProvider {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username === '' || url.password === '' || url.hash)
    throw new Error(FORM);
  if (url.protocol === 'http:' && !isThisMachine(url.hostname))
    throw new Error('must begin with https://: codes and the token do not go in the clear');
  const [user, password] = [unescaped(url.username), unescaped(url.password)];
  // Basic credentials end the name at the first colon.
  if (user.includes(':')) throw new Error(FORM);
  url.username = '';
  url.password = '';
  return { url: url.href, user, password };
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error(FORM);
  }
}

const SERVICE = /^MG[0-9a-f]{32}$/;

/** What a text comes from: a number, a short one, a name, or a service of the provider that chooses. */
export function parseSmsFrom(value: string): string {
  const isName = /^[A-Za-z0-9][A-Za-z0-9 ]{0,10}$/.test(value) && /[A-Za-z]/.test(value);
  if (isName || /^\+\d{5,15}$/.test(value) || /^\d{3,8}$/.test(value) || SERVICE.test(value)) return value;
  throw new Error(
    'must be a number such as +4915123456789, a name of up to 11 letters, or the id of a messaging service',
  );
}

export const isMessagingService = (from: string): boolean => SERVICE.test(from);
