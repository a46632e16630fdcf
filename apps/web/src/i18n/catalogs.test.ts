/** All catalogs say the same things, in every language, with the same arguments and all its plural forms. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileCatalog } from '../../build/locales.ts';
import { languages } from './index.ts';

const read = (language: string): string =>
  readFileSync(new URL(`locales/${language}.json`, import.meta.url), 'utf8');
const catalogs = Object.fromEntries(
  languages.map((language) => [language, JSON.parse(read(language)) as Record<string, string>]),
);
const english = catalogs['en'] ?? {};

/** As `icu-minify` numbers its kinds of nodes. */
const SELECT = 1;
const PLURAL = 2;
const ORDINAL = 3;

/** Arguments and tags of a message, and for each plural the forms it has. */
function anatomy(message: unknown) {
  const names = new Set<string>();
  const plurals: { readonly type: 'cardinal' | 'ordinal'; readonly forms: readonly string[] }[] = [];
  const walk = (nodes: unknown): void => {
    if (!Array.isArray(nodes)) return;
    for (const node of nodes) {
      if (!Array.isArray(node)) continue;
      const [name, type, ...rest] = node as [string, unknown, ...unknown[]];
      names.add(typeof type === 'number' || type === undefined ? name : `<${name}>`);
      if (type === SELECT || type === PLURAL || type === ORDINAL) {
        const forms = rest[0] as Record<string, unknown>;
        if (type !== SELECT)
          plurals.push({ type: type === PLURAL ? 'cardinal' : 'ordinal', forms: Object.keys(forms) });
        for (const form of Object.values(forms)) walk(form);
      } else if (typeof type !== 'number') walk([type, ...rest]);
    }
  };
  walk(message);
  return { names: [...names].sort(), plurals };
}

describe.each(languages)('the catalog %s', (language) => {
  const catalog = catalogs[language] ?? {};
  const compiled = compileCatalog(read(language));

  it('has every key of English and no other, sorted', () => {
    expect(Object.keys(catalog)).toEqual(Object.keys(english).sort());
  });

  it('asks for no words: an argument may come with a fence around it (direction.ts), which no form would match', () => {
    for (const [key, message] of Object.entries(catalog)) {
      expect({ key, selects: /\{\s*\w+\s*,\s*select\b/.test(message) }).toEqual({ key, selects: false });
    }
  });

  it('has the arguments of English', () => {
    const source = compileCatalog(read('en'));
    for (const [key, message] of Object.entries(compiled)) {
      expect({ key, names: anatomy(message).names }).toEqual({ key, names: anatomy(source[key]).names });
    }
  });

  it('has every plural form of its language', () => {
    for (const [key, message] of Object.entries(compiled)) {
      for (const { type, forms } of anatomy(message).plurals) {
        const wanted = new Intl.PluralRules(language, { type }).resolvedOptions().pluralCategories;
        // "many" of Spanish begins at a million.
        const missing = wanted.filter(
          (form) => !forms.includes(form) && !(language === 'es' && form === 'many'),
        );
        expect({ key, missing }).toEqual({ key, missing: [] });
      }
    }
  });

  it('says nothing empty, and no English but what is the same there', () => {
    for (const [key, message] of Object.entries(catalog)) {
      expect({ key, blank: message.trim() === '' }).toEqual({ key, blank: false });
      // A sentence that is the same in two languages was forgotten; a word or a name may be.
      const sentence = message.replace(/\{[^{}]*\}/g, '').split(/\s+/).length > 3;
      if (language !== 'en' && sentence) expect({ key, message }).not.toEqual({ key, message: english[key] });
    }
  });
});
