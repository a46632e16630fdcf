import { limits, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../fanout/bus.ts';
import type { Caller } from '../services.ts';
import { pngOf } from '../testing/images.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('custom emoji on %s', (kind) => {
  let world: World;
  let owner: Caller;
  let admin: Caller;
  let member: Caller;
  let stranger: Caller;
  const heard: number[] = [];
  beforeAll(async () => {
    world = await createWorld(kind);
    const elsewhere = await world.tenant('elsewhere');
    owner = await world.person('Owner', 1, 'owner');
    admin = await world.person('Admin', 1, 'admin');
    member = await world.person('Member');
    stranger = await world.person('Stranger', elsewhere, 'owner');
    world.bus.subscribe(subjects.nodes, (message) => {
      if (message.type === 'emoji_changed' && message.tenantId === 1) heard.push(message.rev);
    });
  });
  afterAll(() => world?.close());

  const image = async (who: Caller, paint = 1) =>
    (await world.services.blobs.upload(who, 'emoji', pngOf(32, 24, paint))).id;
  const names = async (who: Caller) => (await world.call(who, 'listEmoji', {})).emoji.map(({ name }) => name);

  it('S16: are added by owner and admins, known to everybody of the tenant and to nobody else', async () => {
    const blobId = await image(owner);
    const before = (await world.call(member, 'listEmoji', {})).rev;
    const added = await world.call(owner, 'addEmoji', { name: 'party_fox', blobId });
    expect(added).toEqual({ emoji: { name: 'party_fox', blobId, width: 32, height: 24 }, rev: before + 1 });
    expect(await world.call(member, 'listEmoji', {})).toEqual({ emoji: [added.emoji], rev: added.rev });
    expect(heard.at(-1)).toBe(added.rev);
    await world.call(admin, 'addEmoji', { name: '+2', blobId: await image(admin) });
    expect(await names(member)).toEqual(['+2', 'party_fox']);
    expect((await world.call(stranger, 'listEmoji', {})).emoji).toEqual([]);
    const refused = world.call(member, 'addEmoji', { name: 'mine', blobId: await image(member) });
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
    await expect(world.call(member, 'removeEmoji', { name: '+2' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('S7: adding or removing again changes nothing; a name that is taken is a conflict', async () => {
    const blobId = await image(owner);
    const first = await world.call(owner, 'addEmoji', { name: 'twice', blobId });
    expect(await world.call(owner, 'addEmoji', { name: 'twice', blobId })).toEqual(first);
    const other = world.call(admin, 'addEmoji', { name: 'twice', blobId: await image(admin) });
    await expect(other).rejects.toMatchObject({ code: 'conflict' });
    const { rev } = await world.call(admin, 'removeEmoji', { name: 'twice' });
    expect(rev).toBe(first.rev + 1);
    expect(await world.call(admin, 'removeEmoji', { name: 'twice' })).toEqual({ rev });
    expect(heard.at(-1)).toBe(rev);
  });

  it('take images that their adder uploaded as emoji, and let them go when removed', async () => {
    const avatar = await world.services.blobs.upload(owner, 'avatar', pngOf(8, 8));
    for (const blobId of [avatar.id, await image(admin, 7), newId()]) {
      const refused = world.call(owner, 'addEmoji', { name: 'stolen', blobId });
      await expect(refused).rejects.toMatchObject({ code: 'not_found' });
    }
    const blobId = await image(owner, 9);
    const usedNow = async () =>
      (await world.database.db.selectFrom('blobs').select('used').where('id', '=', blobId).executeTakeFirst())
        ?.used;
    await world.call(owner, 'addEmoji', { name: 'short', blobId });
    expect(await usedNow()).toBe(true);
    await world.call(owner, 'removeEmoji', { name: 'short' });
    expect(await usedNow()).toBe(false);
  });

  it('names are checked', async () => {
    for (const name of ['A', 'a', 'with space', 'Größe', 'a'.repeat(33), ':x:', '../x']) {
      const refused = world.call(owner, 'addEmoji', { name, blobId: newId() });
      await expect(refused, name).rejects.toMatchObject({ code: 'bad_input' });
    }
  });

  it('answer as reactions while they exist', async () => {
    const group = await world.group([member, owner]);
    const { messageId } = await world.send(owner, group, 'hello :wave_fox:');
    const on = { conversationId: group, messageId, emoji: ':wave_fox:' };
    await expect(world.call(member, 'addReaction', on)).rejects.toMatchObject({ code: 'not_found' });
    await world.call(owner, 'addEmoji', { name: 'wave_fox', blobId: await image(owner, 3) });
    const { message } = await world.call(member, 'addReaction', on);
    expect(message.reactions).toMatchObject([{ emoji: ':wave_fox:', count: 1 }]);
    await world.call(owner, 'removeEmoji', { name: 'wave_fox' });
    // Whoever gave it may take it back.
    const { message: after } = await world.call(member, 'removeReaction', on);
    expect(after.reactions).toBeUndefined();
    await expect(world.call(member, 'addReaction', { ...on, emoji: ':no spaces:' })).rejects.toMatchObject({
      code: 'bad_input',
    });
  });

  it('are bounded', async () => {
    const { emoji } = await world.call(owner, 'listEmoji', {});
    const rows = Array.from({ length: limits.customEmoji - emoji.length }, (_, n) => ({
      tenant_id: 1,
      name: `filler_${n}`,
      blob_id: newId(),
      width: 1,
      height: 1,
      added_by: owner.userId,
    }));
    await world.database.db.insertInto('custom_emoji').values(rows).execute();
    const refused = world.call(owner, 'addEmoji', { name: 'one_more', blobId: await image(owner, 5) });
    await expect(refused).rejects.toMatchObject({ code: 'limit_reached' });
  });
});
