/**
 * One process a data directory: the embedded database has no guard of its own, and two writers would destroy it. The lock
 * is a file that names its holder; a holder that is gone (`kill -9`, a power cut) is taken over from.
 */
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DataLock {
  release(): Promise<void>;
}

/** The directory is in use; `pid` is null when its holder did not say who it is. */
export class DataInUseError extends Error {
  readonly pid: number | null;

  constructor(directory: string, pid: number | null) {
    const who = pid === null ? 'another process' : `process ${pid}`;
    super(
      `${directory} is in use by ${who}. Stop that one first, or give this one a directory of its own in KITH_DATA.`,
    );
    this.name = 'DataInUseError';
    this.pid = pid;
  }
}

interface Holder {
  readonly pid: number;
  /** When the process began, in the kernel's own count, where it tells: a process id alone is used again. */
  readonly began: string | null;
}

const NAME = 'kith.lock';
/** A lock is written at once after it is made; one that stays empty this long belongs to a process that died in between. */
const EMPTY_MS = 2_000;
/** Clearing away a dead holder's lock takes an instant. */
const CLEARING_MS = 10_000;
const RETRY_MS = 50;

/** Takes the directory, which is made if need be. @throws DataInUseError */
export async function lockData(directory: string): Promise<DataLock> {
  // What people write to each other is in it: nobody else on this machine may look inside.
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, NAME);
  const mine = JSON.stringify({ pid: process.pid, began: await beganAt(process.pid) } satisfies Holder);
  for (;;) {
    if (await create(path, mine)) return { release: () => releaseOwn(path, mine) };
    const found = await readFile(path, 'utf8').catch(() => null);
    // Released between the two.
    if (found === null) continue;
    if (found === '' && (await ageOf(path)) < EMPTY_MS) {
      await sleep(RETRY_MS);
      continue;
    }
    const holder = parse(found);
    if (holder && (await isAlive(holder))) throw new DataInUseError(directory, holder.pid);
    await clear(path, found);
  }
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a dead holder's lock. Two that find it at once must not remove each other's new one: only who makes the second
 * file may remove the first, and only while it still says what was found.
 */
async function clear(path: string, found: string): Promise<void> {
  const guard = `${path}.clearing`;
  if (!(await create(guard, ''))) {
    if ((await ageOf(guard)) > CLEARING_MS) await rm(guard, { force: true });
    await sleep(RETRY_MS);
    return;
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => null)) === found) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function releaseOwn(path: string, mine: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => null)) === mine) await rm(path, { force: true });
}

const ageOf = async (path: string): Promise<number> =>
  Date.now() -
  (await stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  ));

function parse(content: string): Holder | null {
  try {
    const { pid, began } = JSON.parse(content) as Partial<Holder>;
    return typeof pid === 'number' && pid > 0
      ? { pid, began: typeof began === 'string' ? began : null }
      : null;
  } catch {
    return null;
  }
}

async function isAlive({ pid, began }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one all the same.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // In a container, a restarted process has the id of the one before it, namely 1.
  return began === null || (await beganAt(pid)) === began;
}

/** Field 22 of /proc/pid/stat: when the process began, in ticks since the machine did. Null where there is no /proc. */
async function beganAt(pid: number): Promise<string | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The second field is the program's name in brackets and may hold anything.
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
