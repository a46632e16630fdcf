/** Everything the app says stands in the catalogs, and nothing stands there that it does not say. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileCatalog } from '../../build/locales.ts';
import { type Texts, textsIn } from '../../build/texts.ts';

const root = new URL('..', import.meta.url);
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/\.(?:test|d)\.tsx?$/.test(path))
  .sort();
const texts = new Map<string, Texts>(
  sources.map((path) => [path, textsIn(path, readFileSync(new URL(path, root), 'utf8'))]),
);
const english = compileCatalog(readFileSync(new URL('locales/en.json', import.meta.url), 'utf8'));

/** Names of a compiled message's arguments and tags. */
function argumentsOf(message: unknown, names = new Set<string>()): readonly string[] {
  if (Array.isArray(message))
    for (const node of message) {
      if (!Array.isArray(node)) continue;
      const [name, type, ...rest] = node as [string, unknown, ...unknown[]];
      names.add(name);
      if (typeof type !== 'number') argumentsOf([type, ...rest], names);
      else
        for (const forms of rest) for (const form of Object.values(forms as object)) argumentsOf(form, names);
    }
  return [...names].sort();
}

/** Words that came before what says them. */
const soon = new Set(['attachment.contact', 'attachment.poll']);

describe('the sources', () => {
  it('have no words for people in them: those belong into the catalogs (src/i18n/index.ts says how)', () => {
    const found = [...texts].flatMap(([path, { hardCoded }]) =>
      hardCoded.map(({ line, text }) => `${path}:${line}: ${text}`),
    );
    expect(found).toEqual([]);
  });

  it('use keys that exist, with the arguments of their messages', () => {
    const wrong = [...texts].flatMap(([path, { uses }]) =>
      uses.flatMap(({ line, key, args }) => {
        if (!(key in english)) return [`${path}:${line}: there is no ${key}`];
        const wanted = argumentsOf(english[key]);
        return !args || args.join() === wanted.join()
          ? []
          : [`${path}:${line}: ${key} takes (${wanted.join(', ')}), not (${args.join(', ')})`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('use every key of the catalogs', () => {
    const all = [...texts.values()];
    const unused = Object.keys(english).filter(
      (key) =>
        !soon.has(key) &&
        !all.some(
          ({ strings, patterns }) => strings.has(key) || patterns.some((pattern) => pattern.test(key)),
        ),
    );
    expect(unused).toEqual([]);
  });
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are source code
describe('the check', () => {
  const found = (source: string) => textsIn('bad.tsx', source).hardCoded.map(({ text }) => text);

  it.each([
    ['const a = <p>Hello</p>;', 'Hello'],
    ['const a = <p>{busy ? "wait" : ""}</p>;', 'wait'],
    ['const a = <p>{count && `${count} left`}</p>;', '…left'],
    ['const a = <button aria-label="Close" />;', 'Close'],
    ['const a = <input placeholder={x ?? "Search"} />;', 'Search'],
    ['const a = <Confirm verb="Leave" />;', 'Leave'],
    ['const a = { label: "Undo", run };', 'Undo'],
    ['toast("Text copied");', 'Text copied'],
    ['toast(`${name} removed.`, { tone });', '…removed.'],
    ['document.title = "Chats";', 'Chats'],
    ['const lines = ["Something went wrong."];', 'Something went wrong.'],
  ])('finds the words of %s', (source, text) => {
    expect(found(source).map((one) => one.replace('… ', '…'))).toEqual([text]);
  });

  it.each([
    'const a = <p className="kith-row">{t("list.search")}</p>;',
    'const a = <p>{kind === "Group" ? t("a.b") : null} · {n}</p>;',
    'throw new Error("A message needs a timeline around it");',
    'console.warn("Nobody sees this");',
    'const a = <input name="email" type="text" autoComplete="off" />;',
    'const a = <kbd>Ctrl</kbd>;',
    'import a from "./Some Thing.ts";',
  ])('lets %s pass', (source) => expect(found(source)).toEqual([]));

  it('knows which keys are used, with what, and which are put together', () => {
    const { uses, patterns, strings } = textsIn(
      'uses.tsx',
      'const table = { a: "x.a" };\nt("x.b", { count: 1, name });\nrich(on ? "x.c" : "x.d", { ...rest });\nt(`y.${code}.z`);',
    );
    expect(uses).toEqual([
      { line: 2, key: 'x.b', args: ['count', 'name'] },
      { line: 3, key: 'x.c', args: undefined },
      { line: 3, key: 'x.d', args: undefined },
    ]);
    expect(strings.has('x.a')).toBe(true);
    expect(patterns.map((pattern) => pattern.test('y.q.z'))).toEqual([true]);
    expect(patterns.some((pattern) => pattern.test('y.q'))).toBe(false);
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: they are source code
