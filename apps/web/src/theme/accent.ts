/**
 * The tokens of an accent, for any hue: lightness is computed so that text keeps its contrast (4.5 to 1, WCAG AA) in light
 * and dark, whatever the hue. The places are those of the theme's own accent in tokens.css.
 */

export interface Colour {
  /** OKLCH: 0 to 1, 0 to about 0.4, degrees. */
  readonly l: number;
  readonly c: number;
  readonly h: number;
}

/** Linear light of sRGB, beyond 0 to 1 where no screen can show it. */
function linearOf({ l, c, h }: Colour): readonly [number, number, number] {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
}

const isShown = (colour: Colour): boolean =>
  linearOf(colour).every((light) => light >= -0.001 && light <= 1.001);

/** As strong as a screen can show it. */
function shown(colour: Colour): Colour {
  let one = colour;
  while (one.c > 0.002 && !isShown(one)) one = { ...one, c: one.c * 0.96 };
  return one;
}

function luminance(colour: Colour): number {
  const [r, g, b] = linearOf(colour).map((light) => Math.min(Math.max(light, 0), 1)) as [
    number,
    number,
    number,
  ];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** As WCAG counts it: 1 to 21. */
export function contrast(a: Colour, b: Colour): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Lighter or darker by small steps, until it stands out so much from the ground. */
function until(colour: Colour, least: number, ground: Colour, step: number): Colour {
  let one = shown(colour);
  while (contrast(one, ground) < least && one.l + step > 0 && one.l + step < 1) {
    one = shown({ ...colour, l: one.l + step });
  }
  return one;
}

export interface Accent {
  readonly accent: Colour;
  readonly fill: Colour;
  readonly fillHover: Colour;
  readonly onAccent: Colour;
  readonly text: Colour;
  readonly soft: Colour;
  readonly selected: Colour;
  readonly bubbleOwn: Colour;
  readonly bubbleOwnMeta: Colour;
}

/** A little more than AA asks, for what rounding takes. */
const TEXT = 4.6;
const MARK = 3.1;

export function lightAccent(h: number): Accent {
  const at = (l: number, c: number): Colour => shown({ l, c, h });
  const white: Colour = { l: 1, c: 0, h };
  const soft = at(0.935, 0.036);
  const bubbleOwn = at(0.929, 0.04);
  const fill = until(at(0.575, 0.17), TEXT, white, -0.005);
  return {
    accent: until(at(0.63, 0.17), MARK, at(0.93, 0.02), -0.005),
    fill,
    fillHover: shown({ l: fill.l - 0.035, c: 0.165, h }),
    onAccent: white,
    text: until(at(0.525, 0.16), TEXT, bubbleOwn, -0.005),
    soft,
    selected: at(0.948, 0.024),
    bubbleOwn,
    bubbleOwnMeta: until(at(0.475, 0.045), TEXT, bubbleOwn, -0.005),
  };
}

export function darkAccent(h: number): Accent {
  const at = (l: number, c: number): Colour => shown({ l, c, h });
  const onAccent = at(0.19, 0.03);
  const bubbleOwn = at(0.36, 0.066);
  const fill = until(at(0.735, 0.145), TEXT, onAccent, 0.005);
  return {
    accent: until(at(0.735, 0.15), MARK, at(0.31, 0.04), 0.005),
    fill,
    fillHover: shown({ l: fill.l + 0.04, c: 0.135, h }),
    onAccent,
    text: until(at(0.775, 0.13), TEXT, bubbleOwn, 0.005),
    soft: at(0.31, 0.045),
    selected: at(0.292, 0.034),
    bubbleOwn,
    bubbleOwnMeta: until(at(0.785, 0.04), TEXT, bubbleOwn, 0.005),
  };
}

const css = ({ l, c, h }: Colour, alpha?: number): string =>
  `oklch(${l.toFixed(3)} ${c.toFixed(3)} ${Math.round(h)}${alpha === undefined ? '' : ` / ${alpha}`})`;

/** What is set on the root: tokens.css takes these before its own. */
export function accentTokens(hue: number): Readonly<Record<string, string>> {
  const [light, dark] = [lightAccent(hue), darkAccent(hue)];
  const both = (of: (accent: Accent) => Colour, alphas?: readonly [number, number]): string =>
    `light-dark(${css(of(light), alphas?.[0])}, ${css(of(dark), alphas?.[1])})`;
  return {
    '--kith-chosen-accent': both(({ accent }) => accent),
    '--kith-chosen-accent-fill': both(({ fill }) => fill),
    '--kith-chosen-accent-fill-hover': both(({ fillHover }) => fillHover),
    '--kith-chosen-on-accent': both(({ onAccent }) => onAccent),
    '--kith-chosen-accent-text': both(({ text }) => text),
    '--kith-chosen-accent-soft': both(({ soft }) => soft),
    '--kith-chosen-selected': both(({ selected }) => selected),
    '--kith-chosen-bubble-own': both(({ bubbleOwn }) => bubbleOwn),
    '--kith-chosen-bubble-own-meta': both(({ bubbleOwnMeta }) => bubbleOwnMeta),
    '--kith-chosen-mention': both(({ accent }) => accent, [0.13, 0.18]),
    '--kith-chosen-flash': both(({ accent }) => accent, [0.16, 0.2]),
  };
}
