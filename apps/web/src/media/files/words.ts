/** Sizes and lengths of files as people read them. Small: lists and quotes use it too. */
import { formatters } from '../../i18n/formatters.ts';
import { currentLocale } from '../../i18n/index.ts';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** "12 kB", "4.5 MB": by thousands, as shops and phones count. */
export function sizeText(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1_000 ** power;
  // What rounding lifts to a thousand is one of the next.
  const [shown, unit] = value >= 999.5 && power < UNITS.length - 1 ? [1, power + 1] : [value, power];
  return formatters
    .getNumberFormat(currentLocale(), {
      style: 'unit',
      unit: UNITS[unit] ?? 'byte',
      // "999 byte" is what the short form of it makes.
      unitDisplay: unit === 0 ? 'long' : 'short',
      maximumFractionDigits: unit > 1 && shown < 100 ? 1 : 0,
    })
    .format(shown);
}

/** "0:07", "12:30", "1:02:03". `ms`: how long, or how far. */
export function clockText(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const one = formatters.getNumberFormat(currentLocale(), { useGrouping: false });
  const two = formatters.getNumberFormat(currentLocale(), { minimumIntegerDigits: 2 });
  const parts = hours > 0 ? [one.format(hours), two.format(minutes)] : [one.format(minutes)];
  return [...parts, two.format(seconds % 60)].join(':');
}
