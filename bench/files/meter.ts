/** What work cost: time, CPU of whoever took part, how full the two cores were; and how much memory a server came to hold. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpuOfTrees, timeOfCore } from '../processes.ts';
import { serverCore } from '../stack.ts';

export interface Served {
  readonly pid: number;
  /** Null: there is none. */
  readonly databasePid: number | null;
}

/** What was done meanwhile. */
export interface Done {
  readonly bytes: number;
  /** Files, whole. */
  readonly files: number;
}

export interface Measured extends Done {
  readonly seconds: number;
  /** CPU, s; of the database null where there is none. */
  readonly serverSeconds: number;
  readonly databaseSeconds: number | null;
  /** Shares, 0 to 1: of the server's core, whoever used it, and of the load's. */
  readonly coreBusy: number;
  readonly loadBusy: number;
}

/** Begins to measure; what it returns ends it. `done` is asked at both ends. */
export function meter({ pid, databasePid }: Served, done: () => Done): () => Measured {
  const look = () => {
    const [server = 0, database = 0] = cpuOfTrees(databasePid === null ? [pid] : [pid, databasePid]);
    const { user, system } = process.cpuUsage();
    const { processes, interrupts } = timeOfCore(serverCore);
    return {
      ...done(),
      at: performance.now(),
      server,
      database,
      core: processes + interrupts,
      load: (user + system) / 1_000,
    };
  };
  const before = look();
  return () => {
    const after = look();
    const took = after.at - before.at;
    return {
      bytes: after.bytes - before.bytes,
      files: after.files - before.files,
      seconds: took / 1_000,
      serverSeconds: (after.server - before.server) / 1_000,
      databaseSeconds: databasePid === null ? null : (after.database - before.database) / 1_000,
      coreBusy: (after.core - before.core) / took,
      loadBusy: (after.load - before.load) / took,
    };
  };
}

/** Bytes, resident: what each came to at its highest. */
export interface Highest {
  readonly server: number;
  /** Of the processes that decode pictures, one of them. */
  readonly worker: number;
  /** Of a program of others that it called. */
  readonly program: number;
}

const LOOK_MS = 20;
/** What the server calls the process that decodes pictures (packages/server/src/media/inspect/worker.ts). */
const WORKER = /inspect\/worker\.ts/;

/** Begins to watch; what it returns ends it. The kernel keeps the highest itself: no moment is missed, only what ends at once. */
export function watchMemory(serverPid: number): () => Highest {
  let [worker, program] = [0, 0];
  const look = (): void => {
    for (const pid of descendantsOf(serverPid)) {
      const highest = highestOf(pid);
      if (WORKER.test(textOf(`/proc/${pid}/cmdline`))) worker = Math.max(worker, highest);
      else program = Math.max(program, highest);
    }
  };
  for (const pid of [serverPid, ...descendantsOf(serverPid)]) forgetHighest(pid);
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    look();
    return { server: highestOf(serverPid), worker, program };
  };
}

/** From now on the kernel keeps the highest anew. */
function forgetHighest(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

const highestOf = (pid: number): number => parseHighest(textOf(`/proc/${pid}/status`));

/** Of /proc/<pid>/status, bytes; 0 of a process that has ended. */
export const parseHighest = (status: string): number =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1_024;

function descendantsOf(pid: number): number[] {
  // A thread that starts a process is its parent here.
  const children = foldersOf(`/proc/${pid}/task`).flatMap((task) =>
    textOf(`/proc/${pid}/task/${task}/children`).trim().split(' ').filter(Boolean).map(Number),
  );
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function foldersOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

/** Processes end between two looks. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');
