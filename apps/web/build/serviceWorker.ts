/**
 * Writes dist/sw.js: the hand-written worker with the list of built files in it. The list changes with every build, so
 * the browser sees a new worker, and the new worker a new cache.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, Rolldown } from 'vite';

const worker = new URL('./sw.js', import.meta.url);
/** Only the browser's offer to install the app shows these, and then there is a network. */
const LEFT_OUT = /^screen-/;

/**
 * Emoji have their names in each language, half a megabyte each, what reads a PDF has two, and whoever chooses a password is online:
 * kept once somebody needed them, not before.
 */
const isForSome = (file: Rolldown.OutputChunk | Rolldown.OutputAsset): boolean =>
  file.type === 'chunk'
    ? file.moduleIds.some((id) => /emojibase-data\/(?!en\/)|\/pdfjs-dist\/build\/|\/@zxcvbn-ts\//.test(id))
    : /\/pdf\.worker\.[^/]*$/.test(file.fileName);

export function serviceWorker(): Plugin {
  let publicDir = '';
  return {
    name: 'kith-service-worker',
    apply: 'build',
    configResolved: (config) => {
      publicDir = config.publicDir;
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const built = Object.entries(bundle)
          .filter(([name, file]) => name.startsWith('assets/') && !isForSome(file))
          .map(([name]) => name)
          .sort();
        const unhashed = readdirSync(publicDir)
          .filter((name) => !LEFT_OUT.test(name))
          .sort();
        // index.html names the hashed entry, so names tell two builds apart; of files without a hash the content does.
        const hash = createHash('sha256').update(built.join('\n'));
        for (const name of unhashed) hash.update(name).update(readFileSync(join(publicDir, name)));
        const version = hash.digest('hex').slice(0, 12);
        let source = readFileSync(worker, 'utf8');
        for (const [mark, value] of [
          ["'__VERSION__'", version],
          ["JSON.parse('__FILES__')", [...built, ...unhashed].map((name) => `/${name}`)],
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
