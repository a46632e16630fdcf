/** What photos.ts paints with: ranges, firs, light and what is uneven by nature, as SVG. */
import type { Dice } from './dice.ts';

export type Point = readonly [x: number, y: number];

export const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('');
export const between = (from: number, to: number, part: number): number => from + (to - from) * part;
export const px = (value: number): string => value.toFixed(1);
export const path = (points: readonly Point[]): string =>
  `M${points.map(([x, y]) => `${px(x)} ${px(y)}`).join('L')}`;

/** Colours as `[red, green, blue]`. */
export type Colour = readonly [number, number, number];
export const mix = (one: Colour, other: Colour, part: number): string =>
  `rgb(${one.map((value, at) => Math.round(between(value, other[at] ?? 0, part))).join(',')})`;

/** From the left to the right edge: each half is broken again, by less, as rock is. */
export function ridge(roll: Dice, from: Point, to: Point, rough: number, depth: number): Point[] {
  if (depth === 0) return [from, to];
  const middle: Point = [
    between(from[0], to[0], 0.4 + 0.2 * roll()),
    between(from[1], to[1], 0.5) + (roll() - 0.5) * rough,
  ];
  return [
    ...ridge(roll, from, middle, rough * 0.56, depth - 1).slice(0, -1),
    ...ridge(roll, middle, to, rough * 0.56, depth - 1),
  ];
}

/** Closed along the bottom. */
export const ground = (line: readonly Point[], bottom: number): string =>
  `${path([...line, [line.at(-1)?.[0] ?? 0, bottom], [line[0]?.[0] ?? 0, bottom]])}Z`;

/** A fir that stands at `x`, `foot`: branches hang, none like another. Drawn the way the ground is, so that both make one shape. */
export function fir(roll: Dice, x: number, foot: number, height: number): string {
  const whorls = Math.round(between(9, 26, Math.min(1, height / 500)));
  const side = (way: 1 | -1): Point[] =>
    Array.from({ length: whorls }, (_, at) => {
      const part = (at + 1) / whorls;
      const y = foot - height * (1 - part * 0.94);
      const reach = way * height * 0.185 * part ** 0.9 * (0.7 + 0.45 * roll());
      return [
        [x + reach, y + height * 0.016 * roll()],
        [x + reach * between(0.42, 0.7, roll()), y - height * 0.008],
      ] as const;
    }).flat();
  const trunk = height * 0.012;
  return `${path([[x, foot - height], ...side(1), [x + trunk, foot], [x - trunk, foot], ...side(-1).reverse()])}Z`;
}

/** Side by side along a line of the ground. */
export function wood(roll: Dice, line: readonly Point[], height: number, step: number): string {
  let trees = '';
  let next = -height;
  for (const [x, y] of line) {
    if (x < next) continue;
    trees += fir(roll, x, y + height * 0.14, height * (0.6 + 0.6 * roll()));
    next = x + step * (0.4 + roll());
  }
  return trees;
}

export const gradient = (
  id: string,
  stops: readonly (readonly [at: number, colour: string, opacity?: number])[],
  to = 'x2="0" y2="1"',
): string =>
  `<linearGradient id="${id}" x1="0" y1="0" ${to}>${stops.map(([at, colour, opacity = 1]) => `<stop offset="${at}" stop-color="${colour}" stop-opacity="${opacity}"/>`).join('')}</linearGradient>`;
export const glow = (
  id: string,
  stops: readonly (readonly [at: number, colour: string, opacity: number])[],
  at = '',
): string =>
  `<radialGradient id="${id}" ${at}>${stops.map(([offset, colour, opacity]) => `<stop offset="${offset}" stop-color="${colour}" stop-opacity="${opacity}"/>`).join('')}</radialGradient>`;
/** Clouds, stone, the grain of wood: what is uneven by nature. `alpha`: how much of it is seen, from the noise. */
export const uneven = (
  id: string,
  frequency: string,
  seed: number,
  [r, g, b]: Colour,
  alpha: string,
  more = '',
): string =>
  `<filter id="${id}" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency="${frequency}" numOctaves="5" seed="${seed}"/><feColorMatrix values="0 0 0 0 ${r / 255} 0 0 0 0 ${g / 255} 0 0 0 0 ${b / 255} ${alpha}"/>${more}</filter>`;
