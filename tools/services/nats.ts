/**
 * A throw-away NATS server for tests and benchmarks, on a free port of 127.0.0.1.
 *
 *     import { startNats } from '@kith/tools/services/nats.ts';
 *     const nats = await startNats();
 *     … nats.url …
 *     await nats.stop();
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { findNats, INSTALL_NATS } from './binaries.ts';
import { endWithUs, freePort, hasExited, untilListening } from './processes.ts';

export interface NatsOptions {
  /** Pins it to this CPU (Linux: `taskset`). */
  readonly cpu?: number;
}

export interface Nats {
  /** Stays the same over stops and starts. */
  readonly url: string;
  readonly pid: number;
  /** Ends it by SIGKILL; whoever was connected is cut off. */
  stop(): Promise<void>;
  /** Starts it again after a stop. */
  start(): Promise<void>;
}

/** @throws Error that says what to install, when NATS is not on this machine. */
export async function startNats(options: NatsOptions = {}): Promise<Nats> {
  const binary = findNats();
  if (!binary) throw new Error(`The NATS server is not installed. ${INSTALL_NATS}`);
  const port = await freePort();
  const args = ['--addr', '127.0.0.1', '--port', String(port)];
  const pinned = options.cpu === undefined ? [] : ['taskset', '-c', String(options.cpu)];
  const [command = binary, ...rest] = [...pinned, binary, ...args];

  const launch = async (): Promise<ChildProcess> => {
    const child = spawn(command, rest, { cwd: '/', detached: true, stdio: 'ignore' });
    child.unref();
    const started = once(child, 'spawn');
    await started;
    endWithUs(child);
    await untilListening('NATS', child, port);
    return child;
  };

  let child = await launch();
  return {
    url: `nats://127.0.0.1:${port}`,
    get pid() {
      return child.pid ?? 0;
    },
    stop: async () => {
      if (hasExited(child)) return;
      const gone = once(child, 'exit');
      child.ref();
      child.kill('SIGKILL');
      await gone;
    },
    start: async () => {
      if (hasExited(child)) child = await launch();
    },
  };
}
