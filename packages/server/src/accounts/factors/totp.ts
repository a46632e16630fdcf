/**
 * Codes of an authenticator app (RFC 6238: HMAC-SHA-1, six digits, 30 seconds, as every app knows them). The secret lies
 * ciphered, bound to its account: a row that is moved to another account, or read without the service's own secret, is of no use.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Keys } from '../keys.ts';
import { unseal as openTotp, seal as sealTotp } from '../sealed.ts';
import type { AccountsDb } from '../tables.ts';

export { openTotp, sealTotp };

const STEP_MS = 30_000;
/** Clocks differ: the step before and the one after are taken, too. */
const DRIFT = 1;

/** 160 bits, as the RFC advises. */
export const newTotpSecret = (): Buffer => randomBytes(20);

export const stepAt = (now: number): number => Math.floor(now / STEP_MS);

export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const at = (digest.at(-1) ?? 0) & 0xf;
  return ((digest.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).toString().padStart(6, '0');
}

/** The step that this code is of, the latest that fits; null: of none near now. */
export function matchTotp(secret: Uint8Array, code: string, now: number): number | null {
  let found: number | null = null;
  for (let step = stepAt(now) - DRIFT; step <= stepAt(now) + DRIFT; step += 1)
    if (timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code))) found = step;
  return found;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function base32(bytes: Uint8Array): string {
  let [text, held, bits] = ['', 0, 0];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
    held &= 0xff;
  }
  return bits > 0 ? text + BASE32[(held << (5 - bits)) & 31] : text;
}

/** As authenticator apps read it from a QR code. */
export function totpUri(secret: Uint8Array, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = `secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=30`;
  return `otpauth://totp/${label}?${query}`;
}

/** Takes a code of the account's app, once: of two who bring the same at one moment, one is believed. */
export async function spendTotp(
  db: AccountsDb,
  keys: Keys,
  userId: string,
  code: string,
  now: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('auth_totps')
    .select('secret')
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
  const secret = row && openTotp(keys, userId, row.secret);
  const step = secret ? matchTotp(secret, code, now) : null;
  if (!secret || step === null) return false;
  const taken = await db
    .updateTable('auth_totps')
    // Under the present key from now on.
    .set({ last_step: step, secret: sealTotp(keys, userId, secret) })
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .where('last_step', '<', step)
    .returning('user_id')
    .executeTakeFirst();
  return taken !== undefined;
}
