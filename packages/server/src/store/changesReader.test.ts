import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Changes } from './changes.ts';
import { createChangesReader } from './changesReader.ts';
import type { Db } from './database.ts';
import type { ConversationRow } from './records.ts';

const db = null as unknown as Db;
const question = (conversationId: string, userId = 'ann', visibleAfter = 0) => ({
  tenantId: 1,
  conversationId,
  since: 3,
  viewer: { userId, visibleAfter },
  limit: 100,
});
const empty = (rev: number): Changes => ({ type: 'changes', records: [], users: [], rev, more: false });

/** Reads end when they are told to. */
function slowRead() {
  let rev = 0;
  const ends: (() => void)[] = [];
  const read = vi.fn(async () => {
    rev += 1;
    const row = { rev } as ConversationRow;
    await new Promise<void>((resolve) => ends.push(resolve));
    return row;
  });
  const store = {
    conversationRow: read,
    changesOf: async (_db: Db, row: ConversationRow) => empty(row.rev),
    usersByIds: async () => [],
  };
  return { read, store, endAll: () => ends.splice(0).forEach((end) => end()) };
}

describe('changes for a crowd', () => {
  it('joins a read that waits, never one that has begun: nobody is told less than there was when they asked', async () => {
    const { read, store, endAll } = slowRead();
    const reader = createChangesReader(db, store);
    const first = reader.read(question('room'));
    const others = [reader.read(question('room', 'bob')), reader.read(question('room', 'cem'))];
    await sleep(0);
    // Nothing hindered the second from beginning at once.
    expect(read).toHaveBeenCalledTimes(3);
    endAll();
    await Promise.all([first, ...others]);

    const busy = ['a', 'b', 'c', 'd'].map((room) => reader.read(question(room)));
    const crowd = ['ann', 'bob', 'cem'].map((name) => reader.read(question('room', name)));
    const stranger = reader.read(question('room', 'dan', 2));
    await sleep(0);
    expect(read).toHaveBeenCalledTimes(3 + 4);
    endAll();
    await sleep(0);
    expect(read).toHaveBeenCalledTimes(3 + 4 + 2);
    const late = reader.read(question('room', 'eve'));
    endAll();
    const [one, two, three] = await Promise.all(crowd);
    expect(two).toBe(one);
    expect(three).toBe(one);
    expect(await stranger).not.toBe(one);
    endAll();
    expect((await late)?.rev).toBeGreaterThan(one?.rev ?? 0);
    await Promise.all(busy);
  });

  it('a read that fails is told to those who joined it, and to nobody else', async () => {
    const { read, store, endAll } = slowRead();
    const reader = createChangesReader(db, store);
    const busy = ['a', 'b', 'c', 'd'].map((room) => reader.read(question(room)));
    read.mockRejectedValueOnce(new Error('gone'));
    const joined = [reader.read(question('room')), reader.read(question('room', 'bob'))];
    const refused = Promise.all(joined.map((one) => expect(one).rejects.toThrow('gone')));
    endAll();
    await Promise.all([...busy, refused]);
    const again = reader.read(question('room'));
    await sleep(0);
    endAll();
    expect(await again).toMatchObject({ type: 'changes' });
  });

  it('tells again what it found as long as the revision is the same', async () => {
    let rev = 7;
    const changesOf = vi.fn(async () => empty(rev));
    const reader = createChangesReader(db, {
      conversationRow: async () => ({ rev }) as ConversationRow,
      changesOf,
      usersByIds: async () => [],
    });
    const first = await reader.read(question('room'));
    expect(await reader.read(question('room', 'bob'))).toBe(first);
    expect(changesOf).toHaveBeenCalledTimes(1);
    await reader.read(question('room', 'cem', 5));
    expect(changesOf).toHaveBeenCalledTimes(2);
    rev = 8;
    expect(await reader.read(question('room'))).toEqual(empty(8));
    expect(changesOf).toHaveBeenCalledTimes(3);
  });

  it('tells newer names with what it found before', async () => {
    const named = (displayName: string) => ({
      id: 'ann',
      username: 'ann',
      displayName,
      role: 'member' as const,
    });
    const found: Changes = { type: 'changes', records: [], users: [named('Ann')], rev: 7, more: false };
    const reader = createChangesReader(db, {
      conversationRow: async () => ({ rev: 7 }) as ConversationRow,
      changesOf: async () => found,
      usersByIds: async () => [named('Anna')],
    });
    expect(await reader.read(question('room'))).toMatchObject({ users: [{ displayName: 'Ann' }] });
    expect(await reader.read(question('room'))).toMatchObject({ users: [{ displayName: 'Anna' }] });
  });
});
