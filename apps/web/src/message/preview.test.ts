import { describe, expect, it } from 'vitest';
import '../i18n/english.ts';
import { plainPreview } from './preview.ts';

const id = '01938b2e-7c1d-7e3a-9d5b-0123456789ab';
const nameOf = (userId: string) => (userId === id ? 'Ana Lima' : undefined);

describe('plainPreview', () => {
  it.each([
    ['hello', 'hello'],
    ['**bold** and *it* and ~~no~~ and `code`', 'bold and it and no and code'],
    ['***both***', 'both'],
    ['_it_ but snake_case_name', 'it but snake_case_name'],
    ['one\n\ntwo', 'one two'],
    ['> quoted\nanswer', 'quoted answer'],
    ['- a\n- b', 'a b'],
    ['```ts\nconst a = 1;\n```', 'const a = 1;'],
    ['[site](https://a.example) yes', 'site yes'],
    [`<@${id}> and <@all>`, '@Ana Lima and @all'],
    ['<@01938b2e-7c1d-7e3a-9d5b-000000000000>', '@Someone'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['```\n```', '``` ```'],
  ])('%j', (text, expected) => expect(plainPreview(text, nameOf)).toBe(expected));

  it('is short whatever it is given', () => {
    for (const unit of ['*', '[', '> ', '`', '_a', '[a](', '😀', '- ', '\\', '<@', '**a']) {
      const started = performance.now();
      expect(plainPreview(unit.repeat(200_000), nameOf).length).toBeLessThan(204);
      // A hundredth; by the square it would be a minute.
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });

  it('does not halve an emoji', () =>
    expect(plainPreview(`a${'😀'.repeat(300)}`, nameOf).isWellFormed()).toBe(true));
});
