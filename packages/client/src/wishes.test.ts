import type { OwnRecordOf, Preference } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { defaultPreference } from '@kith/protocol/preferences';
import { describe, expect, test } from 'vitest';
import { OwnRecords } from './own.ts';
import { Scheduler } from './reactive.ts';
import type { Request } from './request.ts';
import { turn, VirtualClock } from './testing/virtualClock.ts';
import { type Wish, Wishes, wishKey } from './wishes.ts';

/** The server's preferences, shared by devices; each hears of changes when it is told to. */
function service() {
  const values = new Map<string, Preference>();
  const asked: { readonly id: string; readonly change: Partial<Preference> }[] = [];
  const state: { rev: number; fail: ('before' | 'after' | 'forbidden')[]; broken?: string } = {
    rev: 0,
    fail: [],
  };
  const request = (async (_name: string, { conversationId: id, ...change }: { conversationId: string }) => {
    const fault = state.fail.shift();
    if (state.broken === id) throw new KithError('internal');
    if (fault === 'before') throw new KithError('unavailable');
    if (fault === 'forbidden') throw new KithError('forbidden');
    asked.push({ id, change });
    values.set(id, { ...defaultPreference, ...values.get(id), ...change });
    state.rev++;
    if (fault === 'after') throw new KithError('timeout');
    return { record: { type: 'preference', key: id, rev: state.rev, value: values.get(id) } };
  }) as unknown as Request;
  return { values, asked, state, request };
}

let tabs = 0;

/** What the tabs of one browser share: the rows, and a channel whose messages come a moment later. */
function browser() {
  const rows = new Map<string, Wish>();
  const open = new Map<string, Wishes>();
  const tell = (from: string, say: (other: Wishes) => void) =>
    queueMicrotask(() => {
      for (const [owner, wishes] of open) if (owner !== from) say(wishes);
    });
  return { rows, open, tell };
}

function device(there: ReturnType<typeof service>, { rows, open, tell } = browser()) {
  const clock = new VirtualClock();
  const owner = `tab ${tabs++}`;
  const refused: unknown[] = [];
  const own = new OwnRecords({
    scheduler: new Scheduler(),
    request: there.request,
    clock,
    random: () => 0.5,
    account: () => undefined,
    changed: () => undefined,
    shown: () => undefined,
  });
  const wishes = new Wishes({
    owner,
    me: () => 'anna',
    own,
    request: there.request,
    clock,
    random: () => 0.5,
    put: async (wish) => {
      rows.set(wishKey(wish), structuredClone(wish));
      tell(owner, (other) => other.handleWish(structuredClone(wish)));
    },
    remove: async (wish, outcome) => {
      rows.delete(wishKey(wish));
      if (outcome) tell(owner, (other) => other.handleDone(wish, outcome));
    },
    refused: (error) => refused.push(error),
  });
  open.set(owner, wishes);
  wishes.handleRows([...rows.values()], []);
  /** The tab is closed, or dies. */
  const close = () => {
    open.delete(owner);
    wishes.handleDown();
  };
  const seen = (id: string) => own.peek('preference', id);
  const record = (rev: number, value: Partial<Preference>): OwnRecordOf<'preference'> => ({
    type: 'preference',
    key: 'c',
    rev,
    value: { ...defaultPreference, ...value },
  });
  return { clock, owner, own, wishes, rows, close, seen, refused, record };
}

