/** Documents that nothing can contradict go stale: links must lead somewhere, and every rule must have a test. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const listed = (...patterns: string[]): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)));

const documents = listed('*.md');

describe('documents', () => {
  it.each(documents)('%s: every relative link leads to a file', (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target.replace(/#.*$/, ''))
      .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(resolve(root, dirname(path), target)));
    expect(broken).toEqual([]);
  });

  it('SPEC.md: every rule is cited by a test', () => {
    const spec = readFileSync(join(root, 'packages/protocol/SPEC.md'), 'utf8');
    const rules = [...spec.matchAll(/^- \*\*([SWE]\d+)\*\*/gm)].map(([, rule = '']) => rule);
    expect(rules.length).toBeGreaterThan(25);
    const cited = new Set<string>();
    for (const path of listed('*.test.ts', '*.test.tsx')) {
      for (const [rule] of readFileSync(join(root, path), 'utf8').matchAll(/\b[SWE]\d+\b/g)) cited.add(rule);
    }
    expect(rules.filter((rule) => !cited.has(rule))).toEqual([]);
  });

  it('the first rules of the wire stand in the order of their numbers', () => {
    const spec = readFileSync(join(root, 'packages/protocol/SPEC.md'), 'utf8');
    for (const letter of ['S', 'W', 'E']) {
      const numbers = [...spec.matchAll(new RegExp(`^- \\*\\*${letter}(\\d+)\\*\\*`, 'gm'))].map(
        ([, number]) => Number(number),
      );
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }
  });
});
