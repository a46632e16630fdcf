import { describe, expect, it } from 'vitest';
import { KINDS } from './kinds.ts';
import { tokensOf } from './tokens.ts';

/** Each coloured stretch as `kind:its text`. */
function read(lang: string, text: string): string[] {
  const tokens = tokensOf(lang, text);
  return Array.from({ length: tokens.length / 3 }, (_, n) => {
    const [start, end, kind = 0] = tokens.subarray(3 * n, 3 * n + 3);
    return `${KINDS[kind]}:${text.slice(start, end)}`;
  });
}

describe('tokensOf', () => {
  it('tells the parts of a code apart', () => {
    expect(read('ts', 'const a = "b"; // c\nclass Foo { bar(x: number) { return 12; } }')).toEqual([
      'keyword:const',
      'string:"b"',
      'comment:// c',
      'keyword:class',
      'type:Foo',
      'name:bar',
      'name:x',
      'type:number',
      'keyword:return',
      'number:12',
    ]);
  });

  it('knows languages by their short names, in any case', () => {
    for (const lang of ['py', 'Python', 'PYTHON'])
      expect(read(lang, 'def f(): pass')).toContain('keyword:def');
    expect(read('sh', 'echo "$HOME" # x')).toContain('comment:# x');
    expect(read('diff', '-old\n+new')).toEqual(['keyword:-old', 'string:+new']);
  });

  it('takes what is put into a string for code again', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the code that is read
    expect(read('js', '`a${b + 1}c`')).toEqual(['string:`a', 'number:1', 'string:c`']);
  });

  it.each(['', 'nonsense', '__proto__', 'constructor', 'toString'])('leaves %j plain', (lang) => {
    expect(read(lang, 'const a = 1')).toEqual([]);
  });

  it('never points outside of the text, nor into the middle of a letter of two parts', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: see above
    const text = '"😀" /* 🙂 */ 𝒶 = `${1}` \r\n\u2028"\u0000';
    for (const lang of ['js', 'python', 'html', 'markdown', 'css', 'sql', 'bash', 'yaml', 'rust']) {
      const tokens = tokensOf(lang, text);
      let last = 0;
      for (let at = 0; at < tokens.length; at += 3) {
        const [start = 0, end = 0] = tokens.subarray(at, at + 2);
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(text.slice(start, end).isWellFormed(), `${lang} ${start}`).toBe(true);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(text.length);
    }
  });
});
