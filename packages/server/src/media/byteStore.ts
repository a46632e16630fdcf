/**
 * Where bytes of files lie: a disk, or a store of objects that speaks S3. It knows nothing of files, people or ciphers; vault.ts
 * stands in front of it. Every home passes testing/byteStoreContract.ts. Nobody writes the same key twice at a time: whoever
 * takes uploads sees to it.
 */
import type { Readable } from 'node:stream';

export interface ByteStore {
  /**
   * Writes at `at`, which is the present length or less, and cuts off what lay behind it; the first write (`at` 0) begins it.
   * Everything `chunks` gave is kept for good when this resolves. Never goes back further than the last multiple of
   * `BLOCK_BYTES` before the end. When `chunks` throws, what it gave before is kept, and the error passed on.
   * `fence` is asked before each change. @throws KithError storage_full, unavailable; conflict: it cannot go on there; what
   * `fence` throws.
   */
  append(key: string, at: number, chunks: AsyncIterable<Uint8Array>, fence?: Fence): Promise<void>;
  /** Bytes that are surely kept; null: nothing was begun under this key. */
  length(key: string): Promise<number | null>;
  /** Nothing will be appended any more. Again is fine. */
  finish(key: string): Promise<void>;
  /**
   * Bytes from `from` up to `to`, not included, or up to the end. Before `finish` only what lies behind the last multiple of
   * `BLOCK_BYTES` is surely there to be read. @throws KithError not_found, not_ready, unavailable: here, or by the stream.
   */
  read(key: string, from: number, to: number): Promise<Readable>;
  /** Finished or not. What is not there is gone already. */
  remove(key: string): Promise<void>;
  /** Keys of all there is, begun ones too, that were last changed before `before`: for the sweep of orphans. */
  keys(before: Date): AsyncIterable<string>;
  /** An address where whoever has it gets the bytes, without asking this service. Undefined where there is no such thing. */
  readonly link?: (key: string, options: LinkOptions) => Promise<string>;
}

/** Throws when somebody else may be writing there by now: then nothing more is changed, not even to bring it to an end. */
export type Fence = () => void;

export interface LinkOptions {
  readonly seconds: number;
  readonly mime: string;
  /** As the header says it. */
  readonly disposition: string;
}

/** Plain bytes that are ciphered together, and what they weigh then: vault.ts. Stores cut their pieces at multiples of it. */
export const CHUNK_BYTES = 64 * 1024;
export const BLOCK_BYTES = CHUNK_BYTES + 28;

/** Keys are made by this service: letters and digits, so that they are a file's name anywhere. */
export const KEY = /^[a-z0-9]{32}$/;
