import type { MessageRecord, NotificationSettings, Preference } from '@kith/protocol';
import { defaultPreference, defaultSettings, forever } from '@kith/protocol/preferences';
import { describe, expect, test } from 'vitest';
import { isQuiet, mayNotify, type NotifiedEntry } from './notify.ts';

const NOON = Date.parse('2026-03-02T12:00:00Z');

const kindOf = ({
  message = {},
  preference = {},
  notifications = {},
  kind = 'group',
  now = NOON,
  follows,
  request,
}: {
  message?: Partial<MessageRecord>;
  preference?: Partial<Preference>;
  notifications?: Partial<NotificationSettings>;
  kind?: 'direct' | 'group' | 'channel';
  now?: number;
  follows?: boolean;
  request?: NotifiedEntry['request'];
} = {}) =>
  mayNotify(
    {
      authorId: 'them',
      body: { type: 'content', content: { type: 'plain', text: 'hi' } },
      ...message,
    } as unknown as MessageRecord,
    {
      preference: { ...defaultPreference, ...preference },
      conversation: { kind },
      membership: { userId: 'me' },
      request,
    } as unknown as NotifiedEntry,
    { notifications: { ...defaultSettings.notifications, ...notifications } },
    now,
    follows,
  );

const asked = (what: Parameters<typeof kindOf>[0] = {}): boolean => kindOf(what) !== null;

describe('mayNotify', () => {
  test('tells what others say, not what one says oneself, nor what the conversation says', () => {
    expect(asked()).toBe(true);
    expect(asked({ message: { authorId: 'me' } })).toBe(false);
    expect(asked({ message: { body: { type: 'system', event: { type: 'joined' } } } })).toBe(false);
    expect(asked({ message: { body: { type: 'deleted', at: '', by: 'them' } } })).toBe(false);
  });

  test('the level of the conversation counts before the one of its kind', () => {
    const notifications = { channel: 'none', group: 'mentions' } as const;
    expect(asked({ kind: 'channel', notifications })).toBe(false);
    expect(asked({ kind: 'channel', notifications, preference: { level: 'all' } })).toBe(true);
    expect(asked({ kind: 'direct', notifications })).toBe(true);
    expect(asked({ kind: 'direct', notifications, preference: { level: 'none' } })).toBe(false);
    expect(asked({ notifications })).toBe(false);
    expect(asked({ notifications, message: { mentions: ['other', 'me'] } })).toBe(true);
    expect(asked({ notifications, message: { mentions: ['other'] } })).toBe(false);
    expect(asked({ notifications, message: { mentionsAll: true } })).toBe(true);
  });

  test('tells a mention from a message, and leaves threads to who is mentioned in them or follows them', () => {
    const thread = { rootId: 'root', rootSeq: 1 };
    expect(kindOf()).toBe('message');
    expect(kindOf({ message: { mentionsAll: true } })).toBe('mention');
    expect(kindOf({ message: { thread } })).toBe(null);
    expect(kindOf({ message: { thread, mentions: ['me'] } })).toBe('mention');
    const follows = true;
    expect(kindOf({ message: { thread }, follows })).toBe('message');
    expect(kindOf({ message: { thread }, follows, preference: { level: 'mentions' } })).toBe(null);
    expect(kindOf({ message: { thread }, follows, preference: { mutedUntil: forever } })).toBe(null);
    expect(kindOf({ message: { thread: { ...thread, alsoSent: true } } })).toBe('message');
  });

  test('what is muted is silent until the time, mentions too', () => {
    const mutedUntil = new Date(NOON + 1).toISOString();
    expect(asked({ preference: { mutedUntil } })).toBe(false);
    expect(asked({ preference: { mutedUntil }, message: { mentions: ['me'] } })).toBe(false);
    expect(asked({ preference: { mutedUntil }, now: NOON + 1 })).toBe(true);
    expect(asked({ preference: { mutedUntil: forever } })).toBe(false);
  });

  test('in quiet hours everything is', () => {
    const quietHours = { from: '11:00', to: '13:00', days: [1], timeZone: 'UTC' };
    expect(asked({ notifications: { quietHours }, message: { mentions: ['me'] } })).toBe(false);
    expect(asked({ notifications: { quietHours: { ...quietHours, days: [2] } } })).toBe(true);
  });
});

describe('isQuiet', () => {
  /** Weekdays, from ten in the evening to seven, where clocks change. */
  const nights = { from: '22:00', to: '07:00', days: [1, 2, 3, 4, 5], timeZone: 'Europe/Berlin' };
  const at = (local: string) => isQuiet(nights, Date.parse(`${local}:00+01:00`));

  test('a night belongs to the day on which it begins', () => {
    // 6 March 2026 is a Friday.
    expect(at('2026-03-06T21:59')).toBe(false);
    expect(at('2026-03-06T22:00')).toBe(true);
    expect(at('2026-03-07T06:59')).toBe(true);
    expect(at('2026-03-07T07:00')).toBe(false);
    expect(at('2026-03-07T23:00')).toBe(false);
    expect(at('2026-03-09T03:00')).toBe(false);
    expect(at('2026-03-09T22:30')).toBe(true);
  });

  test('goes by the clock on the wall of the zone, in summer too', () => {
    expect(isQuiet(nights, Date.parse('2026-07-06T20:30:00Z'))).toBe(true);
    expect(isQuiet(nights, Date.parse('2026-07-06T19:30:00Z'))).toBe(false);
    expect(isQuiet({ ...nights, timeZone: 'America/New_York' }, Date.parse('2026-07-06T20:30:00Z'))).toBe(
      false,
    );
  });

  test('midnight is 00:00, and equal ends mean all day', () => {
    const day = { from: '00:00', to: '00:00', days: [1], timeZone: 'UTC' };
    expect(isQuiet(day, Date.parse('2026-03-09T00:00:00Z'))).toBe(true);
    expect(isQuiet(day, Date.parse('2026-03-09T23:59:00Z'))).toBe(true);
    expect(isQuiet(day, Date.parse('2026-03-10T00:00:00Z'))).toBe(false);
    expect(isQuiet({ ...day, from: '00:00', to: '01:00' }, Date.parse('2026-03-09T00:30:00Z'))).toBe(true);
  });
});

test('what a stranger writes is told of once they were accepted', () => {
  const request = { by: 'them', at: '2026-01-01T00:00:00.000Z' };
  expect(asked({ kind: 'direct', message: { mentions: ['me'] }, request })).toBe(false);
  expect(asked({ kind: 'direct', message: { mentions: ['me'] } })).toBe(true);
});
