import { KithError } from '@kith/protocol/errors';
import { describe, expect, test } from 'vitest';
import { backoff } from './backoff.ts';
import { type Change, next, type State } from './connectionState.ts';

const lost = (over: Partial<Extract<Change, { type: 'lost' }>> = {}): Change => ({
  type: 'lost',
  now: 1_000,
  random: 0.5,
  online: true,
  ...over,
});
const connecting: State = { type: 'connecting', attempt: 2 };
const live: State = { type: 'live', attempt: 2, since: 0 };
const waiting: State = { type: 'waiting', attempt: 3, retryAt: 5_000 };

describe('H2: one transition function', () => {
  test('start connects, a welcome makes it live', () => {
    expect(next({ type: 'idle' }, { type: 'start' })).toEqual({ type: 'connecting', attempt: 0 });
    expect(next(connecting, { type: 'welcomed', now: 7 })).toEqual({ type: 'live', attempt: 2, since: 7 });
  });

  test('a loss waits, longer each time; a connection that lasted starts over', () => {
    expect(next(connecting, lost())).toMatchObject({ type: 'waiting', attempt: 3 });
    expect(next(live, lost({ now: 500 }))).toMatchObject({ type: 'waiting', attempt: 3 });
    expect(next(live, lost({ now: 60_000 }))).toMatchObject({ type: 'waiting', attempt: 1 });
  });

  test('the server says when to come back', () => {
    const error = new KithError('draining', { retryAfterMs: 8_000 });
    expect(next(live, lost({ error }))).toMatchObject({
      type: 'waiting',
      retryAt: 1_000 + 8_000 + 500,
      error,
    });
  });

  test.each(['unauthenticated', 'session_revoked', 'unsupported_version'] as const)(
    '%s ends it for good',
    (code) => {
      const ended = next(live, lost({ error: new KithError(code) }));
      expect(ended.type).toBe('ended');
      for (const change of [{ type: 'start' }, { type: 'stop' }, { type: 'retry' }, lost()] as Change[]) {
        expect(next(ended, change)).toBe(ended);
      }
    },
  );

  test('no network: no attempts, until it is back or a while has passed', () => {
    expect(next(live, { type: 'networkLost', now: 0 })).toEqual({
      type: 'offline',
      attempt: 0,
      retryAt: 30_000,
    });
    expect(next(waiting, { type: 'networkLost', now: 0 }).type).toBe('offline');
    expect(next(connecting, lost({ online: false })).type).toBe('offline');
    expect(next({ type: 'offline', attempt: 0, retryAt: 1 }, { type: 'retry' }).type).toBe('connecting');
  });

  test('what makes no sense changes nothing', () => {
    expect(next({ type: 'idle' }, lost())).toEqual({ type: 'idle' });
    expect(next(waiting, { type: 'welcomed', now: 1 })).toBe(waiting);
    expect(next(live, { type: 'retry' })).toBe(live);
    expect(next(live, { type: 'start' })).toBe(live);
  });
});

test('backoff: full jitter between 0.3 s and a ceiling that doubles up to 30 s', () => {
  for (let attempt = 0; attempt < 20; attempt++) {
    expect(backoff(attempt, 0)).toBe(300);
    expect(backoff(attempt, 0.999_999)).toBeLessThanOrEqual(30_000);
  }
  expect(backoff(0, 0.999_999)).toBe(600);
  expect(backoff(30, 0.999_999)).toBe(30_000);
});
