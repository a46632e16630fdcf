/**
 * Writes dist/sw.js: the hand-written worker with the list of built files in it. The list changes with every build, so
 * the browser sees a new worker, and the new worker a new cache.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const worker = new URL('./sw.js', import.meta.url);

export function serviceWorker(): Plugin {
  return {
    name: 'kith-service-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const files = Object.keys(bundle)
          .filter((name) => name.startsWith('assets/'))
          .map((name) => `/${name}`)
          .sort();
        // index.html names the hashed entry, so the names alone tell two builds apart.
        const version = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12);
        let source = readFileSync(worker, 'utf8');
        for (const [mark, value] of [
          ["'__VERSION__'", version],
          ["JSON.parse('__FILES__')", files],
        ] as const) {
          // A worker with an empty list looks well, until somebody is offline.
          if (!source.includes(mark)) throw new Error(`build/sw.js does not say ${mark}`);
          source = source.replace(mark, JSON.stringify(value));
        }
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}
