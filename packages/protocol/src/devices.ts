/** What a browser says of itself, for people: "Chrome" and "Windows". Rough on purpose: it only has to be recognized by its owner. */

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/HeadlessChrome\/|Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string, 'phone' | 'computer'])[] = [
  [/iPhone/, 'iPhone', 'phone'],
  [/iPad/, 'iPad', 'phone'],
  [/Android/, 'Android', 'phone'],
  [/Windows/, 'Windows', 'computer'],
  [/CrOS/, 'ChromeOS', 'computer'],
  [/Mac OS X|Macintosh/, 'macOS', 'computer'],
  [/Linux/, 'Linux', 'computer'],
];

const NAME_LENGTH = 40;

export interface DeviceParts {
  readonly browser: string | null;
  readonly system: string | null;
  readonly kind: 'phone' | 'computer' | 'program';
  /** What a program calls itself; '' where it says nothing. */
  readonly program: string;
}

export function devicePartsOf(userAgent: string | null): DeviceParts {
  const agent = userAgent ?? '';
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1] ?? null;
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent));
  const kind = system?.[2] ?? (browser ? 'computer' : 'program');
  return { browser, system: system?.[1] ?? null, kind, program: agent.slice(0, NAME_LENGTH) };
}
