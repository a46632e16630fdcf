/**
 * The token that travels: `<session token>.<signature>`. A token with a wrong signature costs no query, and rows of the
 * database alone sign nobody in. Beside it, the cookie by which a browser is known again after it signed out.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secrets } from './keys.ts';

export interface Tokens {
  /** The name of the session cookie. */
  readonly cookieName: string;
  sign(sessionToken: string): string;
  /** The session token behind a signed one, or null. */
  verify(signed: string): string | null;
  /** The signed token in a Cookie header, or null. */
  fromCookies(header: string): string | null;
  setCookie(signed: string): string;
  clearCookie(): string;
  /** The browser's own token in a Cookie header. */
  deviceFromCookies(header: string): string | undefined;
  setDeviceCookie(token: string): string;
  /** Of a browser that went to another service. */
  outsideFromCookies(header: string): string | undefined;
  /** `crossSite`: it comes back by a form of another site. */
  setOutsideCookie(ticket: string, crossSite: boolean, seconds: number): string;
  clearOutsideCookie(): string;
}

/** Browsers keep no cookie longer. The session itself ends much earlier unless it is used. */
const MAX_AGE_S = 400 * 86_400;
/** A session token, 32 characters, a dot, and 32 bytes in base64. */
const MAX_LENGTH = 120;

/** `secrets`: the first signs; what the others signed is still good. */
export function createTokens(secrets: Secrets, secure: boolean): Tokens {
  // A browser keeps it only from this very host, over TLS: no neighbour under the same domain can plant one.
  const prefix = `${secure ? '__Host-' : ''}kith`;
  const cookieName = `${prefix}.session_token`;
  const deviceName = `${prefix}.device`;
  const outsideName = `${prefix}.outside`;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  const signatureOf = (value: string, secret: string): string =>
    createHmac('sha256', secret).update(value).digest('base64');
  return {
    cookieName,
    sign: (sessionToken) => `${sessionToken}.${signatureOf(sessionToken, secrets[0])}`,
    verify: (given) => {
      if (given.length > 3 * MAX_LENGTH) return null;
      const signed = decode(given);
      const dot = signed.lastIndexOf('.');
      if (dot < 1 || signed.length > MAX_LENGTH) return null;
      const value = signed.slice(0, dot);
      // As text, and not what it stands for: one token shall not have several spellings.
      const signature = Buffer.from(signed.slice(dot + 1));
      const isBy = (secret: string): boolean => {
        const expected = Buffer.from(signatureOf(value, secret));
        return signature.length === expected.length && timingSafeEqual(signature, expected);
      };
      return secrets.some(isBy) ? value : null;
    },
    fromCookies: (header) => cookieIn(header, cookieName) ?? null,
    setCookie: (signed) => `${cookieName}=${encodeURIComponent(signed)}; Max-Age=${MAX_AGE_S}; ${attributes}`,
    clearCookie: () => `${cookieName}=; Max-Age=0; ${attributes}`,
    deviceFromCookies: (header) => cookieIn(header, deviceName),
    setDeviceCookie: (token) => `${deviceName}=${token}; Max-Age=${MAX_AGE_S}; ${attributes}`,
    outsideFromCookies: (header) => cookieIn(header, outsideName),
    setOutsideCookie: (ticket, crossSite, seconds) =>
      `${outsideName}=${ticket}; Max-Age=${seconds}; ${
        crossSite && secure ? attributes.replace('SameSite=Lax', 'SameSite=None') : attributes
      }`,
    clearOutsideCookie: () => `${outsideName}=; Max-Age=0; ${attributes}`,
  };
}

function cookieIn(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}

/** Cookies carry the token percent-encoded, and some clients pass it on so. */
function decode(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
