/** The page as a browser takes it, made by Vite; an application of your own has its own way of doing this. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { build } from 'vite';

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };

/** The page by its paths, added to what `host` answers. */
export async function servePage(host: FastifyInstance): Promise<void> {
  const made = await build({
    root: fileURLToPath(new URL('page', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    build: { write: false, target: 'es2022' },
  });
  const [bundle] = [made].flat();
  if (!bundle || !('output' in bundle)) throw new Error('Vite made nothing.');
  for (const file of bundle.output) {
    const type = `${TYPES[file.fileName.split('.').at(-1) ?? ''] ?? 'application/octet-stream'}; charset=utf-8`;
    const body = file.type === 'chunk' ? file.code : file.source.toString();
    for (const path of file.fileName === 'index.html' ? ['/', '/index.html'] : [`/${file.fileName}`])
      host.get(path, (_request, reply) => reply.type(type).send(body));
  }
}