describe('what is set without a network', () => {
  test('shows at once, survives a restart, and is told once when there is one, the last word of each', async () => {
    const there = service();
    const shared = browser();
    const before = device(there, shared);
    void before.wishes.set('preference', 'c', { pinned: 1 });
    void before.wishes.set('preference', 'd', { markedUnread: true });
    void before.wishes.set('preference', 'c', { pinned: 2, archivedSeq: 5 });
    expect(before.seen('c')).toMatchObject({ pinned: 2, archivedSeq: 5 });
    expect(there.asked).toEqual([]);

    await turn();
    before.close();
    const after = device(there, shared);
    after.wishes.adopt(before.owner);
    expect(after.seen('c')).toMatchObject({ pinned: 2, archivedSeq: 5 });
    after.wishes.handleLive();
    await after.clock.pass(1_000);
    expect(there.asked).toEqual([
      { id: 'c', change: { pinned: 2, archivedSeq: 5 } },
      { id: 'd', change: { markedUnread: true } },
    ]);
    expect([...shared.rows]).toEqual([]);
    expect(after.seen('d')?.markedUnread).toBe(true);
  });

  test('what another device set of the same conversation stays, apart from what was set here', async () => {
    const there = service();
    const here = device(there);
    there.values.set('c', { ...defaultPreference, level: 'none', pinned: 7 });
    there.state.rev = 3;
    const done = here.wishes.set('preference', 'c', { pinned: null });
    here.own.handleEvent(3, [here.record(3, { level: 'none', pinned: 7 })]);
    expect(here.seen('c')).toMatchObject({ level: 'none', pinned: null });
    here.wishes.handleLive();
    await done;
    expect(there.values.get('c')).toMatchObject({ level: 'none', pinned: null });
    expect(here.seen('c')).toMatchObject({ level: 'none', pinned: null });
  });

  test('an answer that was lost is asked for again; what came meanwhile is not overwritten by it', async () => {
    const there = service();
    const here = device(there);
    there.state.fail = ['before', 'after'];
    here.wishes.handleLive();
    const first = here.wishes.set('preference', 'c', { pinned: 1, level: 'none' });
    const second = here.wishes.set('preference', 'c', { pinned: 2 });
    expect(here.seen('c')?.pinned).toBe(2);
    await here.clock.pass(10_000);
    await Promise.all([first, second]);
    expect(there.values.get('c')).toMatchObject({ pinned: 2, level: 'none' });
    expect(here.seen('c')).toMatchObject({ pinned: 2, level: 'none' });
  });

  test('a folder that was removed and made again by an undo is there', async () => {
    const there = service();
    const here = device(there);
    const folder = () => here.own.peek('folder', 'f')?.name;
    void here.wishes.set('folder', 'f', { name: 'Work', kinds: ['group'] });
    expect(folder()).toBe('Work');
    void here.wishes.set('folder', 'f', { removed: true });
    expect(folder()).toBeUndefined();
    void here.wishes.set('folder', 'f', { emoji: '🙂' });
    expect(folder()).toBeUndefined();
    void here.wishes.set('folder', 'f', { name: 'Work' });
    expect(folder()).toBe('Work');
    await turn();
    const [wish] = here.rows.values();
    expect(wish?.change).toMatchObject({ name: 'Work', kinds: ['group'] });
    expect(wish?.change).not.toHaveProperty('removed');
  });

  test('what is refused is taken back, and holds up nothing', async () => {
    const there = service();
    const here = device(there);
    there.state.fail = ['forbidden'];
    const bad = here.wishes.set('preference', 'gone', { pinned: 1 });
    const good = here.wishes.set('preference', 'c', { pinned: 1 });
    here.wishes.handleLive();
    await expect(bad).rejects.toMatchObject({ code: 'forbidden' });
    await good;
    expect([here.seen('gone'), here.seen('c')?.pinned]).toEqual([undefined, 1]);
    expect(here.refused).toEqual([]);
  });

  test('one that the server fails on holds back no other, and is told when the server can', async () => {
    const there = service();
    const here = device(there);
    there.state.broken = 'bad';
    here.wishes.handleLive();
    const bad = here.wishes.set('preference', 'bad', { pinned: 1 });
    let isTold = false;
    void here.wishes.set('preference', 'good', { pinned: 1 }).then(() => {
      isTold = true;
    });
    await here.clock.pass(60_000);
    expect(isTold).toBe(true);
    // Also what is set while the bad one waits for its next turn: at once.
    void here.wishes.set('preference', 'later', { pinned: 2 });
    await turn();
    await turn();
    expect(there.values.get('later')?.pinned).toBe(2);
    delete there.state.broken;
    await here.clock.pass(60_000);
    await bad;
    expect(there.values.get('bad')?.pinned).toBe(1);
    expect([...here.rows]).toEqual([]);
  });
});

