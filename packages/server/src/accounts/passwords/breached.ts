/**
 * Whether a password was leaked, asked of a file: the well-known list of SHA-1 hashes, sorted, one "HASH:COUNT" a line. It
 * has forty gigabytes and stays on its disk; a look takes some twenty-five reads of a few bytes. Nobody else is asked.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { KithError } from '@kith/protocol';
import { createLine } from './line.ts';

export interface BreachedList {
  /** @throws BreachedListUnreadable; KithError rate_limited when too many wait. */
  has(password: string): Promise<boolean>;
  close(): Promise<void>;
}

/** The file cannot be used, found at the start. The message is for whoever runs the server. */
export class BreachedListError extends Error {
  override name = 'BreachedListError';
  constructor(path: string, what: string, cause?: unknown) {
    super(`KITH_BREACHED_PASSWORDS: ${path} ${what}`, { cause });
  }
}

/** It could not be read, or is not what it was, in the middle of a look. */
export class BreachedListUnreadable extends Error {
  override name = 'BreachedListUnreadable';
}

/** Forty hexadecimal digits, a colon, a count of up to twenty digits, an end of line. */
const LINE_BYTES = 40 + 1 + 20 + 2;
const LINE = /^[0-9A-F]{40}:\d{1,20}\r?$/i;
/** What is read at once when only this much is left to search: one block of a disk. */
const BLOCK_BYTES = 4_096;
/** A disk that does not answer must not keep a sign-up, nor more than two of the threads that all files share. */
const LOOK_MS = 3_000;
const AT_ONCE = 2;
const MAX_WAITING = 64;

/** @throws BreachedListError when there is no such file or it has another form. */
export async function openBreachedList(path: string): Promise<BreachedList> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw new BreachedListError(path, `cannot be opened: ${messageOf(error)}`, error);
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new BreachedListError(path, 'is not a file.');
    await checkForm(file, stat.size, path);
    return listIn(file, stat.size);
  } catch (error) {
    await file.close();
    if (error instanceof BreachedListError) throw error;
    throw new BreachedListError(path, `cannot be read: ${messageOf(error)}`, error);
  }
}

function listIn(file: FileHandle, size: number): BreachedList {
  const inTurn = createLine(AT_ONCE, MAX_WAITING);
  return {
    has: async (password) => {
      // Leaks hold what was typed; we hash what is left of two ways to type one letter. Either counts.
      const hashes = new Set([password, password.normalize('NFKC')].map(sha1));
      for (const hash of hashes) if (await inTime(inTurn(() => find(file, size, hash)))) return true;
      return false;
    },
    close: () => file.close(),
  };
}

const sha1 = (password: string): string => createHash('sha1').update(password).digest('hex').toUpperCase();

/**
 * Halves what is left until it fits a block. `from` is always the beginning of a line, and `to` too, or the end of the file:
 * a line that begins in the middle is compared, and bounds one side from then on.
 */
async function find(file: FileHandle, size: number, hash: string): Promise<boolean> {
  let from = 0;
  let to = size;
  while (to - from > BLOCK_BYTES) {
    const middle = Math.floor((from + to) / 2);
    const bytes = await readAt(file, middle, 2 * LINE_BYTES);
    const start = bytes.indexOf('\n') + 1;
    const there = hashOf(bytes.slice(start, start + 41));
    if (start === 0 || there === null) throw new BreachedListUnreadable('it has a line of another form');
    if (there === hash) return true;
    if (there < hash) from = middle + start;
    else to = middle + start;
  }
  const block = await readAt(file, from, to - from);
  if (block.length < to - from) throw new BreachedListUnreadable('it is shorter than it was');
  return block.split('\n').some((line) => hashOf(line) === hash);
}

const hashOf = (line: string): string | null =>
  /^[0-9A-F]{40}:/i.test(line) ? line.slice(0, 40).toUpperCase() : null;

/** Exactly so many bytes, fewer only at the end of the file. */
async function readAt(file: FileHandle, position: number, length: number): Promise<string> {
  const buffer = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(buffer, read, length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return buffer.toString('latin1', 0, read);
}

/** First and last line, and their order: another list, or one that was not sorted, is found out before it is believed. */
async function checkForm(file: FileHandle, size: number, path: string): Promise<void> {
  if (size === 0) throw new BreachedListError(path, 'is empty.');
  const head = (await readAt(file, 0, LINE_BYTES + 1)).split('\n');
  const tail = (await readAt(file, Math.max(0, size - LINE_BYTES - 1), LINE_BYTES + 1)).split('\n');
  const first = head[0] ?? '';
  const last = (tail.at(-1) === '' ? tail.at(-2) : tail.at(-1)) ?? '';
  if (!LINE.test(first))
    throw new BreachedListError(path, 'does not begin with a line of SHA-1 hash, colon and count.');
  if (!LINE.test(last))
    throw new BreachedListError(path, 'does not end with a whole line: is all of it there?');
  if (first.slice(0, 40).toUpperCase() > last.slice(0, 40).toUpperCase())
    throw new BreachedListError(path, 'is not sorted by hash.');
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BreachedListUnreadable('it took too long')), LOOK_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof BreachedListUnreadable || error instanceof KithError) throw error;
    throw new BreachedListUnreadable(messageOf(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
