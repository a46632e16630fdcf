/** Folders of the list. H5: on both databases. */
import { limits, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('folders on %s', (kind) => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld(kind);
  });
  afterAll(() => world?.close());

  it('S5: are made, changed in parts, removed and made again, each step told to the person’s devices', async () => {
    const ana = await world.person('Ana');
    const folderId = newId();
    const made = await world.call(ana, 'setFolder', { folderId, name: 'Work', kinds: ['group'] });
    expect(made.record).toMatchObject({
      type: 'folder',
      key: folderId,
      value: { name: 'Work', emoji: null, kinds: ['group'], unread: false, included: [] },
    });
    const other = newId();
    const changed = await world.call(ana, 'setFolder', { folderId, emoji: '💼', included: [other] });
    expect(changed.record).toMatchObject({
      rev: made.record.rev + 1,
      value: { name: 'Work', emoji: '💼', kinds: ['group'], included: [other] },
    });
    // S7
    expect(await world.call(ana, 'setFolder', { folderId, name: 'Work' })).toEqual(changed);
    const { records } = await world.call(ana, 'getMyChanges', { since: made.record.rev });
    expect(records).toEqual([changed.record]);

    expect((await world.call(ana, 'setFolder', { folderId, removed: true })).record.value).toBeNull();
    // A device that has not heard of its end.
    expect((await world.call(ana, 'setFolder', { folderId, unread: true })).record.value).toBeNull();
    const again = await world.call(ana, 'setFolder', { folderId, name: 'Work' });
    expect(again.record.value).toMatchObject({ name: 'Work', emoji: null, included: [] });
  });

  it('are bounded in number, name and entries', async () => {
    const bo = await world.person('Bo');
    const folderId = newId();
    const set = (change: object) => world.call(bo, 'setFolder', { folderId, name: 'A', ...change });
    await expect(set({ name: '' })).rejects.toMatchObject({ code: 'bad_input' });
    await expect(set({ name: 'x'.repeat(limits.folderNameLength + 1) })).rejects.toMatchObject({
      code: 'bad_input',
    });
    const many = Array.from({ length: limits.folderEntries + 1 }, () => newId());
    await expect(set({ included: many })).rejects.toMatchObject({ code: 'bad_input' });
    await set({ included: many.slice(1) });
    for (let count = 1; count < limits.folders; count++)
      await world.call(bo, 'setFolder', { folderId: newId(), name: `Folder ${count}` });
    await expect(world.call(bo, 'setFolder', { folderId: newId(), name: 'One more' })).rejects.toMatchObject({
      code: 'limit_reached',
    });
    // Those there are can still be changed.
    await set({ emoji: '🏝️' });
  });
});
