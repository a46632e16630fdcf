/** What is measured: the server and its database as processes of their own, pinned to one core. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverFlags } from '@kith/tools/serverFlags.mjs';
import { type Postgres, startPostgres } from '@kith/tools/services/postgres.ts';
import { createPeople, type Person } from './people.ts';

/** The measured on one core, the load on the other. */
export const serverCore = 0;
export const loadCore = 1;

export interface Stack {
  /** Of the socket. */
  readonly url: string;
  readonly serverPid: number;
  /** Null with the embedded database, which lives in the server. */
  readonly databasePid: number | null;
  readonly databaseUrl: string | null;
  readonly people: readonly Person[];
  /** Where the profile lies once stopped. */
  readonly folder: string;
  /** Ends the server in order, so that a profile is written. May be called again. */
  stopServer(): Promise<void>;
  /** Ends and removes everything. */
  stop(): Promise<void>;
}

export interface StackOptions {
  readonly database: 'postgres' | 'embedded';
  readonly people: number;
  readonly profile: boolean;
}

const SERVER = fileURLToPath(new URL('../packages/server/src/main.ts', import.meta.url));
const START_MS = 60_000;
const STOP_MS = 20_000;

/**
 * fsync on, commits wait for the disk. More room than PostgreSQL's defaults for caches and for what is between two
 * checkpoints, as on any server that means it.
 */
export const postgresSettings = { shared_buffers: '512MB', max_wal_size: '4GB' };

export async function startStack(options: StackOptions): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-bench-'));
  let postgres: Postgres | null = null;
  let server: ChildProcess | null = null;
  const stopServer = async (): Promise<void> => {
    if (server) await end(server);
  };
  const stop = async (): Promise<void> => {
    await stopServer();
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    if (options.database === 'postgres') {
      postgres = await startPostgres({ fsync: true, cpu: serverCore, settings: postgresSettings });
    }
    const directory = join(folder, 'data');
    const secret = randomBytes(32).toString('hex');
    const people = await createPeople(
      postgres ? { url: postgres.url } : { directory },
      secret,
      options.people,
    );
    server = spawnServer({
      core: serverCore,
      secret,
      databaseUrl: postgres?.url ?? '',
      env: { KITH_DATA: directory },
      nodeFlags: options.profile ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [],
    });
    const url = await socketUrl(server);
    return {
      url,
      serverPid: server.pid ?? 0,
      databasePid: postgres?.pid ?? null,
      databaseUrl: postgres?.url ?? null,
      people,
      folder,
      stopServer,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export interface ServerOptions {
  readonly core: number;
  readonly secret: string;
  /** Empty: the embedded database. */
  readonly databaseUrl: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
}

/** A server as `npm start` runs it, pinned to its core. */
export function spawnServer({ core, secret, databaseUrl, env, nodeFlags = [] }: ServerOptions): ChildProcess {
  const command = [process.execPath, ...serverFlags, ...nodeFlags, SERVER];
  return spawn('taskset', ['-c', String(core), ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: '0',
      KITH_SECRET: secret,
      KITH_RATE_FACTOR: '0',
      KITH_LOG_LEVEL: 'warn',
      DATABASE_URL: databaseUrl,
      ...env,
    },
  });
}

/** The address of its socket, once it is ready. */
export async function socketUrl(server: ChildProcess): Promise<string> {
  const address = await readyAddress(server);
  return `${address.replace('localhost', '127.0.0.1').replace(/^http/, 'ws')}/v1/socket`;
}

/** Waits for the line that says where the server is. */
async function readyAddress(server: ChildProcess): Promise<string> {
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error(`The server was not ready in time.\n${output}`)), START_MS);
  server.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    const address = /Kith is ready: (http\S+)/.exec(output)?.[1];
    if (address) resolve(address);
  });
  server.once('error', reject);
  server.once('exit', (code) => reject(new Error(`The server ended (${code}).\n${output}`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a child by its pid, by force when it takes too long. */
export async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGTERM');
  const force = setTimeout(() => server.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(force);
}
