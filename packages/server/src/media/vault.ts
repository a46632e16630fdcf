/**
 * Files as they are read and written, in front of bytes as they lie there: ciphered, each with a key of its own, which is itself
 * ciphered (wrapped) by the master key of the configuration.
 */
import type { Readable } from 'node:stream';
import type { Fence, LinkOptions } from './byteStore.ts';

/** One file's place. What the database keeps of it. */
export interface VaultPlace {
  readonly key: string;
  /** The file's own key, wrapped; null: the bytes lie there as they are (encrypted by their sender, or by the store). */
  readonly secret: Buffer | null;
}

export interface Vault {
  /** A place for a new file, nowhere written yet. */
  newPlace(): VaultPlace;
  /** Plain bytes that are surely kept; null: none were begun. */
  length(place: VaultPlace): Promise<number | null>;
  /**
   * Goes on at `at`, the present length. When `chunks` throws (the line dropped), what came before is kept, then the error is
   * passed on. Resolves to the new length. @throws KithError storage_full, unavailable; what `fence` throws.
   */
  append(place: VaultPlace, at: number, chunks: AsyncIterable<Uint8Array>, fence?: Fence): Promise<number>;
  finish(place: VaultPlace): Promise<void>;
  /** Plain bytes from `from` up to `to`, not included. Bytes that are not what was written end the stream with an error. */
  read(place: VaultPlace, from: number, to: number): Promise<Readable>;
  remove(place: VaultPlace): Promise<void>;
  keys(before: Date): AsyncIterable<string>;
  /** Only of what is not ciphered here, and where the store can. */
  link(place: VaultPlace, options: LinkOptions): Promise<string | null>;
  /** The same secret under the present master key; null when it is already. @throws when no master key given opens it. */
  rewrap(secret: Buffer): Buffer | null;
}

/** Where the bytes of a row lie. */
export const placeOf = ({
  object,
  secret,
}: {
  readonly object: string;
  readonly secret: Buffer | null;
}): VaultPlace => ({
  key: object,
  secret,
});
