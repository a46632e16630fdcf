/** Times as people say them, in their locale. */
import { useSyncExternalStore } from 'react';

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const dayMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'numeric', year: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const startOfDay = (at: number | Date): number => new Date(at).setHours(0, 0, 0, 0);

/** Days between two times by the calendar: 0 today, 1 yesterday. Rounded, as a day of clock change has 23 or 25 hours. */
const daysBetween = (at: number, today: number): number => Math.round((today - startOfDay(at)) / 86_400_000);

const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** For a row: 14:05, Yesterday, Mon, 3 Mar, 03/03/24. `today`: the start of the present day, ms. */
export function rowTime(at: number, today: number): string {
  const days = daysBetween(at, today);
  if (days <= 0) return clock.format(at);
  if (days === 1) return capital(relative.format(-1, 'day'));
  if (days < 7) return weekday.format(at);
  return new Date(at).getFullYear() === new Date(today).getFullYear() ? dayMonth.format(at) : date.format(at);
}

export const fullTime = (at: number): string => full.format(at);

/** "last seen 5 minutes ago", "last seen yesterday at 14:05". */
export function lastSeen(at: number, now = Date.now()): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return 'last seen just now';
  if (minutes < 60) return `last seen ${relative.format(-minutes, 'minute')}`;
  const days = daysBetween(at, startOfDay(now));
  if (days <= 0) return `last seen at ${clock.format(at)}`;
  if (days === 1) return `last seen ${relative.format(-1, 'day')} at ${clock.format(at)}`;
  return `last seen ${rowTime(at, startOfDay(now))}`;
}

/** "just now", "5 minutes ago", "yesterday", "3 Mar". */
export function ago(at: number, now = Date.now()): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return relative.format(-minutes, 'minute');
  if (minutes < 24 * 60) return relative.format(-Math.floor(minutes / 60), 'hour');
  const days = daysBetween(at, startOfDay(now));
  return days < 7 ? relative.format(-days, 'day') : dayMonth.format(at);
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
