/**
 * The real server as a process of its own, as `npm start` runs it: on a free port that stays the same over restarts, on
 * the embedded database in a folder of its own, or on PostgreSQL.
 *
 *     const server = await startServer();
 *     … server.url …
 *     await server.kill(); // kill -9
 *     await server.start(); // the same data, the same address
 *     await server.dispose();
 *
 * Rate limits are off unless `env` says otherwise: a test is faster than people.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverEnvironment, serverFlags } from '@kith/tools/serverFlags.mjs';
import { freePort } from '@kith/tools/services/processes.ts';
import { until } from './wait.ts';

export interface ServerOptions {
  /** `postgres://…`; absent: the embedded database. */
  readonly databaseUrl?: string;
  /** Where the embedded database lives; absent: a temporary folder, removed by `dispose`. */
  readonly dataDirectory?: string;
  /** What the temporary folder begins as a copy of. */
  readonly template?: string;
  readonly port?: number;
  /** More settings, such as `{ KITH_SIGN_UP: 'closed' }`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

export interface Exit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Server {
  readonly url: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** Of the running process. @throws Error when there is none. */
  readonly pid: number;
  readonly running: boolean;
  /** What all its processes printed so far. */
  output(): string;
  /** Spawns it, without waiting for anything. */
  spawn(): void;
  /** Spawns it unless it runs, and resolves when `/readyz` says so. */
  start(): Promise<void>;
  /** Resolves when `/readyz` says so; rejects when the process ends instead. */
  ready(): Promise<void>;
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it has ended by itself. */
  stop(): Promise<Exit>;
  /** Resolves when the process ends. */
  exited(): Promise<Exit>;
  /** Kills it and removes its temporary folder. */
  dispose(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url));
const READY_MS = 60_000;
const STOP_MS = 30_000;
/** Enough to explain a failure. */
const OUTPUT_MAX = 200_000;

/** A server that is ready to be used. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const server = await createServerProcess(options);
  try {
    await server.start();
  } catch (error) {
    await server.dispose();
    throw error;
  }
  return server;
}

/** A server that is not started yet. */
export async function createServerProcess(options: ServerOptions = {}): Promise<Server> {
  const port = options.port ?? (await freePort());
  const temporary =
    options.dataDirectory === undefined ? await mkdtemp(join(tmpdir(), 'kith-e2e-')) : undefined;
  const dataDirectory = options.dataDirectory ?? join(temporary ?? '', 'data');
  if (temporary !== undefined && options.template !== undefined)
    await cp(options.template, dataDirectory, { recursive: true });
  const url = `http://localhost:${port}`;
  let child: ChildProcess | undefined;
  let exit: Promise<Exit> | undefined;
  let printed = '';

  const note = (chunk: Buffer): void => {
    printed = (printed + chunk.toString()).slice(-OUTPUT_MAX);
  };
  const isRunning = (): boolean =>
    child !== undefined && child.exitCode === null && child.signalCode === null;

  const spawnIt = (): void => {
    if (isRunning()) throw new Error('The server runs already.');
    const started = spawn(process.execPath, [...serverFlags, MAIN, ...(options.args ?? [])], {
      env: {
        ...serverEnvironment,
        ...process.env,
        PORT: String(port),
        HOST: '127.0.0.1',
        KITH_DATA: dataDirectory,
        DATABASE_URL: options.databaseUrl ?? '',
        KITH_RATE_FACTOR: '0',
        KITH_LOG_LEVEL: 'warn',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.stdout.on('data', note);
    started.stderr.on('data', note);
    exit = once(started, 'close').then(([code, signal]) => ({ code, signal }) as Exit);
    child = started;
    leftovers.add(started);
    void exit.finally(() => leftovers.delete(started));
  };

  const exited = async (): Promise<Exit> => {
    if (!exit) throw new Error('The server was never started.');
    return exit;
  };

  const ready = async (): Promise<void> => {
    const end = performance.now() + READY_MS;
    await until(
      `${url}/readyz answers`,
      async () => {
        if (!isRunning()) return 'ended';
        const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
        await response.arrayBuffer();
        return response.ok && 'ready';
      },
      { timeoutMs: end - performance.now(), everyMs: 40 },
    ).then((state) => {
      if (state === 'ended')
        throw new Error(`The server ended instead of getting ready:\n${printed.slice(-4_000)}`);
    });
  };

  const kill = async (): Promise<void> => {
    if (!isRunning()) return;
    child?.kill('SIGKILL');
    await exited();
  };

  return {
    url,
    port,
    dataDirectory,
    get pid() {
      if (!isRunning() || child?.pid === undefined) throw new Error('The server does not run.');
      return child.pid;
    },
    get running() {
      return isRunning();
    },
    output: () => printed,
    spawn: spawnIt,
    start: async () => {
      if (!isRunning()) spawnIt();
      await ready();
    },
    ready,
    kill,
    stop: async () => {
      child?.kill('SIGTERM');
      const force = setTimeout(() => child?.kill('SIGKILL'), STOP_MS);
      return exited().finally(() => clearTimeout(force));
    },
    exited,
    dispose: async () => {
      await kill();
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** No server outlives the tests that started it, not even when they crash. */
const leftovers = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of leftovers) child.kill('SIGKILL');
});
