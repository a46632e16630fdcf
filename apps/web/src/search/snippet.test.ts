import { describe, expect, it } from 'vitest';
import { snippetOf } from './snippet.ts';

const shown = (text: string, ranges: [number, number][]) =>
  snippetOf(text, ranges, () => 'Ada')
    .map(({ text: part, marked }) => (marked ? `[${part}]` : part))
    .join('');

describe('a snippet', () => {
  it('marks what was found', () => {
    expect(shown('one two three', [[4, 7]])).toBe('one [two] three');
    expect(shown('two', [[0, 3]])).toBe('[two]');
    expect(
      shown('a b a', [
        [0, 1],
        [4, 5],
      ]),
    ).toBe('[a] b [a]');
  });

  it('begins shortly before it, at a word', () => {
    const text = `${'word '.repeat(40)}needle in the hay`;
    expect(shown(text, [[200, 206]])).toMatch(/^…word (?:word )*\[needle\] in the hay$/);
    expect(shown(text, [[200, 206]]).length).toBeLessThan(80);
  });

  it('is bounded', () => {
    expect(shown(`needle ${'x'.repeat(20_000)}`, [[0, 6]]).length).toBeLessThan(260);
    expect(shown('x'.repeat(20_000), [[0, 20_000]]).length).toBeLessThan(260);
  });

  it('is plain: names for mentions, no markers, one line', () => {
    const id = '0190a1b2-0000-7000-8000-000000000001';
    expect(shown(`> **hi**\n<@${id}> \`x\``, [[4, 6]])).toBe('[hi] @Ada x');
    expect(shown('*one* _two_ snake_case 3*4', [[1, 4]])).toBe('[one] two snake_case 3*4');
  });

  it('does not cut a pair of surrogates', () => {
    const text = '👋'.repeat(200);
    expect(shown(text, [[100, 102]]).isWellFormed()).toBe(true);
  });
});
