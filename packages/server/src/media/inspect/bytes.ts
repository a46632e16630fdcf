/** Parts of a file in memory, always with a bound. */
import { KithError } from '@kith/protocol';
import type { Inspected } from './inspector.ts';

/** All bytes from `from` up to `to`, which the caller keeps within what memory bears. */
export async function bytesOf(file: Inspected, from: number, to: number): Promise<Buffer> {
  const end = Math.min(to, file.size);
  if (from >= end) return Buffer.alloc(0);
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of await file.read(from, end)) {
    file.signal.throwIfAborted();
    parts.push(part);
    length += part.length;
    if (length > end - from) break;
  }
  if (length !== end - from) {
    throw new KithError('internal', { message: 'A file has another length than was written down.' });
  }
  return Buffer.concat(parts);
}

/** A file of which a little is read here and there, near each other: by whoever walks its boxes. */
export interface Pages {
  /** Fewer bytes where the file ends; none when it has been asked too often. */
  at(from: number, length: number): Promise<Buffer>;
}

const PAGE = 64 * 1024;

/** `most`: of pages read, so that no chain of boxes leads through the whole of a large file. */
export function pagesOf(file: Inspected, most: number): Pages {
  let page: Buffer = Buffer.alloc(0);
  let begin = 0;
  let left = most;
  return {
    at: async (from, length) => {
      if (from < begin || from + length > begin + page.length) {
        if (left === 0 || from >= file.size) return Buffer.alloc(0);
        left -= 1;
        page = await bytesOf(file, from, from + PAGE);
        begin = from;
      }
      return page.subarray(from - begin, from - begin + length);
    },
  };
}
