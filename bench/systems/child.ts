/** A server of others as a child process: pinned to its core, in a folder of its own, ended by its pid. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { User } from '@kith/tools/services/processes.ts';
import { end, serverCore } from '../stack.ts';

const START_MS = 60_000;
const LOG_LINES = 15;

/** A folder that `user` may write to, with these folders in it. */
export async function temporaryFolder(user: User | undefined, ...inside: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-bench-'));
  if (user) await chown(folder, user.uid, user.gid);
  for (const name of inside) {
    await mkdir(join(folder, name));
    if (user) await chown(join(folder, name), user.uid, user.gid);
  }
  return folder;
}

export interface ChildOptions {
  readonly command: readonly string[];
  readonly folder: string;
  readonly user?: User | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** It is ready when something listens there. */
  readonly port: number;
}

export interface Child {
  readonly pid: number;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** Starts it, and comes back when it listens. */
export async function startChild({ command, folder, user, env, port }: ChildOptions): Promise<Child> {
  const logPath = join(folder, 'output.log');
  const log = await open(logPath, 'a');
  const child = spawn('taskset', ['-c', String(serverCore), ...command], {
    ...user,
    cwd: folder,
    stdio: ['ignore', log.fd, log.fd],
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env },
  });
  await log.close();
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
  try {
    await untilListening(child, port);
    return { pid: child.pid ?? 0, stop };
  } catch (error) {
    const output = await readFile(logPath, 'utf8').catch(() => '');
    await stop();
    const last = output.trimEnd().split('\n').slice(-LOG_LINES).join('\n');
    throw new Error(`${command[0]}: ${error instanceof Error ? error.message : error}\n${last}`);
  }
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (const limit = Date.now() + START_MS; Date.now() < limit; await sleep(50)) {
    if (failure) throw failure;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`it ended (${child.exitCode ?? child.signalCode})`);
    }
    if (await listens(port)) return;
  }
  throw new Error('it did not listen in time');
}

function listens(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(1_000, () => socket.destroy());
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  socket.once('close', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
