import { limits, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { pngOf } from '../testing/images.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';

describe.each(databaseKinds)('sticker packs on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let ben: Caller;
  let stranger: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    ann = await world.person('Ann');
    ben = await world.person('Ben');
    stranger = await world.person('Stranger', await world.tenant('elsewhere'));
  });
  afterAll(() => world?.close());

  let paint = 0;
  const image = async (who: Caller) => {
    paint += 1;
    return (await world.services.blobs.upload(who, 'sticker', pngOf(64, 60 + (paint % 100)))).id;
  };
  const packBy = async (who: Caller, name = 'Foxes') => {
    const packId = newId();
    await world.call(who, 'createStickerPack', { packId, name });
    return packId;
  };
  const add = async (who: Caller, packId: string) =>
    (
      await world.call(who, 'addSticker', {
        packId,
        stickerId: newId(),
        blobId: await image(who),
        emoji: '🦊',
        alt: 'A fox that waves',
      })
    ).sticker;
  const packsOf = async (who: Caller) => (await world.call(who, 'listStickerPacks', {})).packs;

  it('are made, filled, looked at and installed by others, and stay with them', async () => {
    const packId = await packBy(ann);
    expect((await packsOf(ann))[0]).toMatchObject({ id: packId, count: 0, cover: null, installed: true });
    const first = await add(ann, packId);
    const second = await add(ann, packId);
    expect(first).toMatchObject({ width: 64, emoji: '🦊', alt: 'A fox that waves' });
    expect(await packsOf(ben)).toEqual([]);
    const seen = await world.call(ben, 'getStickerPack', { packId });
    expect(seen.pack).toEqual({
      id: packId,
      name: 'Foxes',
      ownerId: ann.userId,
      count: 2,
      cover: first,
      installed: false,
    });
    expect(seen.stickers).toEqual([first, second]);
    const { pack } = await world.call(ben, 'installStickerPack', { packId });
    expect(pack.installed).toBe(true);
    expect((await packsOf(ben)).map(({ id }) => id)).toEqual([packId]);
    await world.call(ann, 'uninstallStickerPack', { packId });
    expect((await packsOf(ann)).map(({ id }) => id)).not.toContain(packId);
    expect((await packsOf(ben)).map(({ id }) => id)).toEqual([packId]);
    await world.call(ben, 'uninstallStickerPack', { packId });
    await world.call(ben, 'uninstallStickerPack', { packId });
    expect(await packsOf(ben)).toEqual([]);
  });

  it('a sticker that is taken out is gone from the pack, and its image stays for messages', async () => {
    const packId = await packBy(ann);
    const sticker = await add(ann, packId);
    const target = { packId, stickerId: sticker.id };
    await expect(world.call(ben, 'removeSticker', target)).rejects.toMatchObject({ code: 'forbidden' });
    await world.call(ann, 'removeSticker', target);
    await world.call(ann, 'removeSticker', target);
    expect((await world.call(ann, 'getStickerPack', { packId })).stickers).toEqual([]);
    await world.services.blobs.sweep(new Date(Date.now() + 10 * 24 * 60 * 60_000));
    const { rows } = { rows: await world.database.db.selectFrom('blobs').select('id').execute() };
    expect(rows.map(({ id }) => id)).toContain(sticker.blobId);
  });

  it('S7: making and adding may be repeated; ids of others are conflicts', async () => {
    const packId = await packBy(ann);
    const { pack } = await world.call(ann, 'createStickerPack', { packId, name: 'Again' });
    expect(pack).toMatchObject({ id: packId, name: 'Foxes' });
    const stolen = world.call(ben, 'createStickerPack', { packId, name: 'Mine' });
    await expect(stolen).rejects.toMatchObject({ code: 'conflict' });
    const input = { packId, stickerId: newId(), blobId: await image(ann), emoji: '👍', alt: 'Yes' };
    const first = await world.call(ann, 'addSticker', input);
    expect(await world.call(ann, 'addSticker', input)).toEqual(first);
    const other = world.call(ann, 'addSticker', { ...input, blobId: await image(ann) });
    await expect(other).rejects.toMatchObject({ code: 'conflict' });
  });

  it('take only images of one’s own, for stickers, once', async () => {
    const packId = await packBy(ann);
    const avatar = await world.services.blobs.upload(ann, 'avatar', pngOf(9, 9));
    const used = (await add(ann, packId)).blobId;
    for (const blobId of [avatar.id, await image(ben), used, newId()]) {
      const input = { packId, stickerId: newId(), blobId, emoji: '👍', alt: 'Yes' };
      await expect(world.call(ann, 'addSticker', input)).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('S15: another tenant has no such pack', async () => {
    const packId = await packBy(ann);
    const refused = { code: 'not_found' };
    await expect(world.call(stranger, 'getStickerPack', { packId })).rejects.toMatchObject(refused);
    await expect(world.call(stranger, 'installStickerPack', { packId })).rejects.toMatchObject(refused);
    // The same id there is another pack.
    await world.call(stranger, 'createStickerPack', { packId, name: 'Elsewhere' });
    expect((await world.call(ann, 'getStickerPack', { packId })).pack.name).toBe('Foxes');
  });

  it('are bounded: stickers in a pack, packs of a person', async () => {
    const dora = await world.person('Dora');
    const packId = await packBy(dora);
    const rows = Array.from({ length: limits.stickers }, (_, place) => ({
      tenant_id: 1,
      pack_id: packId,
      id: newId(),
      blob_id: newId(),
      width: 1,
      height: 1,
      emoji: '👍',
      alt: 'x',
      place,
    }));
    await world.database.db.insertInto('stickers').values(rows).execute();
    await expect(add(dora, packId)).rejects.toMatchObject({ code: 'limit_reached' });
    for (let n = 1; n < limits.ownStickerPacks; n += 1) await packBy(dora);
    await expect(packBy(dora)).rejects.toMatchObject({ code: 'limit_reached' });
  });

  it('S14: stickers and GIFs travel in messages; addresses that we did not make are refused', async () => {
    const group = await world.group([ann, ben]);
    const packId = await packBy(ann);
    const { id, blobId, ...sticker } = await add(ann, packId);
    const attachments: readonly [unknown, boolean][] = [
      [{ type: 'sticker', packId, stickerId: id, blobId, ...sticker }, true],
      [{ type: 'sticker', stickerId: 'hello', width: 160, height: 160, emoji: '👋', alt: 'Hi' }, true],
      [
        { type: 'sticker', stickerId: 'hello', blobId, width: 160, height: 160, emoji: '👋', alt: 'Hi' },
        false,
      ],
      [{ type: 'sticker', stickerId: '../x', width: 160, height: 160, emoji: '👋', alt: 'Hi' }, false],
      [gif('/v1/gifs/media/aHR0cHM.abc'), true],
      [gif('https://evil.example/x.gif'), false],
      [gif('/v1/gifs/media/../../me'), false],
      [gif('//evil.example/v1/gifs/media/a.b'), false],
    ];
    for (const [attachment, fits] of attachments) {
      const sent = world.call(ann, 'sendMessage', {
        conversationId: group,
        messageId: newId(),
        content: { type: 'plain', text: '', attachment: attachment as never },
      });
      if (fits) expect(await sent).toMatchObject({ seq: expect.any(Number) });
      else await expect(sent, JSON.stringify(attachment)).rejects.toMatchObject({ code: 'bad_input' });
    }
    const { messages } = await world.call(ben, 'getHistory', { conversationId: group });
    expect(JSON.stringify(messages)).toContain(blobId);
  });
});

const gif = (path: string) => ({
  type: 'gif',
  provider: 'tenor',
  id: '1',
  path,
  still: path,
  width: 10,
  height: 10,
  alt: 'A fox',
});
