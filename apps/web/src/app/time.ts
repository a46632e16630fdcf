/** Times as people say them, in their locale. */
import { useSyncExternalStore } from 'react';
import { formatters } from '../i18n/formatters.ts';
import { currentLocale, t } from '../i18n/index.ts';

/** A format that follows the language of the app. */
export const inLanguage = (options: Intl.DateTimeFormatOptions) => ({
  format: (at: number): string => formatters.getDateTimeFormat(currentLocale(), options).format(at),
});

const clock = inLanguage({ hour: 'numeric', minute: '2-digit' });
const weekday = inLanguage({ weekday: 'short' });
const dayMonth = inLanguage({ day: 'numeric', month: 'short' });
const date = inLanguage({ day: 'numeric', month: 'numeric', year: '2-digit' });
const longDay = inLanguage({ dateStyle: 'long' });
const full = inLanguage({ dateStyle: 'full', timeStyle: 'short' });
export const relative = {
  format: (value: number, unit: Intl.RelativeTimeFormatUnit): string =>
    formatters.getRelativeTimeFormat(currentLocale(), { numeric: 'auto' }).format(value, unit),
};

const two = (value: number): string => String(value).padStart(2, '0');

/** "2026-11-22", by the calendar here: as queries and fields have a day. */
export const dayOf = (date: Date): string =>
  `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/** "14:05", as fields have a time. */
export const clockOf = (date: Date): string => `${two(date.getHours())}:${two(date.getMinutes())}`;

const startOfDay = (at: number | Date): number => new Date(at).setHours(0, 0, 0, 0);

/** Days between two times by the calendar: 0 today, 1 yesterday. Rounded, as a day of clock change has 23 or 25 hours. */
const daysBetween = (at: number, today: number): number => Math.round((today - startOfDay(at)) / 86_400_000);

export const capital = (text: string): string =>
  text.charAt(0).toLocaleUpperCase(currentLocale()) + text.slice(1);

/** For a row: 14:05, Yesterday, Mon, 3 Mar, 03/03/24. `today`: the start of the present day, ms. */
export function rowTime(at: number, today: number): string {
  const days = daysBetween(at, today);
  if (days <= 0) return clock.format(at);
  if (days === 1) return capital(relative.format(-1, 'day'));
  if (days < 7) return weekday.format(at);
  return new Date(at).getFullYear() === new Date(today).getFullYear() ? dayMonth.format(at) : date.format(at);
}

/** "December 7, 2026". */
export const longDate = (at: number): string => longDay.format(at);

export const fullTime = (at: number): string => full.format(at);

/** "40%". */
export const percent = (share: number): string =>
  formatters.getNumberFormat(currentLocale(), { style: 'percent' }).format(share);

/** "1 hour", "7 days": whole hours or days, as they are chosen from. */
export function duration(seconds: number): string {
  const [value, unit] = seconds % 86_400 === 0 ? [seconds / 86_400, 'day'] : [seconds / 3_600, 'hour'];
  return formatters
    .getNumberFormat(currentLocale(), { style: 'unit', unit, unitDisplay: 'long' })
    .format(value);
}

/** "last seen 5 minutes ago", "last seen yesterday at 14:05". */
export function lastSeen(at: number, now = Date.now()): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return t('presence.lastSeenNow');
  if (minutes < 60) return t('presence.lastSeen', { when: relative.format(-minutes, 'minute') });
  const days = daysBetween(at, startOfDay(now));
  const time = clock.format(at);
  if (days <= 0) return t('presence.lastSeenAt', { time });
  if (days === 1) return t('presence.lastSeenDayAt', { day: relative.format(-1, 'day'), time });
  return t('presence.lastSeen', { when: rowTime(at, startOfDay(now)) });
}

/** "just now", "5 minutes ago", "yesterday", "3 Mar". */
export function ago(at: number, now = Date.now()): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return t('presence.now');
  if (minutes < 60) return relative.format(-minutes, 'minute');
  if (minutes < 24 * 60) return relative.format(-Math.floor(minutes / 60), 'hour');
  const days = daysBetween(at, startOfDay(now));
  return days < 7 ? relative.format(-days, 'day') : dayMonth.format(at);
}

/** "in 40 seconds", "in 2 minutes": rounded up, as who comes too early waits again. `ms`: from now. */
export function inTime(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 60) return relative.format(seconds, 'second');
  if (seconds <= 3_600) return relative.format(Math.ceil(seconds / 60), 'minute');
  return relative.format(Math.ceil(seconds / 3_600), 'hour');
}

/** A clock of which only the ticks are seen: everybody who shows a time shares one timer. */
function ticking(read: () => number, everyMs: number) {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let value = read();
  const tick = (): void => {
    const next = read();
    if (next === value) return;
    value = next;
    for (const listener of listeners) listener();
  };
  return {
    get: () => value,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      timer ??= setInterval(tick, everyMs);
      tick();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

const today = ticking(() => startOfDay(Date.now()), 60_000);
const minute = ticking(() => Math.floor(Date.now() / 30_000) * 30_000, 30_000);

/** The start of the present day, ms; renders again at midnight. */
export const useToday = (): number => useSyncExternalStore(today.subscribe, today.get);
/** Renders again twice a minute, for "5 minutes ago". */
export const useMinute = (): number => useSyncExternalStore(minute.subscribe, minute.get);
