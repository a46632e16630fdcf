/**
 * A throw-away clamd for tests, on a free port of 127.0.0.1 and a UNIX socket. It knows one thing only: the EICAR test string, which
 * is made to be found and harms nobody.
 *
 *     const clamd = await startClamd();
 *     … clamd.url, clamd.socketUrl …
 *     await clamd.stop();
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findClamd, INSTALL_CLAMAV } from './binaries.ts';
import { endWithUs, freePort, hasExited, unprivilegedUser, untilListening } from './processes.ts';

export interface ClamdOptions {
  /** Longer files are not scanned, bytes. */
  readonly streamBytes?: number;
}

export interface Clamd {
  readonly url: string;
  readonly socketUrl: string;
  /** What it calls the test string. */
  readonly signature: string;
  /** Found in files and in archives of them. */
  readonly testString: string;
  stop(): Promise<void>;
  /** Starts it again after a stop, at the same addresses. */
  start(): Promise<void>;
  /** Stops it for good. */
  end(): Promise<void>;
}

/** In two parts, lest a scanner on this machine takes this very file away. */
const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
const SIGNATURE = 'Kith.Test.Eicar';

/** @throws Error that says what to install, or what clamd said. */
export async function startClamd({ streamBytes = 4 * 1024 * 1024 }: ClamdOptions = {}): Promise<Clamd> {
  const binary = findClamd();
  if (!binary) throw new Error(`clamd is not installed. ${INSTALL_CLAMAV}`);
  const folder = await mkdtemp(join(tmpdir(), 'kith-clamd-'));
  const port = await freePort();
  const [database, socket, file] = [join(folder, 'db'), join(folder, 'socket'), join(folder, 'clamd.conf')];
  await mkdir(database);
  // Name, kind of file (any), where (anywhere), what.
  const found = `${SIGNATURE}:0:*:${Buffer.from(EICAR, 'latin1').toString('hex')}\n`;
  await writeFile(join(database, 'test.ndb'), found);
  const settings = {
    DatabaseDirectory: database,
    TemporaryDirectory: folder,
    LocalSocket: socket,
    FixStaleSocket: 'yes',
    TCPSocket: port,
    TCPAddr: '127.0.0.1',
    Foreground: 'yes',
    MaxThreads: 2,
    StreamMaxLength: streamBytes,
    SelfCheck: 0,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  await writeFile(file, lines.join(''));
  // It needs no rights, and parses what is made to do harm.
  const user = await unprivilegedUser('clamav', 'nobody');
  await chmod(folder, 0o755);
  if (user) for (const path of [folder, database]) await chown(path, user.uid, user.gid);

  const launch = async (): Promise<ChildProcess> => {
    const child = spawn(binary, ['--config-file', file], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-4_000);
      });
    }
    const started = once(child, 'spawn');
    await started;
    endWithUs(child);
    try {
      await untilListening('clamd', child, port);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${said}`);
    }
    return child;
  };
  const stop = async (): Promise<void> => {
    if (hasExited(child)) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };

  let child: ChildProcess;
  try {
    child = await launch();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url: `tcp://127.0.0.1:${port}`,
    socketUrl: `unix:${socket}`,
    signature: `${SIGNATURE}.UNOFFICIAL`,
    testString: EICAR,
    stop,
    start: async () => {
      if (hasExited(child)) child = await launch();
    },
    end: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
