/** The theme contract: what a host application may rely on, and what keeps it true. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('..', import.meta.url));
const tokens = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');
const page = readFileSync(new URL('../../../../docs/theme.md', import.meta.url), 'utf8');

const cssFiles = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.css') && name !== join('theme', 'tokens.css'),
);
const bare = (css: string): string => css.replace(/\/\*[\s\S]*?\*\//g, '');
const found = (text: string, pattern: RegExp): Set<string> =>
  new Set([...text.matchAll(pattern)].map((match) => match[1] ?? match[0]));

const declared = found(bare(tokens), /^\s*(--kith-[a-z0-9-]+):/gm);

describe('the theme contract', () => {
  it('docs/theme.md names every token of tokens.css, and no other', () => {
    const documented = found(page, /^\| `(--kith-[a-z0-9-]+)`/gm);
    expect([...declared].filter((name) => !documented.has(name))).toEqual([]);
    expect([...documented].filter((name) => !declared.has(name))).toEqual([]);
  });

  it.each(cssFiles)('%s takes every colour from a token', (name) => {
    const css = bare(readFileSync(join(src, name), 'utf8'));
    expect(
      found(css, /(#[0-9a-f]{3,8}\b(?=[^{}]*[;}])|\b(?:oklch|oklab|rgba?|hsla?|light-dark)\()/gi),
    ).toEqual(new Set());
  });

  it('every token that is used is declared somewhere', () => {
    const all = cssFiles.map((name) => readFileSync(join(src, name), 'utf8')).join('\n');
    const scripts = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'))
      .map((name) => readFileSync(join(src, name), 'utf8'))
      .join('\n');
    const known = new Set([
      ...declared,
      ...found(all, /(--kith-[a-z0-9-]+)\s*:/g),
      ...found(scripts, /'(--kith-[a-z0-9-]+)'/g),
    ]);
    // With a fallback it need not be.
    const used = found(bare(tokens + all), /var\((--kith-[a-z0-9-]+)\)/g);
    expect([...used].filter((name) => !known.has(name))).toEqual([]);
  });
});
