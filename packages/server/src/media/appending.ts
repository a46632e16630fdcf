/** What every home of bytes has to say about an append before it writes: may it be, and what if its source breaks off. */
import { KithError } from '@kith/protocol';
import { BLOCK_BYTES, KEY } from './byteStore.ts';

/** A key becomes a file's name or an object's: anything else than what this service makes is a mistake of ours, or a trick. */
export function checkKey(key: string): void {
  if (!KEY.test(key)) throw new Error('This is no key of a file.');
}

/** @throws KithError conflict: `at` is not a place where a file of this length goes on. */
export function checkAt(at: number, length: number): void {
  if (at < length - (length % BLOCK_BYTES) || at > length) {
    throw new KithError('conflict', { message: `The file has ${length} bytes; it cannot go on at ${at}.` });
  }
}

/**
 * A source that may break off (a phone goes into a tunnel): its pieces end where it does, and why is told afterwards, so that
 * what came before can be kept first and is not mistaken for an error of the writing. Empty pieces are left out.
 */
export interface Source {
  readonly pieces: AsyncGenerator<Uint8Array, void, undefined>;
  /** @throws what the source threw, if it did. */
  rethrow(): void;
}

export function sourceOf(chunks: AsyncIterable<Uint8Array>): Source {
  let broken: { readonly error: unknown } | null = null;
  async function* pieces() {
    try {
      for await (const chunk of chunks) if (chunk.length > 0) yield chunk;
    } catch (error) {
      broken = { error };
    }
  }
  return {
    pieces: pieces(),
    rethrow: () => {
      if (broken) throw broken.error;
    },
  };
}
