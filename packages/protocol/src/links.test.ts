import { describe, expect, it } from 'vitest';
import { firstLink } from './links.ts';

describe('firstLink', () => {
  it.each([
    ['see https://a.example/x?y=1#z.', 'https://a.example/x?y=1#z'],
    ['(https://a.example/x)', 'https://a.example/x'],
    ['[a](https://a.example/x) and https://b.example', 'https://a.example/x'],
    ['https://en.example/wiki/A_(b)', 'https://en.example/wiki/A_(b)'],
    ['**https://a.example**', 'https://a.example'],
    ['`https://no.example` but http://yes.example', 'http://yes.example'],
    ['```\nhttps://no.example\n```', undefined],
    ['ftp://a.example', undefined],
    ['javascript://a.example', undefined],
    ['https://', undefined],
    ['no link', undefined],
    ['<https://a.example/b>', 'https://a.example/b'],
    ['((https://a.example/x.).)!', 'https://a.example/x'],
    ['https://a.example/(x)).', 'https://a.example/(x)'],
  ])('%j', (text, link) => expect(firstLink(text)).toBe(link));

  it('takes time linear to the text', () => {
    for (const unit of ['https://', 'http://a)', '`', '(', 'https://a.b/)'.repeat(3)]) {
      const started = performance.now();
      firstLink(unit.repeat(200_000));
      // A few hundredths; by the square it would be minutes.
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });

  it('nor the square, or the cube, to what stands at its end', () => {
    const link = `http://a.example/${'!'.repeat(1_300)}${')'.repeat(660)}`;
    const started = performance.now();
    for (let times = 0; times < 100; times += 1) firstLink(link);
    // A tenth; it was a minute.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
