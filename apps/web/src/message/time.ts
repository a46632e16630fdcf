/** Times as people read them, in their own locale. Formatters are made once: making one costs more than using it a hundred times. */
const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const short = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
});
const near = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const far = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

export const formatTime = (iso: string): string => clock.format(new Date(iso));
export const formatFull = (iso: string): string => full.format(new Date(iso));
/** With the date unless it was today. */
export const formatWhen = (iso: string): string =>
  daysAgo(new Date(iso).setHours(0, 0, 0, 0)) === 0 ? formatTime(iso) : short.format(new Date(iso));

/** `day`: a local midnight, ms. "Today", "Yesterday", "Monday, 3 March", "3 March 2024". */
export function formatDay(day: number): string {
  const ago = daysAgo(day);
  if (ago === 0 || ago === 1) {
    const word = relative.format(-ago, 'day');
    return word.charAt(0).toLocaleUpperCase() + word.slice(1);
  }
  return (new Date(day).getFullYear() === new Date().getFullYear() ? near : far).format(day);
}

/** Whole days since a local midnight; rounded, because a day of changing clocks has 23 or 25 hours. */
function daysAgo(day: number): number {
  return Math.round((new Date().setHours(0, 0, 0, 0) - day) / 86_400_000);
}
