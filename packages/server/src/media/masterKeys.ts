/**
 * The keys of the configuration, which open nothing but the keys of files: each wrapped key says by which master key it was, so
 * that a new one can come in while the old ones still open what they wrapped.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** What lies in the database: which master key 8 | nonce 12 | a file's key 32 | tag 16. */
const ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SECRET_BYTES = 32;
const WRAPPED_BYTES = ID_BYTES + NONCE_BYTES + SECRET_BYTES + TAG_BYTES;

const LABEL = 'kith files: master key 1';
/** Of a master key's text: 32 letters of base64 are 192 bits. */
const TEXT_LENGTH = 32;

export interface MasterKeys {
  /** Under the present one. */
  wrap(secret: Buffer): Buffer;
  /** @throws Error when none given opens it. */
  unwrap(wrapped: Buffer): Buffer;
  isPresent(wrapped: Buffer): boolean;
}

/** @param texts of 32 characters or more; the first is the present one. @throws Error for one that is shorter. */
export function createMasterKeys(texts: readonly string[]): MasterKeys {
  const keys = texts.map(keyOf);
  const present = () => {
    const [first] = keys;
    if (!first) throw new Error('Files are ciphered, but no master key is given.');
    return first;
  };
  const idOf = (wrapped: Buffer): Buffer => wrapped.subarray(0, ID_BYTES);
  return {
    wrap: (secret) => {
      const { id, key } = present();
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(id);
      return Buffer.concat([id, nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    },
    unwrap: (wrapped) => {
      const found = keys.find(({ id }) => id.equals(idOf(wrapped)));
      if (!found || wrapped.length !== WRAPPED_BYTES) {
        throw new Error('The key of a file was wrapped by a master key that is not given.');
      }
      const nonce = wrapped.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', found.key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(found.id)
        .setAuthTag(wrapped.subarray(-TAG_BYTES));
      const secret = decipher.update(wrapped.subarray(ID_BYTES + NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([secret, decipher.final()]);
    },
    isPresent: (wrapped) => present().id.equals(idOf(wrapped)),
  };
}

export const newSecret = (): Buffer => randomBytes(SECRET_BYTES);

function keyOf(text: string): { readonly id: Buffer; readonly key: Buffer } {
  if (text.length < TEXT_LENGTH) throw new Error(`A master key has at least ${TEXT_LENGTH} characters.`);
  const key = Buffer.from(hkdfSync('sha256', text, '', LABEL, SECRET_BYTES));
  return { id: createHash('sha256').update(key).digest().subarray(0, ID_BYTES), key };
}
