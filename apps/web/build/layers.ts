/**
 * Every stylesheet begins with the order of the cascade layers. The bundler decides which of them a page loads first, and
 * the first one decides the order: without this, a style that moved into a chunk of its own turned the whole house over.
 */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const TOKENS = new URL('../src/theme/tokens.css', import.meta.url);

/** The statement of tokens.css that names all layers. */
export function layerOrder(css: string): string {
  const [statement] = css.match(/^@layer [^{;]+;/m) ?? [];
  if (!statement) throw new Error('theme/tokens.css does not name the layers.');
  return statement;
}

export const layers = (): Plugin => ({
  name: 'kith:layers',
  apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const order = layerOrder(readFileSync(TOKENS, 'utf8'));
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
        file.source = `${order}${typeof file.source === 'string' ? file.source : new TextDecoder().decode(file.source)}`;
      }
    },
  },
});
