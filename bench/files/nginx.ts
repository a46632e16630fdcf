/** A plain nginx with a folder, on the core of the server: files out of it by its two ways, files into it by PUT. */
import { spawnSync } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { findNginx, INSTALL_NGINX } from '@kith/tools/services/binaries.ts';
import { freePort } from '@kith/tools/services/processes.ts';
import type { Say, Stoppable } from '../commandLine.ts';
import { startChild, temporaryFolder } from '../systems/child.ts';
import type { Content } from './content.ts';
import { type Address, demand, type Line } from './line.ts';
import type { Served } from './meter.ts';

export interface PlainNginx extends Stoppable, Served {
  readonly sendfile: Address;
  /** Every byte goes through its memory, as it must where something is done to it. */
  readonly copying: Address;
  /** Resolves to its path. */
  write(name: string, content: Content): Promise<string>;
  put(line: Line, name: string, content: Content): Promise<void>;
  remove(line: Line, name: string): Promise<void>;
}

export interface NginxSettings {
  readonly folder: string;
  readonly asRoot: boolean;
  readonly ports: { readonly sendfile: number; readonly copying: number };
  /** Whether it has ngx_http_dav_module. */
  readonly dav: boolean;
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

export function configurationOf({ folder, asRoot, ports, dav }: NginxSettings): string {
  // Without the module, a body is written to a file of its own, which goes when it has been "passed on": to itself, which says 204.
  const taking = dav
    ? 'dav_methods PUT DELETE;'
    : `client_body_in_file_only clean; proxy_pass_request_body off; proxy_set_header Content-Length "";
       proxy_method POST; proxy_pass http://127.0.0.1:${ports.sendfile}/taken;`;
  const server = (port: number, words: string): string => `
  server {
    listen 127.0.0.1:${port} reuseport;
    root ${folder}/public;
    ${words}
    location /put/ { ${taking} }
    location /taken { return 204; }
  }`;
  return `${asRoot ? 'user root;\n' : ''}worker_processes 1;
pid ${folder}/pid;
error_log stderr warn;
events { worker_connections 512; }
http {
  ${TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  access_log off;
  default_type application/octet-stream;
  keepalive_requests 1000000;
  client_max_body_size 0;
  client_body_buffer_size 512k;${server(ports.sendfile, 'sendfile on; tcp_nopush on;')}${server(
    ports.copying,
    'sendfile off; aio off; output_buffers 2 256k;',
  )}
}
`;
}

/** @throws Error that says what to install. */
export async function startPlainNginx(say: Say): Promise<PlainNginx> {
  const binary = findNginx();
  if (!binary) throw new Error(`nginx is not installed. ${INSTALL_NGINX}`);
  const dav = /http_dav_module/.test(spawnSync(binary, ['-V'], { encoding: 'utf8', timeout: 10_000 }).stderr);
  if (!dav)
    say(
      'THIS NGINX HAS NO ngx_http_dav_module: uploads are measured against bodies that it keeps in a file and drops.',
    );
  const folder = await temporaryFolder(undefined, 'public', 'logs');
  const shown = join(folder, 'public');
  await mkdir(join(shown, 'put'));
  const ports = { sendfile: await freePort(), copying: await freePort() };
  const file = join(folder, 'nginx.conf');
  await write(file, [Buffer.from(configurationOf({ folder, asRoot: process.getuid?.() === 0, ports, dav }))]);
  const child = await startChild({
    command: [binary, '-p', folder, '-c', file, '-g', 'daemon off;'],
    folder,
    env: {},
    port: ports.sendfile,
  });
  const host = '127.0.0.1';
  return {
    pid: child.pid,
    databasePid: null,
    sendfile: { host, port: ports.sendfile },
    copying: { host, port: ports.copying },
    write: async (name, content) => {
      await write(join(shown, name), content.pieces());
      return `/${name}`;
    },
    put: async (line, name, { pieces }) =>
      demand(
        await line.request({ method: 'PUT', path: `/put/${name}`, body: [...pieces()] }),
        dav ? 201 : 204,
      ),
    remove: async (line, name) => {
      if (dav) demand(await line.request({ method: 'DELETE', path: `/put/${name}` }), 204);
    },
    stop: () => child.stop(),
  };
}

async function write(path: string, pieces: Iterable<Buffer>): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    for (const piece of pieces) await handle.writeFile(piece);
  } finally {
    await handle.close();
  }
}
