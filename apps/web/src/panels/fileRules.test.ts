import type { FileRules } from '@kith/protocol';
import { expect, it } from 'vitest';
import { fileChoiceOf, rulesFor } from './fileRules.ts';

it('what is chosen is read as the same choice', () => {
  for (const choice of ['all', 'media', 'none'] as const)
    for (const now of [null, { types: ['text'] }, { fileBytes: 5 }] satisfies (FileRules | null)[])
      expect(fileChoiceOf(rulesFor(choice, now))).toBe(choice);
});

it('how large a file may be stays', () => {
  expect(rulesFor('none', { fileBytes: 5 })).toEqual({ fileBytes: 5, types: [] });
  expect(rulesFor('all', { fileBytes: 5, types: [] })).toEqual({ fileBytes: 5 });
  expect(rulesFor('all', { types: [] })).toBeNull();
});

it('rules of another kind are none of the choices, and stay while none is chosen', () => {
  const rules = { types: ['image/png'] };
  expect(fileChoiceOf(rules)).toBe('other');
  expect(rulesFor('other', rules)).toBe(rules);
  expect(fileChoiceOf({ types: ['video', 'image', 'audio'] })).toBe('media');
});
