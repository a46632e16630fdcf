/**
 * A throw-away PostgreSQL for tests and benchmarks: a fresh cluster in a temporary folder, on a free port
 * of 127.0.0.1, gone without a trace afterwards.
 *
 *     import { startPostgres } from '@kith/tools/services/postgres.ts';
 *     const postgres = await startPostgres({ fsync: true });
 *     … postgres.url …
 *     await postgres.stop();
 *
 * Unit tests do not start their own: one runs for the whole run of Vitest, and each test file takes a
 * database of its own in it (see testDatabase.ts). Start one here only to restart it, or to set it up
 * otherwise.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPostgresBinaries, INSTALL_POSTGRES } from './binaries.ts';
import { collect, freePort, hasExited, type User, unprivilegedUser } from './processes.ts';

export interface PostgresOptions {
  /** Whether commits wait for the disk. Off by default: a test's data need not survive a power cut. */
  fsync?: boolean;
  /** Further settings of postgresql.conf, such as `{ shared_buffers: '1GB' }`. */
  settings?: Record<string, string>;
  /** Pins the server with all its processes to this CPU (Linux: `taskset`). */
  cpu?: number;
}

export interface Postgres {
  /** Of the superuser, in the database `postgres`. Stays the same over restarts. */
  readonly url: string;
  /** Of the postmaster, the parent of all of the server's processes; another one after each restart. */
  readonly pid: number;
  /**
   * Stops and starts it again on the same port. `fast` (the default) ends all connections and shuts down
   * in order; `immediate` is the crash: no checkpoint, recovery on the next start.
   */
  restart(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Stops it and removes its folder. May be called more than once. */
  stop(): Promise<void>;
}

const START_TIMEOUT = 60_000;
const STOP_TIMEOUT = 30_000;
const POLL = 25;

/** @throws Error that says what to install, when PostgreSQL is not on this machine. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const binaries = findPostgresBinaries();
  if (!binaries) throw new Error(`PostgreSQL is not installed. ${INSTALL_POSTGRES}`);

  const user = await unprivilegedUser('postgres', 'nobody');
  const folder = await mkdtemp(join(tmpdir(), 'kith-postgres-'));
  const guard = startGuard(folder);
  try {
    if (user) await chown(folder, user.uid, user.gid);
    await initialize(join(binaries, 'initdb'), folder, user);
    return await startCluster({ postgres: join(binaries, 'postgres'), folder, user, guard, options });
  } catch (error) {
    await removeFolder(folder);
    guard.dismiss();
    throw error;
  }
}

async function initialize(initdb: string, folder: string, user: User | undefined): Promise<void> {
  // The locale of the embedded database, so that both sort and fold case alike.
  const locale = process.platform === 'linux' ? 'C.UTF-8' : 'en_US.UTF-8';
  const args = [
    '--pgdata',
    join(folder, 'data'),
    '--username',
    'kith',
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
  ];
  const child = spawn(initdb, [...args, '--locale', locale, '--no-sync'], {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: START_TIMEOUT,
    killSignal: 'SIGKILL',
  });
  const { code, output } = await collect(child);
  if (code !== 0) throw new Error(`initdb failed (${code ?? 'timed out'}):\n${output.trim()}`);
}

interface Cluster {
  postgres: string;
  folder: string;
  user: User | undefined;
  guard: Guard;
  options: PostgresOptions;
}

async function startCluster(cluster: Cluster): Promise<Postgres> {
  const port = await freePort();
  let postmaster = await startPostmaster(cluster, port);
  let stopped: Promise<void> | undefined;

  const stop = async () => {
    // Nothing in it is worth a checkpoint.
    await endPostmaster(postmaster, 'SIGQUIT');
    await removeFolder(cluster.folder);
    cluster.guard.dismiss();
  };
  return {
    url: `postgres://kith@127.0.0.1:${port}/postgres`,
    get pid() {
      return postmaster.pid ?? 0;
    },
    async restart(mode = 'fast') {
      await endPostmaster(postmaster, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      postmaster = await startPostmaster(cluster, port);
    },
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

async function startPostmaster(cluster: Cluster, port: number): Promise<ChildProcess> {
  const { postgres, folder, user, options } = cluster;
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    max_connections: '200',
    // Two workers of Vitest, each with some parallel files; the kernel's shared memory stays untouched.
    fsync: options.fsync ? 'on' : 'off',
    // Without fsync, torn pages cannot be mended anyway. `synchronous_commit` stays on in both cases: with
    // it off, even a mere crash of the process (restart 'immediate') would lose acknowledged commits.
    full_page_writes: options.fsync ? 'on' : 'off',
    ...options.settings,
  };
  const args = ['-D', join(folder, 'data')];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const command: [string, ...string[]] =
    options.cpu === undefined
      ? [postgres, ...args]
      : ['taskset', '-c', String(options.cpu), postgres, ...args];

  const logPath = join(folder, 'log');
  const log = await open(logPath, 'a');
  const child = spawn(command[0], command.slice(1), {
    ...user,
    cwd: folder,
    // Of its own group: Ctrl-C in the terminal must not take the database from under a running test.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref(); // a forgotten stop() must not keep the test run from ending; the guard clears away
  await log.close();
  try {
    await untilReady(child, folder);
    return child;
  } catch (error) {
    await endPostmaster(child, 'SIGKILL');
    const end = (await readFile(logPath, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-15).join('\n');
    throw new Error(`PostgreSQL did not start: ${error instanceof Error ? error.message : error}\n${end}`);
  }
}

/** The eighth line of postmaster.pid is the server's own word for its state; it needs no client to ask. */
async function untilReady(child: ChildProcess, folder: string): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (const end = Date.now() + START_TIMEOUT; Date.now() < end; await sleep(POLL)) {
    if (failure) throw failure;
    if (hasExited(child)) throw new Error(`it exited (${child.exitCode ?? child.signalCode})`);
    const lines = (await readFile(join(folder, 'data/postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return;
  }
  throw new Error(`it was not ready within ${START_TIMEOUT / 1000} s`);
}

/** Ends it by the signal, by force when that takes too long; comes back when it is gone. */
async function endPostmaster(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || hasExited(child)) return;
  const gone = once(child, 'exit');
  child.ref();
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT);
  await gone;
  clearTimeout(force);
}

/** Backends outlive a killed postmaster by a moment and may still write: hence the retries. */
const removeFolder = (folder: string) =>
  rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });

interface Guard {
  /** Everything is cleared away: the guard may go. */
  dismiss(): void;
}

/**
 * A small shell process that waits for the end of its input. The other end is ours: however this process
 * ends, by a signal or `kill -9` included, the kernel closes it, and the guard stops the database and
 * removes the folder. No exit handler could promise that.
 */
function startGuard(folder: string): Guard {
  // The server removes postmaster.pid as its last deed; a process id alone may linger or be used again.
  const script = `
    cat > /dev/null
    note="$1/data/postmaster.pid"
    pid=$(head -n 1 "$note" 2> /dev/null)
    if [ -n "$pid" ] && kill -QUIT "$pid" 2> /dev/null; then
      for i in $(seq 100); do
        [ -e "$note" ] && kill -0 "$pid" 2> /dev/null || break
        sleep 0.1
      done
      [ -e "$note" ] && kill -KILL "$pid" 2> /dev/null
    fi
    rm -rf "$1"`;
  const child = spawn('/bin/sh', ['-c', script, 'kith-postgres-guard', folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  // A pipe does not keep the event loop alive by itself, but only once it is unreferenced.
  (child.stdin as unknown as { unref?(): void }).unref?.();
  return { dismiss: () => void child.stdin.end() };
}
