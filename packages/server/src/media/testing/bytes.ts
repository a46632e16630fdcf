/** Bytes for tests of files: not random, so that a failure can be repeated, and nowhere the same twice. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** Each four of them hold their own place, mixed with the seed. */
export function bytesOf(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(Math.ceil(length / 4) * 4);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  for (let at = 0; at < words.length; at += 1) words[at] = Math.imul(at + seed * 7_919, 2_654_435_761);
  return bytes.subarray(0, length);
}

/** As a socket gives them. */
export async function* inPieces(bytes: Buffer, size = 65_536): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Pieces, and then the line drops. */
export async function* breakingOff(bytes: Buffer, error: Error, size?: number): AsyncGenerator<Buffer> {
  yield* inPieces(bytes, size);
  throw error;
}

export const allOf = async (stream: Promise<Readable>): Promise<Buffer> => buffer(await stream);

/** A difference of megabytes is not to be printed. */
export const digestOf = (bytes: Buffer): string =>
  `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;

export async function allKeys(keys: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const key of keys) all.push(key);
  return all.sort();
}
