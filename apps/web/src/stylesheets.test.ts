/**
 * What a component wears is there when it is drawn: no type says so when a stylesheet is imported by nothing, or only by a part
 * of the app that may not have been opened yet.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('.', import.meta.url));
const ENTRY = 'main.tsx';
const sources = new Map(
  globSync('**/*.{ts,tsx,css}', { cwd: root })
    .filter((path) => !path.includes('.test.'))
    .map((path) => [path, readFileSync(join(root, path), 'utf8')] as const),
);
const sheets = [...sources.keys()].filter((path) => path.endsWith('.css'));

const IMPORT = /(?:import|export)\s+(?!type\b)(?:[^'";()]*?from\s+)?'(\.[^']+)'/g;
const LAZY = /import\(\s*'(\.[^']+)'\s*\)/g;

/** The files that one names in this way. */
const named = (path: string, how: RegExp): readonly string[] =>
  [...(sources.get(path) ?? '').matchAll(how)]
    .map(([, target = '']) => join(dirname(path), target))
    .filter((target) => sources.has(target));

/** A file and all that comes with it. */
function withImports(path: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const target of named(path, IMPORT)) withImports(target, found);
  return found;
}

/** The parts that are loaded one by one, the entry among them, and who asks for each. */
const askers = new Map<string, string[]>([[ENTRY, []]]);
for (const path of sources.keys())
  for (const part of named(path, LAZY)) askers.set(part, [...(askers.get(part) ?? []), path]);
const parts = new Map([...askers.keys()].map((part) => [part, withImports(part)] as const));

/** The stylesheets that are certain to be loaded with a part: its own, and those of every way to it. */
const certain = new Map<string, ReadonlySet<string>>(
  [...parts.keys()].map((part) => [part, new Set(part === ENTRY ? [] : sheets)]),
);
for (let changed = true; changed; ) {
  changed = false;
  for (const [part, files] of parts) {
    const ways = (askers.get(part) ?? []).flatMap((asker) =>
      [...parts].filter(([, having]) => having.has(asker)).map(([from]) => certain.get(from) ?? new Set()),
    );
    const before = sheets.filter((sheet) => ways.length > 0 && ways.every((way) => way.has(sheet)));
    const now = new Set([...before, ...sheets.filter((sheet) => files.has(sheet))]);
    changed ||= now.size !== certain.get(part)?.size;
    certain.set(part, now);
  }
}

const classesIn = (path: string): readonly string[] => {
  const names = [...(sources.get(path) ?? '').matchAll(/className=("[^"]*"|\{[^}]*\}(?:[^}]*\})?)/g)];
  const found = names.flatMap(([, value = '']) => value.match(/kith-[a-z][\w-]*(?=[\s'"`$])/g) ?? []);
  return [...new Set(found)];
};
const rulesOf = (name: string): readonly string[] =>
  sheets.filter((sheet) => new RegExp(`\\.${name}(?![\\w-])`).test(sources.get(sheet) ?? ''));

it('every stylesheet is imported', () => {
  const loaded = new Set([...parts.values()].flatMap((files) => [...files]));
  expect(sheets.length).toBeGreaterThan(10);
  expect(sheets.filter((sheet) => !loaded.has(sheet))).toEqual([]);
});

it('every class has a rule, in a stylesheet that is loaded whichever way leads to it', () => {
  const missing: string[] = [];
  for (const path of sources.keys()) {
    for (const name of classesIn(path)) {
      const rules = rulesOf(name);
      if (rules.length === 0) missing.push(`${path}: ${name} has no rule`);
      for (const [part, files] of parts) {
        if (!files.has(path) || rules.length === 0) continue;
        const there = certain.get(part);
        if (!rules.some((sheet) => there?.has(sheet)))
          missing.push(`${path}: ${name} is in ${rules.join(', ')}, which ${part} may be without`);
      }
    }
  }
  expect(missing).toEqual([]);
});
