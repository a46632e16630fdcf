import type { OwnRecordOf, Preference, UserChange } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { defaultPreference } from '@kith/protocol/preferences';
import { describe, expect, test } from 'vitest';
import { OwnRecords } from './own.ts';
import { Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import { turn, VirtualClock } from './testing/virtualClock.ts';

const preference = (
  key: string,
  rev: number,
  value: Partial<Preference> | null,
): OwnRecordOf<'preference'> => ({
  type: 'preference',
  key,
  rev,
  value: value && { ...defaultPreference, ...value },
});

/** A server that holds these changes, and what was asked of it. */
function server(changes: UserChange[]) {
  const asked: number[] = [];
  /** `cutAt`: which request fails. */
  const state = { changes, floor: 0, failing: 0, cutAt: 0 };
  const request = (async (_command: string, { since }: { since: number }) => {
    asked.push(since);
    if (state.failing-- > 0 || asked.length === state.cutAt) throw new KithError('unavailable');
    const head = Math.max(0, ...state.changes.map((change) => change.rev));
    if (since > head || (since > 0 && since < state.floor))
      return { records: [], rev: 0, head, more: true, reset: true };
    const found = state.changes.filter((change) => change.rev > since).sort((a, b) => a.rev - b.rev);
    const page = found.slice(0, 2);
    const more = found.length > 2;
    return { records: page, rev: more ? page.at(-1)?.rev : head, head, more, reset: false };
  }) as unknown as Request;
  return { asked, state, request };
}

function device(changes: UserChange[]) {
  const clock = new VirtualClock();
  const there = server(changes);
  const written: unknown[] = [];
  const own = new OwnRecords({
    scheduler: new Scheduler(),
    request: there.request,
    clock,
    random: () => 0.5,
    account: () => undefined,
    changed: (what) => written.push(what),
    shown: () => undefined,
  });
  const archived = (key: string) => own.peek('preference', key)?.archivedSeq;
  const settle = async () => {
    await clock.pass(60_000);
  };
  return { own, clock, written, archived, settle, ...there };
}

describe('S5: what belongs to the person', () => {
  test('is asked for from where the cache ends, in pages, and not when nothing is missing', async () => {
    const changes = [1, 2, 3, 4, 5].map((rev) => preference(`c${rev}`, rev, { archivedSeq: 1 }));
    const { own, asked, archived, settle } = device(changes);
    own.restore({ rev: 2, records: changes.slice(0, 2) });
    own.handleLive(5);
    await settle();
    expect(asked).toEqual([2, 4]);
    expect([...own.all('preference').get().keys()].sort()).toEqual(['c1', 'c2', 'c3', 'c4', 'c5']);
    own.handleDown();
    own.handleLive(5);
    await settle();
    expect(asked).toHaveLength(2);
    expect(archived('c5')).toBe(1);
  });

  test('a hole before an event is filled, also after failures, and an older version changes nothing', async () => {
    const changes = [1, 2, 3].map((rev) => preference('c', rev, { pinned: rev }));
    const { own, asked, state, settle } = device(changes);
    own.handleLive(0);
    state.failing = 2;
    own.handleEvent(3, [changes[2]!]);
    expect(own.peek('preference', 'c')?.pinned).toBe(3);
    await settle();
    expect(own.rev).toBe(3);
    expect(asked.length).toBe(4);
    own.handleEvent(2, [changes[1]!]);
    expect(own.peek('preference', 'c')?.pinned).toBe(3);
  });

  test('S3: a removal is not undone by what came before it', () => {
    const { own, archived } = device([]);
    own.handleLive(0);
    own.handleEvent(2, [preference('c', 2, null)]);
    own.handleEvent(1, [preference('c', 1, { archivedSeq: 1 })]);
    expect(archived('c')).toBeUndefined();
    expect(own.records()).toEqual([]);
  });

  test('begins anew when the server says so', async () => {
    const { own, state, archived, written, settle } = device([preference('new', 9, { archivedSeq: 1 })]);
    state.floor = 8;
    own.restore({ rev: 5, records: [preference('old', 5, { archivedSeq: 1 })] });
    own.handleLive(9);
    await settle();
    expect([archived('old'), archived('new')]).toEqual([undefined, 1]);
    expect(written).toContain('all');
  });

  test('until all of it is there anew, what was known holds, and the cache with it', async () => {
    const news = [6, 7, 8, 9].map((rev) => preference(`new${rev}`, rev, { archivedSeq: 1 }));
    const { own, clock, state, archived, written, settle } = device(news);
    state.floor = 6;
    const old = preference('old', 5, { archivedSeq: 1 });
    own.restore({ rev: 5, records: [old, preference('new9', 4, { archivedSeq: 2 })] });
    const seen: unknown[] = [];
    own.all('preference').subscribe(() => seen.push([archived('old'), archived('new6'), archived('new9')]));
    state.cutAt = 3;
    own.handleLive(9);
    await turn();
    // The connection goes in the middle of the walk.
    own.handleDown();
    expect([archived('old'), own.rev, own.records().length]).toEqual([1, 5, 2]);
    expect(written).toEqual([]);
    state.cutAt = 6;
    own.handleLive(9);
    await turn();
    // An event of these days.
    own.handleEvent(10, [preference('new10', 10, { archivedSeq: 3 })]);
    await settle();
    await clock.pass(100);
    expect([archived('old'), archived('new6'), archived('new9'), archived('new10')]).toEqual([
      undefined,
      1,
      1,
      3,
    ]);
    expect(seen.filter((shown) => JSON.stringify(shown) === JSON.stringify([null, null, null]))).toEqual([]);
    expect(
      own
        .records()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(['new10', 'new6', 'new7', 'new8', 'new9']);
  });

  test('a change shows at once, and is taken back when it is refused', async () => {
    const { own, archived } = device([]);
    own.handleLive(0);
    let answer!: (record: OwnRecordOf<'preference'>) => void;
    const asked = new Promise<{ record: OwnRecordOf<'preference'> }>((resolve) => {
      answer = (record) => resolve({ record });
    });
    const done = own.during('preference', 'c', { ...defaultPreference, archivedSeq: 1 }, () => asked);
    expect(archived('c')).toBe(1);
    answer(preference('c', 1, { archivedSeq: 1 }));
    await done;
    expect([archived('c'), own.rev]).toEqual([1, 1]);
    const refused = own.during('preference', 'c', null, () => Promise.reject(new KithError('forbidden')));
    expect(archived('c')).toBeUndefined();
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
    expect(archived('c')).toBe(1);
  });
});
