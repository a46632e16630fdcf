/**
 * How plain bytes become ciphered blocks and back: `CHUNK_BYTES` of them at a time by AES-256-GCM, so that any range opens
 * without what lies before it.
 *
 *     block = random nonce 12 | ciphertext | tag 16
 *
 * The chunk's number is authenticated with it: blocks cannot change places. The nonce is random and new each time, because the
 * last, started block is ciphered again when the file goes on; with a key for each file, some 2^32 blocks are far from a repeat.
 */
import {
  type CipherGCM,
  createCipheriv,
  createDecipheriv,
  type KeyObject,
  randomFillSync,
} from 'node:crypto';
import { Transform } from 'node:stream';
import { BLOCK_BYTES, CHUNK_BYTES } from './byteStore.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What a block weighs more than its chunk. */
export const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;
/** Handed on at once: one write for several blocks. */
const BATCH_BYTES = 8 * BLOCK_BYTES;

function numbered(index: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUIntBE(index, 2, 6);
  return bytes;
}

/**
 * Blocks of the plain `pieces`, the first with this `index`; the last may be shorter. What it yields holds until the next is asked
 * for: new memory for each would keep the collector busier than the cipher keeps the core.
 */
export async function* sealBlocks(
  key: KeyObject,
  index: number,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const batch = Buffer.allocUnsafeSlow(BATCH_BYTES);
  let used = 0;
  let cipher: CipherGCM | null = null;
  /** Plain bytes that the begun block still takes. */
  let room = 0;

  const begin = (): CipherGCM => {
    const nonce = batch.subarray(used, used + NONCE_BYTES);
    used += NONCE_BYTES;
    room = CHUNK_BYTES;
    randomFillSync(nonce);
    return createCipheriv(CIPHER, key, nonce).setAAD(numbered(index));
  };
  const end = (begun: CipherGCM): void => {
    begun.final();
    used += begun.getAuthTag().copy(batch, used);
    index += 1;
    cipher = null;
  };

  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      cipher ??= begin();
      const plain = piece.subarray(at, at + room);
      used += cipher.update(plain).copy(batch, used);
      at += plain.length;
      room -= plain.length;
      if (room === 0) end(cipher);
      if (used === BATCH_BYTES) {
        yield batch;
        used = 0;
      }
    }
  }
  if (cipher) end(cipher);
  if (used > 0) yield batch.subarray(0, used);
}

/** The plain bytes of one block; null when it is not what was written there. */
export function openBlock(key: KeyObject, index: number, block: Buffer): Buffer | null {
  if (block.length <= SEAL_BYTES) return null;
  const decipher = createDecipheriv(CIPHER, key, block.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(numbered(index))
    .setAuthTag(block.subarray(-TAG_BYTES));
  const plain = decipher.update(block.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // The library's one way to say that the tag is another's.
    return null;
  }
  return plain;
}

/**
 * Takes blocks, the first the one in which `from` lies, gives the plain bytes from `from` up to `to`: all of them, each checked,
 * or ends with an error.
 */
export function blockOpener(key: KeyObject, from: number, to: number): Transform {
  let index = Math.floor(from / CHUNK_BYTES);
  let given = 0;
  /** The beginning of a block whose end comes with the next piece. */
  const carried = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let carrying = 0;

  const give = (stream: Transform, block: Buffer): void => {
    const plain = openBlock(key, index, block);
    if (!plain) throw new Error('The bytes of a file are not those that were written.');
    const start = index * CHUNK_BYTES;
    const wanted = plain.subarray(Math.max(0, from - start), Math.max(0, to - start));
    index += 1;
    given += wanted.length;
    if (wanted.length > 0) stream.push(wanted);
  };
  const carry = (piece: Buffer): number => {
    const copied = piece.copy(carried, carrying);
    carrying += copied;
    return copied;
  };

  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      let at = carrying > 0 ? carry(piece) : 0;
      try {
        if (carrying === BLOCK_BYTES) {
          give(this, carried);
          carrying = 0;
        }
        for (; at + BLOCK_BYTES <= piece.length; at += BLOCK_BYTES) {
          give(this, piece.subarray(at, at + BLOCK_BYTES));
        }
      } catch (error) {
        return done(error as Error);
      }
      if (at < piece.length) carry(piece.subarray(at));
      done();
    },
    flush(done) {
      try {
        if (carrying > 0) give(this, carried.subarray(0, carrying));
        if (given !== to - from) throw new Error('A file is shorter than what was written.');
      } catch (error) {
        return done(error as Error);
      }
      done();
    },
  });
}
