/**
 * A throw-away nginx for tests, with the example configuration of deploy/ on free ports of 127.0.0.1.
 *
 *     const proxy = await startNginx({ configuration, nodes: [4041, 4042] });
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNginx, INSTALL_NGINX } from './binaries.ts';
import { endWithUs, freePort, hasExited, untilListening } from './processes.ts';

export interface NginxOptions {
  /** The text of deploy/nginx.conf; its two nodes and its port are replaced. */
  readonly configuration: string;
  /** Ports of this machine. */
  readonly nodes: readonly number[];
}

export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/** What nginx writes while it works; all of it in the temporary folder. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** @throws Error that says what to install, or what nginx has against the configuration. */
export async function startNginx({ configuration, nodes }: NginxOptions): Promise<Nginx> {
  const binary = findNginx();
  if (!binary) throw new Error(`nginx is not installed. ${INSTALL_NGINX}`);
  const folder = await mkdtemp(join(tmpdir(), 'kith-nginx-'));
  // Its workers are somebody else when it is started by root.
  await chmod(folder, 0o755);
  const port = await freePort();
  const paths = TEMPORARY.map((name) => `${name}_temp_path ${join(folder, name)};`).join('\n');
  const text = configuration
    .replace(/^ *server kith1:\d+( .*);$/m, (_, rest: string) =>
      nodes.map((node) => `server 127.0.0.1:${node}${rest};`).join('\n'),
    )
    .replace(/^ *server kith2:.*$/m, '')
    .replace(/listen \d+;/, `listen 127.0.0.1:${port};`)
    .replace('http {', `http {\n${paths}`);
  const file = join(folder, 'nginx.conf');
  await writeFile(file, `pid ${join(folder, 'pid')};\nerror_log stderr warn;\n${text}`);
  await mkdir(join(folder, 'logs'), { recursive: true });

  const child: ChildProcess = spawn(binary, ['-p', folder, '-c', file, '-g', 'daemon off;'], {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4_000);
  });
  await once(child, 'spawn');
  endWithUs(child);
  const stop = async (): Promise<void> => {
    if (!hasExited(child)) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilListening('nginx', child, port);
  } catch (error) {
    await stop();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${complaints}`);
  }
  return { url: `http://127.0.0.1:${port}`, stop };
}
