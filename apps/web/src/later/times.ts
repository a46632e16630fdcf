/** Times that people mean by "later", by this device's clock and calendar. Pure. */

import { clockOf, dayOf } from '../app/time.ts';

export type Later = 'soon' | 'hour' | 'tonight' | 'tomorrow' | 'monday';

export interface LaterTime {
  readonly id: Later;
  /** Ms since the epoch. */
  readonly at: number;
}

/** What "a little later" is. */
export const SNOOZE_MS = 20 * 60_000;
const EVENING = 19;
const MORNING = 9;

/** `hour` o'clock so many days after `now`; set by the calendar, so that a night of clock change is no trap. */
function clockAt(now: number, days: number, hour: number): number {
  const date = new Date(now);
  date.setDate(date.getDate() + days);
  return date.setHours(hour, 0, 0, 0);
}

/** What is offered at this time, the soonest first. `soon`: a little later, too. */
export function laterTimes(now: number, { soon = false } = {}): readonly LaterTime[] {
  const day = new Date(now).getDay();
  const toMonday = (8 - day) % 7 || 7;
  return [
    ...(soon ? [{ id: 'soon' as const, at: now + SNOOZE_MS }] : []),
    { id: 'hour' as const, at: now + 3_600_000 },
    // An evening that has nearly begun is "in an hour".
    ...(new Date(now).getHours() < EVENING - 1
      ? [{ id: 'tonight' as const, at: clockAt(now, 0, EVENING) }]
      : []),
    { id: 'tomorrow' as const, at: clockAt(now, 1, MORNING) },
    // On Sunday that is tomorrow.
    ...(toMonday > 1 ? [{ id: 'monday' as const, at: clockAt(now, toMonday, MORNING) }] : []),
  ];
}

/** As a `datetime-local` field has it: this device's clock, to the minute. */
export function toField(at: number): string {
  const date = new Date(at);
  return `${dayOf(date)}T${clockOf(date)}`;
}

/** Ms since the epoch, or undefined when it is no time. */
export function fromField(value: string): number | undefined {
  const at = new Date(value).getTime();
  return Number.isNaN(at) ? undefined : at;
}
