/**
 * Every regular expression of ours, judged by how its time grows with what it is given: `recheck` reads the pattern as an
 * automaton and finds the text that makes it slow, if there is one. One that is slow for long texts is either mended, or stands
 * below with what keeps its texts short.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { limits } from '@kith/protocol';
import { parseSync } from '@swc/core';
import { expect, it } from 'vitest';
import { attack } from '../testing/attacks.ts';

// Of its ways to run, the one within this process: it starts no program.
process.env['RECHECK_SYNC_BACKEND'] = 'pure';
const { checkSync } = await import('recheck');

const root = fileURLToPath(new URL('../../../..', import.meta.url));

interface Bounded {
  /** Why its texts are never longer. */
  readonly because: string;
  readonly longest: number;
  /** The slowest text we know, of this length. */
  readonly worst: (length: number) => string;
}

/** Slow in the long run, or beyond what `recheck` reads, on texts that are short. */
const bounded: Readonly<Record<string, Bounded>> = {
  [String.raw`/([a-z:-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]{0,3000})"|'([^']{0,3000})'|([^\s"'<>]{1,3000}))/gi`]:
    {
      because: 'the attributes of one <meta>, which is cut at 4,000',
      longest: 4_000,
      worst: (length) => '-'.repeat(length),
    },
  [String.raw`/^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v`]: {
    because: 'one grapheme, of a text of emoji that is short',
    longest: 1_000,
    worst: (length) => '👨‍👩‍👧‍👦\u200D'.repeat(length).slice(0, length),
  },
};

/** Made of parts while the program runs: each was read by a person, who says here what of. */
const built: Readonly<Record<string, string>> = {
  'apps/web/src/app/people.ts': 'one class of letters',
  'apps/web/src/message/markdown/parse.ts': 'two literals that are judged here, joined by or',
  'packages/server/src/search/words.ts': 'classes of letters',
};

/** Far more than it takes; a pattern that is slow takes minutes. */
const PATIENCE_MS = 2_000;

interface Pattern {
  readonly source: string;
  readonly flags: string;
  readonly files: Set<string>;
}

/** Literals by how they are written, and the files that make others. */
function patterns(): { literals: ReadonlyMap<string, Pattern>; building: ReadonlySet<string> } {
  const literals = new Map<string, Pattern>();
  const building = new Set<string>();
  const files = globSync(
    [
      'packages/*/src/**/*.{ts,tsx}',
      'apps/web/src/**/*.{ts,tsx}',
      'apps/web/build/sw.js',
      'apps/web/public/*.js',
    ],
    { cwd: root },
  );
  const walk = (node: unknown, file: string): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('type' in node && node.type === 'RegExpLiteral' && 'pattern' in node && 'flags' in node) {
      const [source, flags] = [String(node.pattern), String(node.flags)];
      const known = literals.get(`/${source}/${flags}`) ?? { source, flags, files: new Set() };
      known.files.add(file);
      literals.set(`/${source}/${flags}`, known);
    }
    if (
      'type' in node &&
      (node.type === 'NewExpression' || node.type === 'CallExpression') &&
      'callee' in node
    ) {
      const { callee } = node as { callee: { type?: string; value?: unknown } };
      if (callee.type === 'Identifier' && callee.value === 'RegExp') building.add(file);
    }
    for (const inner of Object.values(node)) walk(inner, file);
  };
  for (const file of files.map((path) => path.replaceAll('\\', '/'))) {
    // What only tests, and what only shows off, meets no stranger.
    if (/\.test\.tsx?$|\/testing\/|\/demo\/|\.d\.ts$/.test(file)) continue;
    const syntax = file.endsWith('js')
      ? ({ syntax: 'ecmascript' } as const)
      : ({ syntax: 'typescript', tsx: file.endsWith('x') } as const);
    walk(parseSync(readFileSync(join(root, file), 'utf8'), { ...syntax, target: 'es2022' }), file);
  }
  return { literals, building };
}

const LINEAR = 'linear to any text';
const NOT_FOUND = 'no text found that is slow';
const SOON = 'soon done with the slowest text found';

/** No text of a stranger is longer than a frame. */
const LONGEST = limits.frameBytes;

/**
 * What can be read as an automaton is known for certain. The rest is tried with texts that grow by chance: what it suspects there
 * is run.
 */
function judge(source: string, flags: string): string {
  const found = checkSync(source, flags, {
    maxAttackStringSize: LONGEST,
    maxIteration: 3,
    randomSeed: 1,
    timeout: 20_000,
  });
  switch (found.status) {
    case 'safe':
      return found.checker === 'fuzz' ? NOT_FOUND : LINEAR;
    case 'unknown':
      return `unknown: ${found.error.kind}`;
    case 'vulnerable':
      return found.checker === 'fuzz' && isSoonDone(new RegExp(source, flags), found.attack.string)
        ? SOON
        : `${found.complexity.type}, by ${found.attack.pattern}`;
  }
}

/** In a context that can be interrupted: a slow one would go on for years. */
function isSoonDone(expression: RegExp, text: string): boolean {
  const script = expression.global ? '[...text.matchAll(expression)].length' : 'expression.test(text)';
  try {
    runInNewContext(script, { expression, text }, { timeout: PATIENCE_MS });
    return true;
  } catch (error) {
    // Made in that context, it is no Error of this one.
    if ((error as { readonly code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}

const { literals, building } = patterns();

attack(
  'no pattern of ours is slow for any text',
  'each regular expression of the packages and the app, with the text that an analysis of it finds to be its worst',
  (saw) => {
    expect(literals.size).toBeGreaterThan(150);
    for (const [written, { source, flags, files }] of literals) {
      if (bounded[written]) continue;
      saw(`${written} of ${[...files].join(', ')}`, judge(source, flags), [LINEAR, NOT_FOUND, SOON]);
    }
  },
  300_000,
);

attack(
  'those that would be are given short texts',
  'each of the excepted ones, with its worst text, as long as it ever is',
  (saw) => {
    for (const [written, { longest, worst, because }] of Object.entries(bounded)) {
      const pattern = literals.get(written);
      expect(pattern, `${written} is no longer anywhere: take it off the list (${because})`).toBeDefined();
      const expression = new RegExp(pattern?.source ?? '', pattern?.flags);
      const text = worst(longest);
      saw(written, isSoonDone(expression, text) ? 'soon done' : 'slow', ['soon done']);
    }
  },
);

it('patterns are built where somebody looked', () => {
  expect([...building].sort()).toEqual(Object.keys(built).sort());
});

it('a slow one would be found', () => {
  for (const [source, flags] of [
    ['^(a+)+$', ''],
    ['[!.]+$', ''],
    // With what no automaton has.
    ['^(a+)+(?=b)$', ''],
  ] as const)
    expect(judge(source, flags)).toMatch(/^(exponential|polynomial)/);
});
