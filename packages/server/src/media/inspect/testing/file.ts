/** A file as the inspector gets at it, lying in memory, and how much was read of it. */
import { Readable } from 'node:stream';
import type { Inspected } from '../inspector.ts';

export interface TestFile extends Inspected {
  readonly wasRead: () => number;
}

/** In pieces as a disk gives them. `holes`: a size beyond the bytes, all zeros. */
export function fileOf(
  bytes: Uint8Array,
  { signal = new AbortController().signal, size = bytes.length } = {},
): TestFile {
  const whole = Buffer.from(bytes);
  let total = 0;
  return {
    size,
    signal,
    wasRead: () => total,
    read: async (from, to) =>
      Readable.from(
        (function* () {
          for (let at = from; at < to; at += PIECE) {
            const end = Math.min(to, at + PIECE);
            total += end - at;
            const piece = Buffer.alloc(end - at);
            whole.copy(piece, 0, at, end);
            yield piece;
          }
        })(),
      ),
  };
}

const PIECE = 64 * 1024;
