/** Secrets that lie in the database, ciphered, and bound to whose they are: a row that is moved to somebody else is of no use. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Keys } from './keys.ts';

const NONCE = 12;
const TAG = 16;

export function seal([key]: Keys, bound: string, secret: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
}

/** Null: it was ciphered with none of these keys, or bound to something else. */
export function unseal(keys: Keys, bound: string, sealed: Uint8Array): Buffer | null {
  for (const key of keys) {
    const secret = openWith(key, bound, Buffer.from(sealed));
    if (secret) return secret;
  }
  return null;
}

function openWith(key: Buffer, bound: string, bytes: Buffer): Buffer | null {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG })
    .setAAD(Buffer.from(bound))
    .setAuthTag(bytes.subarray(-TAG));
  const secret = decipher.update(bytes.subarray(NONCE, -TAG));
  try {
    return Buffer.concat([secret, decipher.final()]);
  } catch {
    // Its only way to say that the tag does not fit.
    return null;
  }
}
