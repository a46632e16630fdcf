/** What needs no page of the playing: who may be heard, what was heard, where it is, how long it is. */
import type { KithClient } from '@kith/client';
import type { MessageFile, MessageRecord } from '@kith/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetCells } from '../../app/cell.ts';
import { speak } from '../../i18n/index.ts';
import { leaveFloor, pausePlayer, takeFloor } from './floor.ts';
import { isUnheard, rememberHeard } from './heard.ts';
import { nextVoice } from './sounds.ts';
import { fixed, startAddress } from './source.ts';
import { spokenTime, wholeSeconds } from './times.ts';

describe('the floor', () => {
  it('has one at a time, and is left by whoever has ended', () => {
    const [a, b] = [vi.fn(), vi.fn()];
    takeFloor(a);
    takeFloor(a);
    expect(a).not.toHaveBeenCalled();
    takeFloor(b);
    expect(a).toHaveBeenCalledTimes(1);
    leaveFloor(a);
    pausePlayer();
    expect(b).toHaveBeenCalledTimes(1);
    pausePlayer();
    expect(b).toHaveBeenCalledTimes(1);
  });
});

describe('an address', () => {
  it('that is known is told at once; one that is not, when it comes, and once', () => {
    const told: (string | undefined)[] = [];
    startAddress(fixed('/v1/a'), (address) => told.push(address));
    expect(told).toEqual(['/v1/a']);

    let value: string | undefined;
    const listeners = new Set<() => void>();
    const source = {
      get: () => value,
      subscribe: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    startAddress(source, (address) => told.push(address));
    for (const listener of listeners) listener();
    expect(told).toEqual(['/v1/a']);
    value = '/v1/b';
    for (const listener of [...listeners]) listener();
    expect(told).toEqual(['/v1/a', '/v1/b']);
    expect(listeners.size).toBe(0);
  });

  it('that does not come is given up, unless nobody wants it any more', () => {
    vi.useFakeTimers();
    try {
      const told: (string | undefined)[] = [];
      const never = { get: () => undefined, subscribe: () => () => undefined };
      startAddress(never, (address) => told.push(address), 1_000);
      const stop = startAddress(never, () => told.push('wrong'), 1_000);
      stop();
      vi.advanceTimersByTime(2_000);
      expect(told).toEqual([undefined]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what was heard', () => {
  const kept = new Map<string, string>();
  beforeEach(() => {
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    });
  });
  afterEach(() => {
    forgetCells();
    kept.clear();
    vi.unstubAllGlobals();
  });
  const now = Date.parse('2026-11-23T12:00:00Z');
  const at = '2026-11-23T11:00:00Z';

  it('has no dot any more, also on the next page', () => {
    expect(isUnheard('m', at, now)).toBe(true);
    rememberHeard('m');
    expect(isUnheard('m', at, now)).toBe(false);
    expect(isUnheard('n', at, now)).toBe(true);
    forgetCells();
    expect(isUnheard('m', at, now)).toBe(false);
  });

  it('is not remembered for ever', () => {
    for (let i = 0; i < 510; i += 1) rememberHeard(`m${i}`);
    expect((JSON.parse(kept.get('kith.heard') ?? '[]') as string[]).length).toBe(500);
    expect([isUnheard('m0', at, now), isUnheard('m509', at, now)]).toEqual([true, false]);
  });

  it('is no news after a month', () => {
    expect(isUnheard('old', '2026-10-01T00:00:00Z', now)).toBe(false);
  });
});

describe('the next voice message', () => {
  const file: MessageFile = {
    fileId: 'f',
    kind: 'voice',
    name: 'v.webm',
    mime: 'audio/webm',
    size: 1,
    duration: 5,
  };
  const message = (
    id: string,
    { kind = 'voice', thread }: { kind?: 'voice' | 'round'; thread?: string } = {},
  ) =>
    ({
      id,
      conversationId: 'c',
      authorId: 'ada',
      body: {
        type: 'content',
        content: { type: 'plain', text: '', attachment: { type: 'files', files: [{ ...file, kind }] } },
      },
      ...(thread && { thread: { rootId: thread, rootSeq: 1 } }),
    }) as unknown as MessageRecord;
  /** `pages`, newest first. */
  const client = (...pages: readonly (readonly MessageRecord[])[]) => {
    const request = vi.fn(async (_: string, { cursor }: { cursor?: string }) => {
      const page = Number(cursor ?? 0);
      return { messages: pages[page], next: page + 1 < pages.length ? String(page + 1) : null };
    });
    return {
      request,
      users: { get: () => ({ get: () => ({ displayName: 'Ada' }) }) },
      files: { url: () => fixed('/v1/x') },
    } as unknown as KithClient & { request: typeof request };
  };

  it('is the one that was said after it, over pages, and no video', async () => {
    const [old, round, middle, newest] = [
      message('old'),
      message('round', { kind: 'round' }),
      message('middle'),
      message('newest'),
    ];
    const sound = await nextVoice(client([newest, middle], [round, old]), old);
    expect(sound).toMatchObject({ messageId: 'middle', title: 'Ada', kind: 'voice', duration: 5 });
    expect(await nextVoice(client([newest, middle]), newest)).toBeUndefined();
  });

  it('stays in its thread, and in the main line', async () => {
    const list = [message('d'), message('c', { thread: 't' }), message('b', { thread: 'u' }), message('a')];
    expect((await nextVoice(client(list), list[3] as MessageRecord))?.messageId).toBe('d');
    expect(await nextVoice(client(list), list[2] as MessageRecord)).toBeUndefined();
  });

  it('is not looked for without end', async () => {
    const endless = client(...Array.from({ length: 50 }, (_, i) => [message(`m${i}`)]));
    expect(await nextVoice(endless, message('far'))).toBeUndefined();
    expect(endless.request.mock.calls.length).toBeLessThanOrEqual(5);
  });
});

it('lengths are read out in words', async () => {
  await speak('en');
  expect([0, 400, 1_000, 65_000, 3_600_000, 3_725_000].map(spokenTime)).toEqual([
    '0 seconds',
    '0 seconds',
    '1 second',
    '1 minute 5 seconds',
    '1 hour',
    '1 hour 2 minutes 5 seconds',
  ]);
  expect(wholeSeconds(3_999)).toBe(3_000);
});
