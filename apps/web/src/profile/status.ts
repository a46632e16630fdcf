/** What somebody is at, and until when. */
import type { User } from '@kith/protocol';
import { useSyncExternalStore } from 'react';
import { inLanguage } from '../app/time.ts';
import { currentLocale, type Key, t } from '../i18n/index.ts';

export type Status = NonNullable<User['status']>;

/** How long it stays. */
export const spans = ['30m', '1h', '4h', 'today', 'week', 'never'] as const;
export type Span = (typeof spans)[number];

const MINUTE_MS = 60_000;

/** When that ends, by this device's calendar; null: it stays. A week ends with its Sunday. */
export function endOf(span: Span, now: number): Date | null {
  switch (span) {
    case '30m':
      return new Date(now + 30 * MINUTE_MS);
    case '1h':
      return new Date(now + 60 * MINUTE_MS);
    case '4h':
      return new Date(now + 240 * MINUTE_MS);
    case 'today':
      return endOfDay(now, 0);
    case 'week':
      return endOfDay(now, (7 - new Date(now).getDay()) % 7);
    case 'never':
      return null;
  }
}

const unit = (count: number, name: 'minute' | 'hour'): string =>
  new Intl.NumberFormat(currentLocale(), { style: 'unit', unit: name, unitDisplay: 'long' }).format(count);

/** "1 hour", beside what is offered. */
export function spanText(span: Span): string {
  switch (span) {
    case '30m':
      return unit(30, 'minute');
    case '1h':
      return unit(1, 'hour');
    case '4h':
      return unit(4, 'hour');
    case 'today':
      return t('status.until', { time: t('status.today') });
    default:
      return t(`status.span.${span}`);
  }
}

function endOfDay(now: number, daysOn: number): Date {
  const end = new Date(now);
  // By the calendar: a day of clock change has 23 or 25 hours.
  end.setDate(end.getDate() + daysOn + 1);
  end.setHours(0, 0, 0, 0);
  return end;
}

export const suggestions: readonly { readonly emoji: string; readonly text: Key; readonly span: Span }[] = [
  { emoji: '📅', text: 'status.meeting', span: '1h' },
  { emoji: '🍽️', text: 'status.lunch', span: '30m' },
  { emoji: '🎯', text: 'status.focus', span: '4h' },
  { emoji: '🤒', text: 'status.sick', span: 'today' },
  { emoji: '🌴', text: 'status.vacation', span: 'week' },
];

export const isOver = (status: Status, now: number): boolean =>
  status.until !== undefined && Date.parse(status.until) <= now;

/** Ends are looked at together, so that a status goes in time on a screen that nobody touches. */
const EVERY_MS = 15_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) now = Date.now();
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of listeners) one();
  }, EVERY_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The status of a person, unless it has ended. */
export function useStatus(user: User | undefined): Status | undefined {
  const status = user?.status;
  const over = useSyncExternalStore(subscribe, () => status !== undefined && isOver(status, now));
  return over ? undefined : status;
}

const clock = inLanguage({ hour: 'numeric', minute: '2-digit' });
const weekdayClock = inLanguage({ weekday: 'short', hour: 'numeric', minute: '2-digit' });
const day = inLanguage({ weekday: 'short', day: 'numeric', month: 'short' });

/** "until 14:30", "until Mon 14:30", "until Sun, 29 Nov"; nothing where it stays. */
export function untilText({ until }: Status, now = Date.now()): string | undefined {
  return until === undefined ? undefined : t('status.until', { time: endText(Date.parse(until), now) });
}

function endText(end: number, now: number): string {
  const midnight = new Date(end).setHours(0, 0, 0, 0) === end;
  // One that ends with the day says which day, not midnight of the next.
  const last = midnight ? end - 1 : end;
  const today = new Date(now).toDateString() === new Date(last).toDateString();
  if (midnight) return today ? t('status.today') : day.format(last);
  // A week on, the day of the week would be taken for the nearest one.
  return today ? clock.format(end) : end - now < 6 * 86_400_000 ? weekdayClock.format(end) : day.format(end);
}
