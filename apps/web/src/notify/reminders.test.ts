import type { KithClient } from '@kith/client';
import type { OwnValue } from '@kith/protocol';
import { defaultSettings } from '@kith/protocol/preferences';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { snoozeWhenKnown, tellReminders } from './reminders.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-22T06:58:30Z') });
  vi.stubGlobal('Notification', { permission: 'granted' });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

type Reminders = ReadonlyMap<string, OwnValue<'reminder'>>;

/** What the reminders need of a client. */
function fake(quiet: boolean, first: Reminders) {
  let reminders = first;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const set = vi.fn(() => Promise.resolve());
  const quietHours = {
    from: '22:00',
    to: '07:00',
    days: [0, 1, 2, 3, 4, 5, 6],
    timeZone: 'UTC',
  };
  const settings = {
    ...defaultSettings,
    notifications: { ...defaultSettings.notifications, ...(quiet && { quietHours }) },
  };
  const client = {
    own: {
      all: () => ({ get: () => reminders, subscribe }),
      get: (_: string, id: string) => ({ get: () => reminders.get(id), subscribe }),
    },
    me: { get: () => ({ settings }) },
    messages: { get: () => ({ get: () => undefined }) },
    reminders: { set },
  } as unknown as KithClient;
  const change = (next: Reminders) => {
    reminders = next;
    for (const listener of listeners) listener();
  };
  return { client, change, set };
}

const due = new Map([
  ['m', { conversationId: 'c', messageId: 'm', seq: 1, at: '2026-11-22T06:00:00.000Z', due: true as const }],
]);

function shower() {
  const display = vi.fn(() => Promise.resolve());
  const close = vi.fn(() => Promise.resolve());
  return { leading: () => true, isLookedAt: () => Promise.resolve(false), display, close };
}

it('what came due in quiet hours is told when they end, once', async () => {
  const { client } = fake(true, due);
  const shown = shower();
  const stop = tellReminders(client, shown);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown.display).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(shown.display).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(300_000);
  expect(shown.display).toHaveBeenCalledTimes(1);
  stop();
});

it('what was dealt with in quiet hours is not told at all; nothing goes on after the end', async () => {
  const { client, change } = fake(true, due);
  const shown = shower();
  const stop = tellReminders(client, shown);
  change(new Map());
  await vi.advanceTimersByTimeAsync(300_000);
  expect(shown.display).not.toHaveBeenCalled();
  change(due);
  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(0);
  expect(shown.display).toHaveBeenCalledTimes(1);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

it('a window that was opened to put one off does so as soon as it knows of it, once', () => {
  const { client, change, set } = fake(false, new Map());
  const stop = snoozeWhenKnown(client, 'm');
  expect(set).not.toHaveBeenCalled();
  change(due);
  change(new Map(due));
  expect(set).toHaveBeenCalledTimes(1);
  expect(set).toHaveBeenCalledWith('c', 'm', '2026-11-22T07:18:30.000Z');
  stop();
});
