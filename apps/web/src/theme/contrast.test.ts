/** Every colour of text on every ground it stands on can be read: 4.5 to 1 (WCAG AA), for marks and edges 3 to 1. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../message/code/kinds.ts';

type Scheme = 'light' | 'dark';
/** Linear sRGB and opacity. */
type Colour = readonly [red: number, green: number, blue: number, alpha: number];

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');

/** Declarations of all rules whose selector is accepted; later ones win, as in the cascade of one layer. */
function tokensOf(accepts: (selector: string) => boolean): ReadonlyMap<string, string> {
  const tokens = new Map<string, string>();
  for (const [, selector = '', body = ''] of css.matchAll(/([^{};]+)\{([^{}]*)\}/g))
    if (accepts(selector.trim()))
      for (const [, name = '', value = ''] of body.matchAll(/(--kith-[\w-]+):\s*([^;]+);/g))
        tokens.set(name, value.trim());
  return tokens;
}

const plain = tokensOf((selector) => selector === ':root');
const contrast = new Map([...plain, ...tokensOf((selector) => selector.includes('data-contrast'))]);

/** The part of `light-dark(a, b)`, whose halves hold commas of their own only in brackets. */
function sideOf(value: string, scheme: Scheme): string {
  const inner = /^light-dark\((.*)\)$/s.exec(value)?.[1];
  if (inner === undefined) return value;
  let depth = 0;
  const comma = [...inner].findIndex((sign) => {
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    return sign === ',' && depth === 0;
  });
  return (scheme === 'light' ? inner.slice(0, comma) : inner.slice(comma + 1)).trim();
}

function colourOf(name: string, tokens: ReadonlyMap<string, string>, scheme: Scheme): Colour {
  // What a person chose stands before the theme's own; those are tested in accent.test.ts.
  const own = (tokens.get(name) ?? '').replace(/^var\(\s*--kith-chosen-[\w-]+,\s*(.*?)\s*\)$/s, '$1');
  const value = sideOf(own, scheme);
  const other = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
  if (other) return colourOf(other, tokens, scheme);
  const [, l, c, h, alpha] = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)(?: \/ ([\d.]+))?\)$/.exec(value) ?? [];
  if (l === undefined) throw new Error(`${name} is no colour: ${value}`);
  return linear(Number(l), Number(c), Number(h), Number(alpha ?? 1));
}

/** OKLCH to linear sRGB, by the matrices of its author (Björn Ottosson), clipped to what a screen shows. */
function linear(lightness: number, chroma: number, hue: number, alpha: number): Colour {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (channel: number): number => Math.min(1, Math.max(0, channel));
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
    alpha,
  ];
}

const encode = (channel: number): number =>
  channel <= 0.0031308 ? 12.92 * channel : 1.055 * channel ** (1 / 2.4) - 0.055;
const decode = (channel: number): number =>
  channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;

/** What a screen shows of one over the other: browsers mix the encoded values. */
function over([r, g, b, alpha]: Colour, ground: Colour): Colour {
  const mix = (above: number, below: number): number =>
    decode(encode(above) * alpha + encode(below) * (1 - alpha));
  return [mix(r, ground[0]), mix(g, ground[1]), mix(b, ground[2]), 1];
}

const luminance = ([r, g, b]: Colour): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

function ratio(a: Colour, b: Colour): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const grounds = ['ground', 'surface', 'raised', 'sunken'];
const hues = [0, 1, 2, 3, 4, 5, 6, 7];
/** Text, then what it stands on: the lowest first, what is laid over it behind. */
const texts: readonly (readonly [string, ...string[]])[] = [
  ...grounds.flatMap((ground) => [
    ['ink', ground] as const,
    ['ink-2', ground] as const,
    ['accent-text', ground] as const,
    ['danger-text', ground] as const,
  ]),
  ...['ink', 'ink-2', 'accent-text'].flatMap((text) => [
    [text, 'surface', 'hover'] as const,
    [text, 'surface', 'pressed'] as const,
    [text, 'selected'] as const,
    [text, 'raised', 'hover'] as const,
  ]),
  ['on-accent', 'accent-fill'],
  ['on-accent', 'accent-fill-hover'],
  ['on-danger', 'danger'],
  ['accent-text', 'accent-soft'],
  ['danger-text', 'danger-soft'],
  ['ink', 'accent-soft'],
  ['surface', 'ink'],
  ['bubble-ink', 'bubble'],
  ['bubble-meta', 'bubble'],
  ['accent-text', 'bubble'],
  ['danger-text', 'bubble'],
  ['bubble-ink', 'bubble', 'code'],
  ['bubble-own-ink', 'bubble-own'],
  ['bubble-own-meta', 'bubble-own'],
  ['accent-text', 'bubble-own'],
  ['bubble-own-ink', 'bubble-own', 'code'],
  ...KINDS.flatMap((kind) => [
    [`code-${kind}`, 'bubble', 'code'] as const,
    [`code-${kind}`, 'bubble-own', 'code'] as const,
    [`code-${kind}`, 'raised', 'code'] as const,
    [`code-${kind}`, 'surface', 'code'] as const,
  ]),
  ['bubble-ink', 'bubble', 'mention'],
  ['accent-text', 'bubble', 'mention'],
  ...hues.flatMap((hue) => [
    [`hue-${hue}`, `hue-${hue}-soft`] as const,
    [`hue-${hue}`, 'bubble'] as const,
    [`hue-${hue}`, 'surface'] as const,
  ]),
];
/** Marks that carry no text: icons, ticks, rings, edges of what is pressed. */
const marks: typeof texts = [
  ...grounds.map((ground) => ['focus', ground] as const),
  ['accent', 'bubble'],
  ['accent', 'bubble-own'],
  ['online', 'surface'],
  ['away', 'surface'],
];

describe.each([
  ['light', plain, 'light'],
  ['dark', plain, 'dark'],
  ['high contrast, light', contrast, 'light'],
  ['high contrast, dark', contrast, 'dark'],
] as const)('%s', (_, tokens, scheme) => {
  const colour = (name: string): Colour => colourOf(`--kith-${name}`, tokens, scheme);
  const tooLittle = (pairs: typeof texts, least: number) =>
    pairs.flatMap(([mark, ...layers]) => {
      const ground = layers.map(colour).reduce((below, above) => over(above, below));
      const found = ratio(over(colour(mark), ground), ground);
      return found < least ? [`${mark} on ${layers.join(' + ')}: ${found.toFixed(2)}`] : [];
    });

  it('text can be read on all its grounds', () => expect(tooLittle(texts, 4.5)).toEqual([]));
  it('marks can be made out', () => expect(tooLittle(marks, 3)).toEqual([]));
});

describe('the measure', () => {
  const grey = (lightness: number): Colour => linear(lightness, 0, 0, 1);
  it('is that of WCAG', () => {
    expect(ratio(grey(0), grey(1))).toBeCloseTo(21, 1);
    // #767676 is the lightest grey that white may stand on.
    const grey76: Colour = [decode(0x76 / 255), decode(0x76 / 255), decode(0x76 / 255), 1];
    expect(ratio(grey76, grey(1))).toBeCloseTo(4.54, 2);
    // Pure sRGB red in OKLCH.
    expect(
      linear(0.628, 0.2577, 29.23, 1)
        .slice(0, 3)
        .map((channel) => Math.round(channel * 50) / 50),
    ).toEqual([1, 0, 0]);
  });
});
