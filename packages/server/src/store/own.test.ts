import { defaultSettings, limits, type OwnRecord, ownLimits, type UserChange } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../fanout/bus.ts';
import type { Caller } from '../services.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { changeOwn } from './own.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

describe.each(databaseKinds)('what belongs to one person, on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let bob: Caller;
  let group: string;
  beforeAll(async () => {
    world = await createWorld(kind);
    ann = await world.person('Ann');
    bob = await world.person('Bob');
    group = await world.group([ann, bob]);
  });
  afterAll(() => world?.close());

  const head = async (caller: Caller): Promise<number> =>
    (await world.call(caller, 'getMyChanges', { since: 0, limit: 1 })).head;

  /** Everything, as a device that walks the pages finds it. */
  const walk = async (caller: Caller, since = 0, limit = 3): Promise<UserChange[]> => {
    const found: UserChange[] = [];
    let begun: number | undefined;
    for (let rev = since, pages = 0; pages < 1_000; pages++) {
      const page = await world.call(caller, 'getMyChanges', {
        since: rev,
        limit,
        ...(begun !== undefined && { begun }),
      });
      if (page.reset) throw new Error('This walk should not begin anew.');
      if (rev === 0) begun = page.head;
      found.push(...page.records);
      rev = page.rev;
      if (!page.more) return found;
    }
    throw new Error('The walk has no end.');
  };
  const own = (changes: readonly UserChange[]): OwnRecord[] =>
    changes.filter((change): change is OwnRecord => 'value' in change);

  it('S5: each change takes one rev, is told to the devices of that person, and to nobody else', async () => {
    const heard: unknown[] = [];
    const stop = world.bus.subscribe(subjects.user(ann.tenantId, ann.userId), (message) =>
      heard.push(message),
    );
    const before = await head(ann);
    const { record } = await world.call(ann, 'setPreference', { conversationId: group, archivedSeq: 3 });
    expect(record).toMatchObject({ key: group, rev: before + 1, value: { archivedSeq: 3, level: null } });
    const more = await world.call(ann, 'setPreference', { conversationId: group, level: 'mentions' });
    expect(more.record.value).toMatchObject({ archivedSeq: 3, level: 'mentions' });
    expect(own(await walk(ann, before))).toEqual([more.record]);
    expect(own(await walk(bob))).toEqual([]);
    expect(heard).toHaveLength(2);
    stop();
  });

  it('S7: the same again takes no rev; back to the usual removes it', async () => {
    await world.call(ann, 'setPreference', { conversationId: group, archivedSeq: 3, level: 'none' });
    const before = await head(ann);
    await world.call(ann, 'setPreference', { conversationId: group, archivedSeq: 3, level: 'none' });
    expect(own(await walk(ann, before))).toEqual([]);
    const { record } = await world.call(ann, 'setPreference', {
      conversationId: group,
      archivedSeq: null,
      level: null,
    });
    expect(record.value).toBeNull();
    expect(own(await walk(ann, before))).toEqual([record]);
  });

  it('of two drafts the later one is right, whichever came first', async () => {
    const draft = (text: string, minute: number) =>
      world.call(ann, 'saveDraft', { conversationId: group, text, at: at(minute) });
    await draft('later', 5);
    expect((await draft('earlier', 4)).record.value?.text).toBe('later');
    expect((await draft('', 6)).record.value).toBeNull();
  });

  it('a device whose clock is ahead shuts out no other', async () => {
    const save = (text: string, ms: number) =>
      world.call(ann, 'saveDraft', {
        conversationId: group,
        text,
        at: new Date(Date.now() + ms).toISOString(),
      });
    expect(Date.parse((await save('from tomorrow', 86_400_000)).record.value?.at ?? '')).toBeLessThanOrEqual(
      Date.now(),
    );
    expect((await save('from today', 0)).record.value?.text).toBe('from today');
    await save('', 0);
  });

  it('E3: pages of long drafts end early, and lead on to everything', async () => {
    const eva = await world.person('Eva');
    const rooms: string[] = [];
    for (let n = 0; n < 8; n += 1) {
      const conversationId = await world.group([eva, bob]);
      rooms.push(conversationId);
      // What JSON has to escape takes six bytes a character.
      const text = '\u0001'.repeat(limits.draftLength - 1).concat('x');
      await world.call(eva, 'saveDraft', { conversationId, text, at: at(n) });
      if (n === 4) await world.call(eva, 'updateSettings', { presence: 'away' });
    }
    const keys: string[] = [];
    let settings = 0;
    for (let since = 0, more = true; more; ) {
      const page = await world.call(eva, 'getMyChanges', { since, limit: limits.pageMax });
      expect(JSON.stringify(page).length).toBeLessThan(limits.pageBytes + 500_000);
      keys.push(...own(page.records).map((record) => record.key));
      settings += page.records.filter((record) => record.type === 'settings' && record.rev > 0).length;
      expect(page.rev).toBeGreaterThan(since);
      since = page.rev;
      more = page.more;
    }
    expect(keys).toEqual(rooms);
    expect(settings).toBe(1);
  });

  it('is walked in pages, in order, with nothing left out', async () => {
    const eve = await world.person('Eve');
    const rooms = await Promise.all(Array.from({ length: 8 }, () => world.group([eve, bob])));
    await Promise.all(
      rooms.map((conversationId, pinned) => world.call(eve, 'setPreference', { conversationId, pinned })),
    );
    await world.call(eve, 'updateSettings', { presence: 'away' });
    const found = await walk(eve, 0, 2);
    const revs = found.map((record) => record.rev);
    expect(revs).toEqual(revs.toSorted((a, b) => a - b));
    expect(
      own(found)
        .map((record) => record.key)
        .toSorted(),
    ).toEqual(rooms.toSorted());
    expect(found.some((record) => record.type === 'settings' && record.presence === 'away')).toBe(true);
  });

  it('at most so many conversations are pinned; those that were left do not count', async () => {
    const fay = await world.person('Fay');
    const rooms: string[] = [];
    for (let n = 0; n <= limits.pinnedConversations; n++) rooms.push(await world.group([ann, fay]));
    const pin = (room: string | undefined, pinned: number | null) =>
      world.call(fay, 'setPreference', { conversationId: room ?? '', pinned });
    const [last, ...rest] = rooms;
    for (const [place, room] of rest.entries()) await pin(room, place);
    const before = await head(fay);
    await expect(pin(last, 99)).rejects.toMatchObject({ code: 'limit_reached' });
    expect(await head(fay)).toBe(before);
    // Another place for one that is pinned is none more.
    await pin(rest[0], 50);
    await world.call(fay, 'leaveConversation', { conversationId: rest[1] ?? '' });
    expect((await pin(last, 99)).record.value?.pinned).toBe(99);
  });

  it('settings of a group are changed one by one; what is not given stays', async () => {
    const gil = await world.person('Gil');
    const quietHours = { from: '22:00', to: '07:00', days: [0, 6], timeZone: 'Europe/Berlin' };
    const before = await head(gil);
    await world.call(gil, 'updateSettings', { notifications: { channel: 'mentions' } });
    const { settings } = await world.call(gil, 'updateSettings', {
      presence: 'away',
      notifications: { quietHours },
    });
    expect(settings).toMatchObject({
      rev: before + 2,
      presence: 'away',
      notifications: { ...defaultSettings.notifications, channel: 'mentions', quietHours },
    });
    await world.call(gil, 'updateSettings', { notifications: { channel: 'mentions' } });
    expect(await head(gil)).toBe(before + 2);
    for (const wrong of [
      { ...quietHours, timeZone: 'Moon/Crater' },
      { ...quietHours, from: '24:00' },
      { ...quietHours, days: [] },
    ])
      await expect(
        world.call(gil, 'updateSettings', { notifications: { quietHours: wrong } }),
      ).rejects.toMatchObject({ code: 'bad_input' });
    expect((await world.call(gil, 'getMe', {})).settings).toEqual(settings);
  });

  it('S5: a place that is not of this history, or older than what is remembered, begins anew', async () => {
    const before = await head(ann);
    await world.database.db
      .updateTable('users')
      .set({ own_floor: before })
      .where('id', '=', ann.userId)
      .execute();
    for (const since of [before - 1, before + 1_000]) {
      expect(await world.call(ann, 'getMyChanges', { since })).toEqual({
        records: [],
        rev: 0,
        head: before,
        more: true,
        reset: true,
      });
    }
    expect((await world.call(ann, 'getMyChanges', { since: before })).reset).toBe(false);
  });

  it('is bounded, and forgets old removals only', async () => {
    const max = await world.person('Max');
    const { db } = world.database;
    const set = (key: string, text: string | null) =>
      db
        .transaction()
        .execute((trx) => changeOwn(trx, max, 'draft', key, () => (text ? { text, at: at(0) } : null)));
    const rows = Array.from({ length: ownLimits.draft }, (_, i) => ({
      tenant_id: max.tenantId,
      user_id: max.userId,
      type: 'draft' as const,
      key: `k${i}`,
      rev: i + 1,
      value: JSON.stringify({ text: 'x', at: at(0) }),
    }));
    await db.insertInto('own_records').values(rows).execute();
    await db.updateTable('users').set({ rev: rows.length }).where('id', '=', max.userId).execute();
    await expect(set('one more', 'x')).rejects.toMatchObject({ code: 'limit_reached' });
    await set('k0', 'still mine to change');
    for (let i = 1; i < 4; i++) await set(`k${i}`, null);
    await set('one more', 'x');
    const removed = Array.from({ length: ownLimits.draft * 2 }, (_, i) => ({
      tenant_id: max.tenantId,
      user_id: max.userId,
      type: 'draft' as const,
      key: `gone${i}`,
      rev: 1_000 + i,
      value: null,
    }));
    await db.insertInto('own_records').values(removed).execute();
    await db.updateTable('users').set({ rev: 5_000 }).where('id', '=', max.userId).execute();
    await set('another', 'x');
    const { reset } = await world.call(max, 'getMyChanges', { since: 10 });
    expect(reset).toBe(true);
    const left = own(await walk(max, 0, 200));
    expect(left.filter((record) => record.value !== null)).toHaveLength(ownLimits.draft - 1);
    expect(left.length).toBeLessThan(ownLimits.draft * 3);
  });
});
