/** How long something is and how far one is in it, as it is read out; as it is drawn: `clockText`. */
import { formatters } from '../../i18n/formatters.ts';
import { currentLocale } from '../../i18n/index.ts';

/** "1 minute 5 seconds": for screen readers, which say of "1:05" what they like. */
export function spokenTime(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1_000));
  const parts = [
    ['hour', Math.floor(whole / 3_600)],
    ['minute', Math.floor((whole % 3_600) / 60)],
    ['second', whole % 60],
  ] as const;
  return parts
    .filter(([unit, value]) => value > 0 || (unit === 'second' && whole === 0))
    .map(([unit, value]) =>
      formatters.getNumberFormat(currentLocale(), { style: 'unit', unit, unitDisplay: 'long' }).format(value),
    )
    .join(' ');
}

/** Whole seconds that are over, ms: a clock that runs does not round up. */
export const wholeSeconds = (ms: number): number => Math.floor(ms / 1_000) * 1_000;
