/** Small help with child processes that more than one service needs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface User {
  uid: number;
  gid: number;
}

/** Waits for the end of a child, with what it printed. `code` is null when a signal ended it. */
export async function collect(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk;
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}

/**
 * The first of these users that exists, when we are root: PostgreSQL refuses to run as root. Undefined
 * for everyone else, who runs it as themselves.
 */
export async function unprivilegedUser(...names: string[]): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of names) {
    const [uid, gid] = [await idOf('-u', name), await idOf('-g', name)];
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(
    `Running as root, and there is none of these users to run PostgreSQL as: ${names.join(', ')}`,
  );
}

async function idOf(kind: '-u' | '-g', name: string): Promise<number | undefined> {
  const { code, output } = await collect(
    spawn('id', [kind, name], { stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000 }),
  );
  return code === 0 ? Number(output) : undefined;
}

export const hasExited = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** Below those that systems give away by themselves; so many are for each process, so that tests side by side share none. */
const PORTS = { from: 10_000, to: 30_000, each: 50 };
let portsGiven = 0;

/** A port that was free a moment ago, and that nobody else who asks here is likely to be told. */
export async function freePort(): Promise<number> {
  const first = PORTS.from + ((process.pid * PORTS.each) % (PORTS.to - PORTS.from));
  for (let tried = 0; tried < PORTS.each; tried += 1) {
    const port = first + (portsGiven++ % PORTS.each);
    const server = createServer().listen(port, '127.0.0.1');
    const listens = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!listens) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error('No port is free.');
}

const LISTENING_MS = 10_000;
const POLL_MS = 20;

/** Resolves when the child takes connections at its port; kills it and rejects when that takes too long. */
export async function untilListening(name: string, child: ChildProcess, port: number): Promise<void> {
  for (const end = Date.now() + LISTENING_MS; Date.now() < end; await sleep(POLL_MS)) {
    if (hasExited(child)) throw new Error(`${name} exited (${child.exitCode ?? child.signalCode})`);
    const socket = createConnection({ port, host: '127.0.0.1' });
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
  }
  child.kill('SIGKILL');
  throw new Error(`${name} did not listen within ${LISTENING_MS / 1000} s`);
}

/**
 * Ends a child that keeps nothing when this process ends, however that happens: a small shell waits for the end of its
 * input, whose other end is ours and is closed by the kernel.
 */
export function endWithUs(child: ChildProcess): void {
  const script = 'cat > /dev/null; kill -KILL "$1" 2> /dev/null';
  const guard = spawn('/bin/sh', ['-c', script, 'kith-guard', String(child.pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  // A pipe does not keep the event loop alive by itself, but only once it is unreferenced.
  (guard.stdin as unknown as { unref?(): void }).unref?.();
  // Its id may be somebody else's by the time we end.
  child.once('exit', () => guard.kill('SIGKILL'));
}
