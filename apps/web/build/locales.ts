/**
 * Compiles the catalogs: a browser gets messages that are ready to be formatted, and no parser. A message that is no ICU
 * message fails the build, not the reader.
 */
import { readFileSync } from 'node:fs';
import compile from 'icu-minify/compile';
import type { Plugin } from 'vite';

const CATALOG = /\/i18n\/locales\/[a-z]{2}\.json$/;

/** @param source A catalog's JSON: key → ICU message. */
export function compileCatalog(source: string): Record<string, ReturnType<typeof compile>> {
  const messages = JSON.parse(source) as Record<string, string>;
  return Object.fromEntries(Object.entries(messages).map(([key, message]) => [key, compile(message)]));
}

export const locales = (): Plugin => ({
  name: 'kith:locales',
  // Before Vite's own reading of JSON.
  enforce: 'pre',
  load(id) {
    if (!CATALOG.test(id)) return null;
    this.addWatchFile(id);
    // As one string: a browser reads JSON quicker than it reads a program.
    const json = JSON.stringify(compileCatalog(readFileSync(id, 'utf8')));
    return { code: `export default JSON.parse(${JSON.stringify(json)});`, moduleType: 'js' };
  },
});