describe('in several tabs', () => {
  test('what one sets shows in the others, and is told by that one alone', async () => {
    const there = service();
    const shared = browser();
    const [first, second] = [device(there, shared), device(there, shared)];
    void first.wishes.set('preference', 'c', { pinned: 1 });
    await turn();
    expect(second.seen('c')?.pinned).toBe(1);
    second.wishes.handleLive();
    first.wishes.handleLive();
    await first.clock.pass(1_000);
    expect(there.asked).toEqual([{ id: 'c', change: { pinned: 1 } }]);
    expect(second.seen('c')?.pinned).toBe(1);
    expect([second.wishes.foreign(), [...shared.rows]]).toEqual([[], []]);
  });

  test('the later word of two tabs counts, whichever is told first', async () => {
    const there = service();
    const shared = browser();
    const [first, second] = [device(there, shared), device(there, shared)];
    const early = first.wishes.set('preference', 'c', { pinned: 1, level: 'none' });
    await turn();
    const late = second.wishes.set('preference', 'c', { pinned: 2 });
    await turn();
    expect([...shared.rows.values()]).toMatchObject([
      { owner: second.owner, change: { pinned: 2, level: 'none' } },
    ]);
    second.wishes.handleLive();
    await second.clock.pass(1_000);
    first.wishes.handleLive();
    await first.clock.pass(1_000);
    await Promise.all([early, late]);
    expect(there.asked).toEqual([{ id: 'c', change: { pinned: 2, level: 'none' } }]);
    expect([first.seen('c')?.pinned, second.seen('c')?.pinned]).toEqual([2, 2]);
  });

  test('said at the same moment, neither is lost and the later counts', async () => {
    const there = service();
    const shared = browser();
    const [first, second] = [device(there, shared), device(there, shared)];
    const early = first.wishes.set('preference', 'c', { pinned: 1, level: 'none' });
    const late = second.wishes.set('preference', 'c', { pinned: 2 });
    await turn();
    second.wishes.handleLive();
    first.wishes.handleLive();
    await first.clock.pass(1_000);
    await second.clock.pass(1_000);
    await Promise.all([early, late]);
    expect(there.values.get('c')).toMatchObject({ pinned: 2, level: 'none' });
    expect([...shared.rows]).toEqual([]);
  });

  test('what a tab that closed had not told is adopted, without undoing what was said since', async () => {
    const there = service();
    const shared = browser();
    const [first, second] = [device(there, shared), device(there, shared)];
    void first.wishes.set('preference', 'c', { pinned: 1 });
    void first.wishes.set('preference', 'd', { pinned: 4 });
    await turn();
    void second.wishes.set('preference', 'c', { pinned: 2 });
    await turn();
    first.close();
    second.wishes.handleLive();
    second.wishes.adopt(first.owner);
    await second.clock.pass(1_000);
    expect([there.values.get('c')?.pinned, there.values.get('d')?.pinned]).toEqual([2, 4]);
    expect(there.asked.filter(({ change }) => change.pinned === 1)).toEqual([]);
    expect([...shared.rows]).toEqual([]);
  });

  test('a refusal reaches the tab whose wish another took over', async () => {
    const there = service();
    const shared = browser();
    const [first, second] = [device(there, shared), device(there, shared)];
    const early = first.wishes.set('preference', 'c', { pinned: 1 });
    await turn();
    const late = second.wishes.set('preference', 'c', { pinned: 2 });
    await turn();
    there.state.fail = ['forbidden'];
    second.wishes.handleLive();
    await expect(late).rejects.toMatchObject({ code: 'forbidden' });
    await expect(early).rejects.toMatchObject({ code: 'forbidden' });
    expect([first.seen('c'), second.seen('c')]).toEqual([undefined, undefined]);
  });
});
