/** Writes `.br` and `.gz` beside every hashed file worth it: the server hands them out as they are and never compresses. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** Smaller files fit a packet or two either way. */
const MIN_BYTES = 1_024;
const TEXT = /\.(m?js|css|svg|json|html)$/;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

export const precompress = (): Plugin => {
  let assets = '';
  return {
    name: 'kith:precompress',
    apply: 'build',
    configResolved: ({ root, build }) => {
      assets = resolve(root, build.outDir, build.assetsDir);
    },
    closeBundle: async () => {
      for (const name of await readdir(assets)) {
        const path = join(assets, name);
        const content = TEXT.test(name) ? await readFile(path) : Buffer.alloc(0);
        if (content.length < MIN_BYTES) continue;
        await writeFile(
          `${path}.br`,
          await brotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
        );
        await writeFile(`${path}.gz`, await zip(content, { level: 9 }));
      }
    },
  };
};
