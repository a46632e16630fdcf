import { limits, newId } from '@kith/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { pngOf, testImage } from '../testing/images.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { letGo, takeIntoUse } from './blobs.ts';

const DAY_MS = 24 * 60 * 60_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS + 60_000);

describe.each(databaseKinds)('blobs on %s', (kind) => {
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

  const blobs = () => world.services.blobs;
  const db = () => world.database.db;

  it('keeps an image without its metadata and gives it back as it is', async () => {
    const info = await blobs().upload(ann, 'avatar', testImage('jpegTurned'));
    expect(info).toMatchObject({ mime: 'image/jpeg', width: 16, height: 24 });
    for (let twice = 0; twice < 2; twice += 1) {
      const stored = await blobs().read(ann.tenantId, info.id);
      expect(stored).toMatchObject({ mime: 'image/jpeg', purpose: 'avatar' });
      expect(Buffer.from(stored?.bytes ?? []).includes('SECRET')).toBe(false);
      expect(Buffer.from(stored?.bytes ?? []).readUInt16BE(0)).toBe(0xffd8);
    }
  });

  it('S15: another tenant has no such image', async () => {
    const { id } = await blobs().upload(ann, 'avatar', pngOf(3, 3));
    expect(await blobs().read(ann.tenantId, id)).not.toBeNull();
    expect(await blobs().read(stranger.tenantId, id)).toBeNull();
    await expect(takeIntoUse(db(), stranger, id, 'avatar')).rejects.toMatchObject({ code: 'not_found' });
    await letGo(db(), stranger.tenantId, id);
    expect(await blobs().read(ann.tenantId, id)).not.toBeNull();
  });

  it('S7: an upload that is repeated is the same image while it waits, for each person and purpose', async () => {
    const image = pngOf(5, 5);
    const first = await blobs().upload(ann, 'emoji', image);
    expect(await blobs().upload(ann, 'emoji', image)).toEqual(first);
    expect((await blobs().upload(ann, 'sticker', image)).id).not.toBe(first.id);
    expect((await blobs().upload(ben, 'emoji', image)).id).not.toBe(first.id);
    await takeIntoUse(db(), ann, first.id, 'emoji');
    expect((await blobs().upload(ann, 'emoji', image)).id).not.toBe(first.id);
  });

  it('is taken into use once, by whoever uploaded it, for what it was uploaded for', async () => {
    const { id } = await blobs().upload(ann, 'sticker', pngOf(6, 6));
    const refused = { code: 'not_found' };
    await expect(takeIntoUse(db(), ben, id, 'sticker')).rejects.toMatchObject(refused);
    await expect(takeIntoUse(db(), ann, id, 'avatar')).rejects.toMatchObject(refused);
    await expect(takeIntoUse(db(), ann, newId(), 'sticker')).rejects.toMatchObject(refused);
    expect(await takeIntoUse(db(), ann, id, 'sticker')).toMatchObject({ id, width: 6, height: 6 });
    await expect(takeIntoUse(db(), ann, id, 'sticker')).rejects.toMatchObject(refused);
  });

  it('sweeps what nothing has used for a day, and nothing else', async () => {
    const waiting = await blobs().upload(ann, 'avatar', pngOf(7, 7));
    const used = await blobs().upload(ann, 'avatar', pngOf(7, 8));
    const let1 = await blobs().upload(ann, 'avatar', pngOf(7, 9));
    const own = await blobs().keep(ann.tenantId, 'preview', pngOf(7, 10));
    await takeIntoUse(db(), ann, used.id, 'avatar');
    await takeIntoUse(db(), ann, let1.id, 'avatar');
    await letGo(db(), ann.tenantId, let1.id);
    await blobs().sweep();
    const there = async () => {
      const rows = await db().selectFrom('blobs').select('id').execute();
      return new Set(rows.map(({ id }) => id));
    };
    expect([...(await there())]).toEqual(expect.arrayContaining([waiting.id, used.id, let1.id, own.id]));
    expect(await blobs().sweep(inDays(1))).toBeGreaterThanOrEqual(2);
    const left = await there();
    expect([waiting, let1].filter(({ id }) => left.has(id))).toEqual([]);
    expect([used, own].filter(({ id }) => left.has(id))).toHaveLength(2);
  });

  it('sweeps the picture of a preview when no message shows it any more', async () => {
    const conversationId = await world.group([ann, ben]);
    const shownIn = async (imageId: string) => {
      const messageId = newId();
      const content = { type: 'plain' as const, text: 'https://site.example/' };
      await world.call(ann, 'sendMessage', { conversationId, messageId, content });
      const preview = {
        url: content.text,
        title: 'A page',
        siteName: 'site.example',
        image: { path: `/v1/blobs/${imageId}`, width: 7, height: 7 },
      };
      await db()
        .updateTable('messages')
        .set({ link_preview: JSON.stringify(preview) })
        .where('tenant_id', '=', ann.tenantId)
        .where('id', '=', messageId)
        .execute();
      return messageId;
    };
    const erase = (messageId: string) => world.call(ann, 'deleteMessage', { conversationId, messageId });
    const isThere = async (id: string) =>
      (await db().selectFrom('blobs').select('id').where('id', '=', id).execute()).length === 1;
    const [shown, gone, late, never] = await Promise.all(
      [11, 12, 13, 14].map(async (side) => (await blobs().keep(ann.tenantId, 'preview', pngOf(side, 7))).id),
    );
    if (!shown || !gone || !late || !never) throw new Error('not kept');
    const [first, second] = [await shownIn(shown), await shownIn(shown)];
    await erase(await shownIn(gone));
    await erase(first);

    // The next message with the link may still want them.
    await blobs().sweep(inDays(7));
    await blobs().sweep(inDays(8));
    for (const id of [shown, gone, late, never]) expect(await isThere(id)).toBe(true);
    // One of them is shown after all, before it goes.
    await shownIn(late);
    await blobs().sweep(inDays(10));
    const left = await Promise.all([shown, gone, late, never].map(isThere));
    expect(left).toEqual([true, false, true, false]);

    await erase(second);
    await blobs().sweep(inDays(15));
    expect(await isThere(shown)).toBe(true);
    await blobs().sweep(inDays(17));
    await blobs().sweep(inDays(19));
    expect([await isThere(shown), await isThere(late)]).toEqual([false, true]);
  });

  it('looks after pictures without reading all messages', async () => {
    const plan = await db()
      .transaction()
      .execute(async (trx) => {
        await sql`set local enable_seqscan = off`.execute(trx);
        const { rows } = await sql<{ 'QUERY PLAN': string }>`
        explain select from messages m where m.tenant_id = 1 and m.link_preview is not null
          and (m.link_preview #>> '{image,path}') = '/v1/blobs/x'`.execute(trx);
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      });
    expect(plan).toContain('messages_by_preview_picture');
  });

  it('bounds what waits for its use', async () => {
    const cleo = await world.person('Cleo');
    for (let n = 0; n < limits.unusedBlobs; n += 1) await blobs().upload(cleo, 'emoji', pngOf(2, n + 1));
    await expect(blobs().upload(cleo, 'emoji', pngOf(9, 9))).rejects.toMatchObject({ code: 'limit_reached' });
    // One more of the same is no more.
    const known = await blobs().upload(cleo, 'emoji', pngOf(2, 1));
    await takeIntoUse(db(), cleo, known.id, 'emoji');
    expect(await blobs().upload(cleo, 'emoji', pngOf(9, 9))).toBeDefined();
  });

  it('bounds bytes and sides by purpose', async () => {
    const code = { code: 'too_large' };
    await expect(blobs().upload(ann, 'emoji', pngOf(513, 8))).rejects.toMatchObject(code);
    expect(await blobs().upload(ann, 'sticker', pngOf(513, 8))).toMatchObject({ width: 513 });
    const heavy = Buffer.concat([pngOf(8, 8), Buffer.alloc(limits.emojiBytes)]);
    await expect(blobs().upload(ann, 'emoji', heavy)).rejects.toMatchObject(code);
  });
});
