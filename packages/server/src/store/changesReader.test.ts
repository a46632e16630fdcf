import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@kith/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Changes } from './changes.ts';
import { createChangesReader } from './changesReader.ts';
import type { Db } from './database.ts';
import type { ConversationRow } from './records.ts';

const db = null as unknown as Db;
const ids = { room: newId(), other: newId(), broken: newId() };
const question = (name: keyof typeof ids, userId = 'ann', visibleAfter = 0) => ({
  tenantId: 1,
  conversationId: ids[name],
  since: 3,
  viewer: { userId, visibleAfter },
  limit: 100,
});
const empty = (rev: number): Changes => ({ type: 'changes', records: [], users: [], rev, more: false });

/** Reads end when they are told to. */
function slowRead() {
  let rev = 0;
  const ends: (() => void)[] = [];
  const read = vi.fn(async (_db: Db, asked: readonly unknown[]) => {
    rev += 1;
    const rows = asked.map(() => ({ rev }) as ConversationRow);
    await new Promise<void>((resolve) => ends.push(resolve));
    return rows;
  });
  const changesOf = vi.fn(async (_db: Db, row: ConversationRow) => empty(row.rev));
  const store = { conversationRows: read, changesOf, usersByTenant: async () => new Map() };
  return { read, changesOf, store, endAll: () => ends.splice(0).forEach((end) => end()) };
}

/** Questions of one turn of the loop go together. */
const turn = () => sleep(1);

afterEach(() => void vi.useRealTimers());

describe('changes for a crowd', () => {
  it('reads the same once for all who ask meanwhile, and never tells less than there was when they asked', async () => {
    const { read, changesOf, store, endAll } = slowRead();
    const reader = createChangesReader(db, 1, store);
    const crowd = ['ann', 'bob', 'cem'].map((name) => reader.read(question('room', name)));
    const stranger = reader.read(question('room', 'dan', 2));
    await turn();
    expect(read).toHaveBeenCalledTimes(1);
    expect(read.mock.calls[0]?.[1]).toHaveLength(2);
    // That one has begun: whoever asks now is not answered by it.
    const late = reader.read(question('room', 'eve'));
    const other = reader.read(question('other', 'fay'));
    await turn();
    expect(read).toHaveBeenCalledTimes(1);
    endAll();
    const [one, two, three] = await Promise.all(crowd);
    expect(changesOf).toHaveBeenCalledTimes(2);
    expect(two?.parts[0]).toBe(one?.parts[0]);
    expect(three?.parts[0]).toBe(one?.parts[0]);
    expect((await stranger)?.parts[0]).not.toBe(one?.parts[0]);
    await turn();
    expect(read).toHaveBeenCalledTimes(2);
    expect(read.mock.calls[1]?.[1]).toHaveLength(2);
    endAll();
    expect((await late)?.decode()).toEqual(empty(2));
    expect((await other)?.decode()).toEqual(empty(2));
  });

  it('a read that fails is told to those who asked the same, and to nobody else', async () => {
    const reader = createChangesReader(db, 1, {
      conversationRows: async (_db, asked) =>
        asked.map(({ conversationId }) => ({ id: conversationId, rev: 7 }) as ConversationRow),
      changesOf: async (_db, { id }) => {
        if (id === ids.broken) throw new Error('gone');
        return empty(7);
      },
      usersByTenant: async () => new Map(),
    });
    const broken = [reader.read(question('broken')), reader.read(question('broken', 'bob'))];
    const sound = reader.read(question('room'));
    for (const one of broken) await expect(one).rejects.toThrow('gone');
    expect((await sound)?.decode()).toEqual(empty(7));
  });

  it('tells again what it found as long as the revision is the same', async () => {
    let rev = 7;
    const changesOf = vi.fn(async () => empty(rev));
    const reader = createChangesReader(db, 1, {
      conversationRows: async (_db, asked) => asked.map(() => ({ rev }) as ConversationRow),
      changesOf,
      usersByTenant: async () => new Map(),
    });
    const first = await reader.read(question('room'));
    expect((await reader.read(question('room', 'bob')))?.parts[0]).toBe(first?.parts[0]);
    expect(changesOf).toHaveBeenCalledTimes(1);
    await reader.read(question('room', 'cem', 5));
    expect(changesOf).toHaveBeenCalledTimes(2);
    rev = 8;
    expect((await reader.read(question('room')))?.decode()).toEqual(empty(8));
    expect(changesOf).toHaveBeenCalledTimes(3);
  });

  it('tells newer names with what it found before', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let name = 'Anna';
    const named = (displayName: string) => ({
      id: 'ann',
      username: 'ann',
      displayName,
      role: 'member' as const,
    });
    const found: Changes = { type: 'changes', records: [], users: [named('Ann')], rev: 7, more: false };
    const reader = createChangesReader(db, 1, {
      conversationRows: async (_db, asked) => asked.map(() => ({ rev: 7 }) as ConversationRow),
      changesOf: async () => found,
      usersByTenant: async () => new Map([[1, new Map([['ann', named(name)]])]]),
    });
    expect((await reader.read(question('room')))?.decode()).toMatchObject({
      users: [{ displayName: 'Ann' }],
    });
    vi.advanceTimersByTime(5_001);
    expect((await reader.read(question('room')))?.decode()).toMatchObject({
      users: [{ displayName: 'Anna' }],
    });
    name = 'Annika';
    reader.namesChanged();
    expect((await reader.read(question('room')))?.decode()).toMatchObject({
      users: [{ displayName: 'Annika' }],
    });
  });
});
