import { inLanguage } from '../app/time.ts';

const clock = inLanguage({ hour: 'numeric', minute: '2-digit' });
const weekday = inLanguage({ weekday: 'short', hour: 'numeric', minute: '2-digit' });
const date = inLanguage({
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
});

/** A time that lies ahead, as short as it is clear: 14:05, Mon 09:00, Tue 3 Mar, 09:00. */
export function timeText(at: number, now = Date.now()): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return clock.format(at);
  return at - now < 6 * 86_400_000 ? weekday.format(at) : date.format(at);
}
