/** Times of messages as people read them. */
import { capital, inLanguage, relative } from '../app/time.ts';

const clock = inLanguage({ hour: 'numeric', minute: '2-digit' });
const full = inLanguage({ dateStyle: 'full', timeStyle: 'short' });
const short = inLanguage({ day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
const near = inLanguage({ weekday: 'long', day: 'numeric', month: 'long' });
const far = inLanguage({ day: 'numeric', month: 'long', year: 'numeric' });

export const formatTime = (iso: string): string => clock.format(Date.parse(iso));
export const formatFull = (iso: string): string => full.format(Date.parse(iso));
/** With the date unless it was today. */
export const formatWhen = (iso: string): string =>
  daysAgo(new Date(iso).setHours(0, 0, 0, 0)) === 0 ? formatTime(iso) : short.format(Date.parse(iso));

/** `day`: a local midnight, ms. "Today", "Yesterday", "Monday, 3 March", "3 March 2024". */
export function formatDay(day: number): string {
  const ago = daysAgo(day);
  if (ago === 0 || ago === 1) return capital(relative.format(-ago, 'day'));
  return (new Date(day).getFullYear() === new Date().getFullYear() ? near : far).format(day);
}

/** Whole days since a local midnight; rounded, because a day of changing clocks has 23 or 25 hours. */
function daysAgo(day: number): number {
  return Math.round((new Date().setHours(0, 0, 0, 0) - day) / 86_400_000);
}
