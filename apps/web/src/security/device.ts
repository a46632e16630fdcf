/** A browser's own description in words: "Chrome on Windows". Rough on purpose: it only has to be recognized by its owner. */

import { t } from '../i18n/index.ts';

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

export interface Device {
  readonly name: string;
  readonly kind: 'phone' | 'computer' | 'program';
}

export function deviceOf(userAgent: string | null): Device {
  const agent = userAgent ?? '';
  const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(agent));
  if (browser && system)
    return { name: t('settings.device.on', { browser, system: system[1] }), kind: system[2] };
  if (browser || system) return { name: browser ?? system?.[1] ?? '', kind: system?.[2] ?? 'computer' };
  return { name: agent.slice(0, 40) || t('settings.device.unknown'), kind: 'program' };
}
