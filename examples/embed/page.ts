/** The page as a browser takes it, made by Vite; an application of your own has its own way of doing this. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { HostOptions } from './host.ts';

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };

export async function buildPage(): Promise<HostOptions['files']> {
  const made = await build({
    root: fileURLToPath(new URL('page', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    build: { write: false, target: 'es2022' },
  });
  const [bundle] = [made].flat();
  if (!bundle || !('output' in bundle)) throw new Error('Vite made nothing.');
  const files = new Map<string, { type: string; body: string }>();
  for (const file of bundle.output) {
    const type = `${TYPES[file.fileName.split('.').at(-1) ?? ''] ?? 'application/octet-stream'}; charset=utf-8`;
    const body = file.type === 'chunk' ? file.code : file.source.toString();
    files.set(`/${file.fileName}`, { type, body });
    if (file.fileName === 'index.html') files.set('/', { type, body });
  }
  return files;
}
