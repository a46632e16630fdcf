/** One contract for every store, and what happens when a store fails. */
import 'fake-indexeddb/auto';
import type { Head, MessageRecord, SettingsRecord, User } from '@kith/protocol';
import { defaultSettings } from '@kith/protocol/preferences';
import { openDB } from 'idb';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { turn, VirtualClock } from '../testing/virtualClock.ts';
import type { Wish } from '../wishes.ts';
import { GuardedStorage } from './guarded.ts';
import { indexedDbStorage } from './indexedDb.ts';
import { memoryStorage } from './memory.ts';
import type { OutboxEntry, Storage, WindowRow } from './storage.ts';

const user: User = { id: 'u', username: 'u', displayName: 'U', role: 'member' };
const settings: SettingsRecord = { type: 'settings', rev: 0, presence: 'auto', ...defaultSettings };
const me = { user, settings, tenant: 't' };
const head = (id: string, rev = 1) => ({ conversation: { id }, rev }) as Head;
const message = (seq: number, rev = seq) =>
  ({ id: `m${seq}`, seq, rev, conversationId: 'c' }) as MessageRecord;
const row = (from: number, to: number): WindowRow => ({
  conversationId: 'c',
  rev: to,
  lastSeq: to,
  from,
  to,
});
const entry = (id: string): OutboxEntry => ({
  id,
  conversationId: 'c',
  authorId: 'anna',
  content: { type: 'plain', text: 'x' },
  createdAt: '',
  owner: 'tab',
  state: 'pending',
});

const wish = (owner: string, pinned: number): Wish => ({
  id: `w${pinned}`,
  owner,
  authorId: 'u',
  type: 'preference',
  key: 'c',
  change: { pinned },
  over: [],
});

let names = 0;

