import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { limits, newId } from '@kith/protocol';
import { type Clamd, startClamd } from '@kith/tools/services/clamd.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClamav } from '../media/inspect/clamav.ts';
import type { Caller } from '../services.ts';
import { pngOf, testImage } from '../testing/images.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { type Blobs, createBlobs, letGo, takeIntoUse } from './blobs.ts';

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
  const rowOf = (id: string) =>
    db()
      .selectFrom('blobs')
      .select(['object', 'secret', 'size', 'bytes'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  /** Plain bytes in the vault; null: it has none. */
  const inVault = async (id: string): Promise<Buffer | null> => {
    const { object: key, secret, size } = await rowOf(id);
    if (key === null || size === null) return null;
    return buffer(await world.vault.read({ key, secret: secret && Buffer.from(secret) }, 0, size));
  };
  /** As they were kept before they lay in the vault. */
  const keptInDatabase = async (bytes: Buffer): Promise<string> => {
    const id = newId();
    const sha256 = createHash('sha256').update(bytes).digest();
    await sql`
      insert into blobs (tenant_id, id, purpose, owner_id, mime, width, height, sha256, bytes, used)
      values (${ann.tenantId}, ${id}, 'avatar', ${ann.userId}, 'image/png', 4, 4, ${sha256}, ${bytes}, true)`.execute(
      db(),
    );
    return id;
  };

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

  it('W13: its bytes lie where those of files do, ciphered, and not in the database', async () => {
    const image = pngOf(4, 5);
    const { id } = await blobs().upload(ann, 'avatar', image);
    expect(await rowOf(id)).toMatchObject({ bytes: null, size: image.length });
    expect((await rowOf(id)).secret).not.toBeNull();
    expect((await inVault(id))?.equals(image)).toBe(true);
    const preview = await blobs().keep(ann.tenantId, 'preview', image);
    expect((await inVault(preview.id))?.equals(image)).toBe(true);
  });

  it('reads what lies in the database still, and moves it, while it is read and on two nodes at once', async () => {
    const images = Array.from({ length: 40 }, (_, n) => pngOf(21, n + 1));
    const ids = await Promise.all(images.map(keptInDatabase));
    // Nodes that were just started: nothing is in their memory.
    const nodes = [1, 2].map(() => createBlobs({ database: world.database, vault: world.vault }));
    const [one, two] = nodes as [Blobs, Blobs];
    const readAll = async (node: Blobs) => {
      const all = await Promise.all(ids.map((id) => node.read(ann.tenantId, id)));
      return all.map((stored, n) => Buffer.from(stored?.bytes ?? []).equals(images[n] ?? Buffer.alloc(1)));
    };
    const [moved, also, readMeanwhile] = await Promise.all([one.move(), two.move(), readAll(two)]);
    expect(moved + also).toBe(40);
    expect(readMeanwhile).not.toContain(false);
    expect(await one.move()).toBe(0);
    expect(await readAll(one)).not.toContain(false);
    for (const [n, id] of ids.entries()) {
      expect((await rowOf(id)).bytes).toBeNull();
      expect((await inVault(id))?.equals(images[n] ?? Buffer.alloc(1))).toBe(true);
    }
    // What the slower node wrote for nothing is gone again.
    const tomorrow = new Date(Date.now() + DAY_MS + 60_000);
    expect(await world.services.files.sweepOrphans(new Date(tomorrow.getTime() + DAY_MS))).toBe(0);
    for (const node of nodes) await node.close();
  });

  it('a row has its bytes in one place', async () => {
    const id = await keptInDatabase(pngOf(4, 9));
    const both = db().updateTable('blobs').set({ object: 'somewhere', size: 1 }).where('id', '=', id);
    await expect(both.execute()).rejects.toThrow();
    const none = db().updateTable('blobs').set({ bytes: null }).where('id', '=', id);
    await expect(none.execute()).rejects.toThrow();
  });

  it('what was lost in the vault is not there, and that is not remembered', async () => {
    const image = pngOf(4, 6);
    const { id } = await blobs().upload(ann, 'avatar', image);
    const { object: key, secret } = await rowOf(id);
    const place = { key: key ?? '', secret: secret && Buffer.from(secret) };
    await world.vault.remove(place);
    await expect(blobs().read(ann.tenantId, id)).rejects.toMatchObject({ code: 'not_found' });
    await world.vault.append(
      place,
      0,
      (async function* () {
        yield image;
      })(),
    );
    await world.vault.finish(place);
    expect(await blobs().read(ann.tenantId, id)).not.toBeNull();
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
    const { object: key } = await rowOf(waiting.id);
    const bytesOfIt = { key: key ?? '', secret: null };
    expect(await world.vault.length(bytesOfIt)).toBeGreaterThan(0);
    const there = async () => {
      const rows = await db().selectFrom('blobs').select('id').execute();
      return new Set(rows.map(({ id }) => id));
    };
    expect([...(await there())]).toEqual(expect.arrayContaining([waiting.id, used.id, let1.id, own.id]));
    expect(await blobs().sweep(inDays(1))).toBeGreaterThanOrEqual(2);
    expect(await world.vault.length(bytesOfIt)).toBeNull();
    expect(await inVault(used.id)).not.toBeNull();
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

describe('blobs with a scanner', () => {
  let world: World;
  let clamd: Clamd;
  let blobs: Blobs;
  let ann: Caller;
  beforeAll(async () => {
    [world, clamd] = await Promise.all([createWorld('pglite'), startClamd()]);
    ann = await world.person('Ann');
    blobs = createBlobs({ database: world.database, vault: world.vault, scan: createClamav(clamd.url) });
  });
  afterAll(async () => {
    await blobs?.close();
    await world?.close();
    await clamd?.end();
  });

  const infected = () => Buffer.concat([pngOf(8, 8), Buffer.from(clamd.testString, 'latin1')]);
  const rows = () => world.database.db.selectFrom('blobs').select('id').execute();

  it('refuses what it finds something in, in its words, and keeps nothing of it', async () => {
    const refused = {
      code: 'file_refused',
      message: `The scanner found something in this file: ${clamd.signature}.`,
    };
    await expect(blobs.upload(ann, 'avatar', infected())).rejects.toMatchObject(refused);
    await expect(blobs.keep(ann.tenantId, 'preview', infected())).rejects.toMatchObject(refused);
    expect(await rows()).toEqual([]);
    expect(await blobs.upload(ann, 'avatar', pngOf(8, 9))).toMatchObject({ width: 8, height: 9 });
  });

  it('lets nothing pass while it does not answer, and says that it may be tried again', async () => {
    await clamd.stop();
    await expect(blobs.upload(ann, 'emoji', pngOf(9, 9))).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: 'Images cannot be scanned just now. Try again shortly.',
    });
    await clamd.start();
    expect(await blobs.upload(ann, 'emoji', pngOf(9, 9))).toMatchObject({ width: 9 });
  });
});
