import { describe, expect, it } from 'vitest';
import { accentTokens, contrast, darkAccent, lightAccent } from './accent.ts';

const white = { l: 1, c: 0, h: 0 };
const black = { l: 0, c: 0, h: 0 };
const hues = Array.from({ length: 72 }, (_, n) => n * 5);

describe('an accent of any hue', () => {
  it('counts contrast as WCAG does', () => {
    expect(contrast(white, black)).toBeCloseTo(21, 1);
    expect(contrast(white, white)).toBe(1);
    // Mid grey, #777777: 4.48 on white.
    expect(contrast({ l: 0.5693, c: 0, h: 0 }, white)).toBeCloseTo(4.48, 1);
  });

  it.each([
    ['light', lightAccent],
    ['dark', darkAccent],
  ] as const)('keeps text readable and marks visible in %s', (_, accentOf) => {
    for (const hue of hues) {
      const accent = accentOf(hue);
      const least = {
        button: contrast(accent.onAccent, accent.fill),
        'text on a tint': contrast(accent.text, accent.soft),
        'text in an own bubble': contrast(accent.text, accent.bubbleOwn),
        'time in an own bubble': contrast(accent.bubbleOwnMeta, accent.bubbleOwn),
      };
      for (const [what, ratio] of Object.entries(least))
        expect(ratio, `${what}, hue ${hue}`).toBeGreaterThanOrEqual(4.5);
      expect(contrast(accent.accent, accent.selected), `mark, hue ${hue}`).toBeGreaterThanOrEqual(3);
    }
  });

  it('is told as tokens of the theme', () => {
    const tokens = Object.entries(accentTokens(250));
    for (const [name, value] of tokens) {
      expect(name).toMatch(/^--kith-chosen-/);
      expect(value).toMatch(/^light-dark\(oklch\([^)]+\), oklch\([^)]+\)\)$/);
    }
  });
});