describe.each([
  ['memory', () => memoryStorage()],
  ['IndexedDB', () => indexedDbStorage(`test${names++}`)],
])('storage contract: %s', (_, make: () => Storage) => {
  test('is empty at first', async () => {
    const storage = make();
    expect(await storage.load()).toEqual({
      me: undefined,
      cursor: undefined,
      heads: [],
      users: [],
      windows: [],
      reads: {},
      outbox: [],
      own: { rev: 0, records: [] },
      wishes: [],
    });
    expect(await storage.loadWindow('c')).toBeUndefined();
    await storage.close();
  });

  test('keeps own records by type and key', async () => {
    const storage = make();
    const draft = (key: string, rev: number) => ({
      type: 'draft' as const,
      key,
      rev,
      value: { text: 'begun', at: '' },
    });
    const own = (rev: number, records: ReturnType<typeof draft>[], removed: ['draft', string][] = []) =>
      storage.write({ own: { rev, replace: false, records, removed } });
    await own(2, [draft('a', 1), draft('b', 2)]);
    await own(4, [draft('a', 4)], [['draft', 'b']]);
    expect((await storage.load()).own).toEqual({ rev: 4, records: [draft('a', 4)] });
    await storage.write({ own: { rev: 1, replace: true, records: [draft('c', 1)], removed: [] } });
    expect((await storage.load()).own).toEqual({ rev: 1, records: [draft('c', 1)] });
    await storage.wipe();
    expect((await storage.load()).own).toEqual({ rev: 0, records: [] });
    await storage.close();
  });

  test('gives back what was written, the latest of it', async () => {
    const storage = make();
    await storage.write({ me, cursor: '1', heads: [head('a'), head('b')], users: [user], reads: { a: 3 } });
    await storage.write({ cursor: '2', heads: [head('a', 2)], removedHeads: ['b'] });
    const state = await storage.load();
    expect(state).toMatchObject({ me, cursor: '2', users: [user], reads: { a: 3 } });
    expect(state.heads).toEqual([head('a', 2)]);
    await storage.close();
  });

  test('a window grows, changes, is cut at its old end, replaced, removed', async () => {
    const storage = make();
    await storage.write({
      windows: [{ row: row(1, 3), replace: true, messages: [message(1), message(2), message(3)] }],
    });
    await storage.write({
      windows: [{ row: row(2, 4), replace: false, messages: [message(3, 9), message(4)] }],
    });
    expect(await storage.loadWindow('c')).toEqual({
      row: row(2, 4),
      messages: [message(2), message(3, 9), message(4)],
    });
    await storage.write({ windows: [{ row: row(8, 9), replace: true, messages: [message(8), message(9)] }] });
    expect((await storage.loadWindow('c'))?.messages).toEqual([message(8), message(9)]);
    expect((await storage.load()).windows).toEqual([row(8, 9)]);
    await storage.write({ removedWindows: ['c'] });
    expect(await storage.loadWindow('c')).toBeUndefined();
    await storage.close();
  });

  test('the outbox is kept apart, in the order of writing', async () => {
    const storage = make();
    await storage.putOutbox(entry('2'));
    await storage.putOutbox(entry('1'));
    await storage.putOutbox({ ...entry('2'), state: 'failed' });
    expect((await storage.loadOutbox()).map(({ id, state }) => [id, state])).toEqual([
      ['1', 'pending'],
      ['2', 'failed'],
    ]);
    await storage.removeOutbox('1');
    expect((await storage.load()).outbox.map(({ id }) => id)).toEqual(['2']);
    await storage.close();
  });

  test('wishes are kept apart, one a tab and record, also when what the server has goes', async () => {
    const storage = make();
    await storage.putWish(wish('first', 1));
    await storage.putWish(wish('second', 2));
    await storage.putWish(wish('first', 3));
    await storage.write({ me, cursor: '1' });
    await storage.wipe('untold');
    expect((await storage.load()).me).toBeUndefined();
    expect(await storage.loadWishes()).toEqual([wish('first', 3), wish('second', 2)]);
    await storage.removeWish(wish('first', 3));
    expect((await storage.load()).wishes).toEqual([wish('second', 2)]);
    await storage.wipe();
    expect(await storage.loadWishes()).toEqual([]);
    await storage.close();
  });

  test('wiped: nothing is left', async () => {
    const storage = make();
    await storage.write({
      me,
      cursor: '1',
      heads: [head('a')],
      windows: [{ row: row(1, 1), replace: true, messages: [message(1)] }],
    });
    await storage.putOutbox(entry('1'));
    await storage.wipe();
    expect(await storage.load()).toMatchObject({
      me: undefined,
      cursor: undefined,
      heads: [],
      windows: [],
      outbox: [],
    });
    expect(await storage.loadWindow('c')).toBeUndefined();
    await storage.close();
  });

  test('can be used again after it was closed', async () => {
    const storage = make();
    await storage.write({ cursor: '1' });
    await storage.close();
    expect((await storage.load()).cursor).toBe('1');
    await storage.close();
  });
});

test('IndexedDB: another run of the program finds what was kept', async () => {
  const first = indexedDbStorage('kept');
  await first.write({ me, cursor: '7' });
  await first.close();
  const second = indexedDbStorage('kept');
  expect(await second.load()).toMatchObject({ me, cursor: '7' });
  await second.close();
});

test('IndexedDB: of the version before, cache and wishes are still there', async () => {
  const former = await openDB('former', 2, {
    upgrade(db) {
      for (const store of ['state', 'heads', 'users', 'windows', 'messages', 'own', 'outbox'])
        db.createObjectStore(store);
    },
  });
  await former.put('state', me, 'me');
  await former.put('state', [{ type: 'preference', key: 'c', change: { pinned: 1 } }], 'wishes');
  await former.put('outbox', entry('1'), '1');
  former.close();
  const storage = indexedDbStorage('former');
  expect(await storage.load()).toMatchObject({
    me,
    outbox: [entry('1')],
    wishes: [{ type: 'preference', key: 'c', change: { pinned: 1 }, authorId: 'u' }],
  });
  await storage.close();
});

