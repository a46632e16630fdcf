/**
 * The vault (vault.ts) over a store of bytes: it knows which blocks hold which plain bytes, and whose key opens them. What a file
 * says of its length is what opens: a last block that was cut off in the middle of being written counts as not there.
 */
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { pipeline, Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { KithError } from '@kith/protocol';
import { sourceOf } from './appending.ts';
import { blockOpener, openBlock, SEAL_BYTES, sealBlocks } from './blocks.ts';
import { BLOCK_BYTES, type ByteStore, CHUNK_BYTES } from './byteStore.ts';
import { createMasterKeys, newSecret } from './masterKeys.ts';
import type { Vault, VaultPlace } from './vault.ts';

export interface VaultOptions {
  readonly store: ByteStore;
  /** Texts of 32 characters or more. The first wraps, the others only open what they wrapped in their time. */
  readonly masterKeys: readonly string[];
  /** Of new places. What was written before stays as it is, and readable. */
  readonly ciphers: boolean;
}

/** @throws Error for master keys that are too short, or none where one is needed. */
export function createVault({ store, masterKeys, ciphers }: VaultOptions): Vault {
  const keys = createMasterKeys(masterKeys);
  if (ciphers && masterKeys.length === 0) throw new Error('Files are ciphered, but no master key is given.');
  const keyOf = (secret: Buffer): KeyObject => createSecretKey(keys.unwrap(secret));

  /** What is plain of the block that begins chunk `index` and has this many bytes; null when it does not open. */
  const partOf = async (place: VaultPlace, key: KeyObject, index: number, bytes: number) => {
    const start = index * BLOCK_BYTES;
    return openBlock(key, index, await buffer(await store.read(place.key, start, start + bytes)));
  };

  /** What is to be written where, so that `pieces` follow the plain byte `at`. */
  const sealedFrom = async (
    place: VaultPlace,
    secret: Buffer,
    at: number,
    pieces: AsyncIterable<Uint8Array>,
  ) => {
    const key = keyOf(secret);
    const index = Math.floor(at / CHUNK_BYTES);
    const within = at % CHUNK_BYTES;
    // Its tag and nonce are of what it was: it is opened, and ciphered again with what follows.
    const begun = within === 0 ? null : await partOf(place, key, index, within + SEAL_BYTES);
    if (within > 0 && begun?.length !== within) {
      throw new KithError('conflict', { message: `The file does not go on at ${at}.` });
    }
    return { at: index * BLOCK_BYTES, chunks: sealBlocks(key, index, follow(begun, pieces)) };
  };

  return {
    newPlace: () => ({
      key: randomBytes(16).toString('hex'),
      secret: ciphers ? keys.wrap(newSecret()) : null,
    }),
    length: async (place) => {
      const stored = await store.length(place.key);
      if (stored === null || place.secret === null) return stored;
      const index = Math.floor(stored / BLOCK_BYTES);
      const rest = stored % BLOCK_BYTES;
      const begun = rest === 0 ? null : await partOf(place, keyOf(place.secret), index, rest);
      return index * CHUNK_BYTES + (begun?.length ?? 0);
    },
    append: async (place, at, chunks, fence) => {
      const source = sourceOf(chunks);
      try {
        const first = await source.pieces.next();
        // Nothing came: what lies there is not touched, but a file that is empty must begin too.
        if (first.done && at > 0) {
          source.rethrow();
          return at;
        }
        let end = at;
        const counted = (async function* () {
          if (first.done) return;
          end += first.value.length;
          yield first.value;
          for await (const piece of source.pieces) {
            end += piece.length;
            yield piece;
          }
        })();
        const { secret, key } = place;
        const write = secret ? await sealedFrom(place, secret, at, counted) : { at, chunks: counted };
        await store.append(key, write.at, write.chunks, fence);
        source.rethrow();
        return end;
      } finally {
        await source.pieces.return();
      }
    },
    finish: ({ key }) => store.finish(key),
    read: async ({ key, secret }, from, to) => {
      if (to <= from) return Readable.from([]);
      if (secret === null) return through(await store.read(key, from, to), allOf(to - from));
      const opener = blockOpener(keyOf(secret), from, to);
      const first = Math.floor(from / CHUNK_BYTES) * BLOCK_BYTES;
      return through(await store.read(key, first, Math.ceil(to / CHUNK_BYTES) * BLOCK_BYTES), opener);
    },
    remove: ({ key }) => store.remove(key),
    keys: (before) => store.keys(before),
    link: async ({ key, secret }, options) =>
      secret === null && store.link ? store.link(key, options) : null,
    rewrap: (secret) => (keys.isPresent(secret) ? null : keys.wrap(keys.unwrap(secret))),
  };
}

/** Whatever ends one of them ends the other; its error comes to whoever reads. */
const through = (bytes: Readable, transform: Transform): Readable =>
  pipeline(bytes, transform, () => undefined);

/** Bytes as they are, but not fewer: whoever promised so many to a browser must not end as if it were well. */
function allOf(bytes: number): Transform {
  let given = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      given += piece.length;
      done(null, piece);
    },
    flush: (done) => done(given === bytes ? null : new Error('A file is shorter than what was written.')),
  });
}

async function* follow(begun: Uint8Array | null, pieces: AsyncIterable<Uint8Array>) {
  if (begun) yield begun;
  yield* pieces;
}
