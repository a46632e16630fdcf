import { expect, it } from 'vitest';
import { isBlank } from './blank.ts';
import { PlainContent } from './content.ts';

it('what draws nothing is blank, whatever it is made of', () => {
  for (const text of [
    '',
    ' \n\t',
    '\u200B\u200D\uFEFF',
    '\u202E\u2066 \u2069',
    '\u2800\u3164',
    '\uFE0F\u00AD',
  ])
    expect(isBlank(text), JSON.stringify(text)).toBe(true);
  for (const text of ['.', '👨\u200D👩', '\u200Ba', 'ء', '\u0301e', '🏳️'])
    expect(isBlank(text), text).toBe(false);
  expect(PlainContent.safeParse({ type: 'plain', text: '\u200B\u200B' }).success).toBe(false);
});