test('where the browser keeps no blobs, a file is kept as its bytes', async () => {
  const { put } = IDBObjectStore.prototype;
  const refusing = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    value,
    key,
  ) {
    if (value.data instanceof Blob) throw new DOMException('no blobs', 'DataCloneError');
    return put.call(this, value, key);
  });
  const store = indexedDbStorage('no blobs');
  try {
    await store.putFile({ fileId: 'f', messageId: 'm', data: new Blob(['bytes'], { type: 'text/plain' }) });
    const found = await store.getFile('f');
    expect([found?.type, await found?.text()]).toEqual(['text/plain', 'bytes']);
    expect(await store.listFiles()).toEqual([{ fileId: 'f', messageId: 'm' }]);
    expect(await store.getFile('another')).toBeUndefined();
  } finally {
    refusing.mockRestore();
    await store.close();
  }
});

describe('a store that fails', () => {
  test('is replaced by memory, said once, thrown at nobody', async () => {
    const lost = vi.fn();
    const broken = {
      ...memoryStorage(),
      write: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
    };
    const storage = new GuardedStorage(broken, systemClock, lost);
    await storage.write({ cursor: '1' });
    await storage.write({ cursor: '2' });
    expect((await storage.load()).cursor).toBe('2');
    expect(lost).toHaveBeenCalledTimes(1);
  });

  test('is opened once more when the browser has closed it, by all who were using it', async () => {
    const storage = indexedDbStorage('closed');
    await storage.write({ me });
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
    const closed = () => {
      throw new DOMException('The database connection is closing.', 'InvalidStateError');
    };
    for (let i = 0; i < 3; i += 1) transaction.mockImplementationOnce(closed);
    const lost = vi.fn();
    const guarded = new GuardedStorage(storage, systemClock, lost);
    await Promise.all(['1', '2', '3'].map((cursor) => guarded.write({ cursor })));
    expect(lost).not.toHaveBeenCalled();
    expect((await storage.load()).cursor).toBe('3');
    await storage.close();
  });

  test('is asked in order, also while it is opened once more', async () => {
    const disk = memoryStorage();
    const reopened = Promise.withResolvers<void>();
    const failing = vi.fn(disk.putOutbox).mockRejectedValueOnce(new Error('closing'));
    const storage = new GuardedStorage(
      { ...disk, putOutbox: failing, close: () => reopened.promise },
      systemClock,
      vi.fn(),
    );
    const put = storage.putOutbox(entry('m1'));
    await vi.waitFor(() => expect(failing).toHaveBeenCalled());
    await turn();
    const removed = storage.removeOutbox('m1');
    await turn();
    reopened.resolve();
    await Promise.all([put, removed]);
    expect(await disk.loadOutbox()).toEqual([]);
  });

  test('is wiped with the memory that took its place', async () => {
    const disk = memoryStorage();
    const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    const storage = new GuardedStorage({ ...disk, write: full }, systemClock, vi.fn());
    await storage.putOutbox(entry('m1'));
    await storage.write({ cursor: '1' });
    await storage.wipe();
    expect(await disk.loadOutbox()).toEqual([]);
  });

  test('one that never answers (blocked by another tab) is given up', async () => {
    const clock = new VirtualClock();
    const close = vi.fn(() => Promise.resolve());
    const silent = { ...memoryStorage(), load: () => new Promise<never>(() => {}), close };
    const lost = vi.fn();
    const storage = new GuardedStorage(silent, clock, lost);
    const loading = storage.load();
    await clock.pass(10_000);
    expect((await loading).heads).toEqual([]);
    // Not opened once more: another five seconds would not help.
    expect(close).not.toHaveBeenCalled();
    expect(lost).toHaveBeenCalledTimes(1);
  });
});
