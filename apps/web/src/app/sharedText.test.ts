import { limits } from '@kith/protocol/limits';
import { describe, expect, it } from 'vitest';
import { textOf } from './sharedText.ts';

const of = (params: Record<string, string>): string => textOf(new URLSearchParams(params));

describe('what another app shares', () => {
  it('is one text of title, words and address', () => {
    expect(of({ title: 'Tides', text: 'High at six', url: 'https://tides.example' })).toBe(
      'Tides\nHigh at six\nhttps://tides.example',
    );
    expect(of({})).toBe('');
  });

  it('says nothing twice: many apps put the address into the words', () => {
    expect(of({ text: 'https://tides.example', url: 'https://tides.example' })).toBe('https://tides.example');
    expect(of({ title: 'Tides', text: 'Tides: https://tides.example', url: 'https://tides.example' })).toBe(
      'Tides\nTides: https://tides.example',
    );
  });

  it('is never longer than a draft may be', () => {
    expect(of({ text: 'x'.repeat(1_000_000) }).length).toBeLessThanOrEqual(limits.draftLength);
  });
});
