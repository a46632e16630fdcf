/**
 * Bytes on a disk of this machine, or one that all nodes have mounted. A key is a file, two folders deep by its first letters so
 * that no folder holds millions; its length is the file's size, so there is nothing beside it that could contradict it.
 *
 * What a death in the middle leaves: bytes are written from front to back, so a file is always a true beginning of what was sent,
 * but where a started block is written again, longer: cut off there, it no longer opens, and its at most `CHUNK_BYTES` count as
 * never come. The length told then is smaller than the one told before, and the sender goes on from there.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { KithError } from '@kith/protocol';
import { checkAt, checkKey, sourceOf } from './appending.ts';
import { BLOCK_BYTES, type ByteStore, KEY } from './byteStore.ts';

/** Read at once: whole blocks, so that whoever opens them need not put them together. */
const PIECE_BYTES = 8 * BLOCK_BYTES;
const FOLDER = /^[a-z0-9]{2}$/;
/** Written between two looks at what is left. */
const LOOK_EVERY_BYTES = 4 * 1024 * 1024;

export interface DiskStoreOptions {
  /** Bytes of a disk of this size that files leave free. */
  readonly reserve?: (diskBytes: number) => number;
}

/** The database may lie on the same disk, and stops for everybody when it is full. A small disk is not kept empty for that. */
export const usualReserve = (diskBytes: number): number =>
  Math.min(Math.max(512 * 1024 * 1024, diskBytes * 0.02), diskBytes * 0.1);

/** @param root is made when the first file is written. */
export function createDiskStore(root: string, { reserve = usualReserve }: DiskStoreOptions = {}): ByteStore {
  const pathOf = (key: string): string => {
    checkKey(key);
    return join(root, key.slice(0, 2), key.slice(2, 4), key);
  };

  /** @throws KithError storage_full: what is left is not for files. */
  const demandRoom = async (path: string): Promise<void> => {
    const { bsize, blocks, bavail } = await statfs(path);
    // Some that are mounted over a network do not say.
    if (blocks > 0 && bavail * bsize < reserve(blocks * bsize)) throw new KithError('storage_full');
  };

  /** A file that is there for good, empty. */
  const begin = async (path: string): Promise<FileHandle> => {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      // Any of them may have been made just now, by us or by another upload that has not yet come as far.
      for (const made of [folder, dirname(folder), root, dirname(root)]) await syncFolder(made);
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  };

  return {
    append: async (key, at, chunks, fence) => {
      const path = pathOf(key);
      const source = sourceOf(chunks);
      const handle = await open(path, 'r+')
        .catch(async (error: unknown) => {
          if (codeOf(error) !== 'ENOENT') throw error;
          checkAt(at, 0);
          return begin(path);
        })
        .catch(fail);
      try {
        const { size } = await handle.stat();
        checkAt(at, size);
        await demandRoom(path);
        let end = at;
        let looked = at;
        for await (const piece of source.pieces) {
          if (end - looked >= LOOK_EVERY_BYTES) {
            await demandRoom(path);
            looked = end;
          }
          fence?.();
          await writeAll(handle, piece, end);
          end += piece.length;
        }
        fence?.();
        // Not before: until then the block that is written again is better than none.
        if (size > end) await handle.truncate(end);
        await sync(handle, at);
      } catch (error) {
        fail(error);
      } finally {
        await handle.close();
      }
      source.rethrow();
    },
    length: (key) =>
      stat(pathOf(key)).then(
        ({ size }) => size,
        (error: unknown) => (codeOf(error) === 'ENOENT' ? null : fail(error)),
      ),
    finish: async (key) => {
      const path = pathOf(key);
      const handle = await open(path, 'r+').catch(fail);
      try {
        await handle.sync();
        await syncFolder(dirname(path));
      } catch (error) {
        fail(error);
      } finally {
        await handle.close();
      }
    },
    read: async (key, from, to) => {
      const handle = await open(pathOf(key), 'r').catch(fail);
      return readFrom(handle, from, to);
    },
    remove: (key) =>
      unlink(pathOf(key)).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') fail(error);
      }),
    keys: async function* (before) {
      try {
        for await (const outer of namesIn(root, FOLDER)) {
          for await (const inner of namesIn(outer.path, FOLDER)) {
            for await (const { name, path } of namesIn(inner.path, KEY)) {
              const changed = await stat(path).catch(ignoreGone);
              if (changed && changed.mtime < before) yield name;
            }
          }
        }
      } catch (error) {
        fail(error);
      }
    },
  };
}

async function writeAll(handle: FileHandle, piece: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const { bytesWritten } = await handle.write(piece, done, piece.length - done, at + done);
    done += bytesWritten;
  }
}

/** What a disk did not take when it was told to keep it is in an unknown state: it must not be counted, so it is cut off. */
async function sync(handle: FileHandle, at: number): Promise<void> {
  try {
    await handle.datasync();
  } catch (error) {
    // If that fails too, the disk is beyond help, and the first error says so.
    await handle.truncate(at).catch(() => undefined);
    throw error;
  }
}

/** A name in a folder is kept for good only when the folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A stream of our own: it reads no further than it is asked, and its errors are ours. */
function readFrom(handle: FileHandle, from: number, to: number): Readable {
  let at = from;
  return new Readable({
    // One piece waits while another is used.
    highWaterMark: 1,
    read() {
      const wanted = Math.min(PIECE_BYTES, to - at);
      if (wanted <= 0) {
        this.push(null);
        return;
      }
      const piece = Buffer.allocUnsafeSlow(wanted);
      handle.read(piece, 0, wanted, at).then(
        ({ bytesRead }) => {
          at += bytesRead;
          this.push(bytesRead === 0 ? null : piece.subarray(0, bytesRead));
        },
        (error: unknown) => this.destroy(errorOf(error)),
      );
    },
    destroy(error, done) {
      handle.close().then(
        () => done(error),
        (failed: Error) => done(error ?? failed),
      );
    },
  });
}

async function* namesIn(folder: string, pattern: RegExp): AsyncGenerator<{ name: string; path: string }> {
  const entries = await opendir(folder).catch(ignoreGone);
  if (!entries) return;
  for await (const { name } of entries) if (pattern.test(name)) yield { name, path: join(folder, name) };
}

/** Removed while we walk, or nothing was ever written. */
function ignoreGone(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException | null)?.code;

function errorOf(error: unknown): KithError {
  if (error instanceof KithError) return error;
  const code = codeOf(error);
  if (code === 'ENOENT') return new KithError('not_found', { cause: error });
  if (code === 'ENOSPC' || code === 'EDQUOT') return new KithError('storage_full', { cause: error });
  return new KithError('unavailable', {
    message: 'The service cannot get at its files. Try again shortly.',
    cause: error,
  });
}

function fail(error: unknown): never {
  throw errorOf(error);
}
