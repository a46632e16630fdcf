import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createBlobs } from '../blobs/blobs.ts';
import { createVault } from '../media/cipherVault.ts';
import { createDiskStore } from '../media/disk.ts';
import { createFiles } from '../media/files.ts';
import type { Caller } from '../services.ts';
import { pngOf } from '../testing/images.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { knownObjects, objectTables, secretsAfter, setSecret } from './objects.ts';

const newKey = (): string => randomBytes(16).toString('hex');
const inDays = (days: number) => new Date(Date.now() + days * 24 * 3_600_000);

describe.each(databaseKinds)('what lies in the vault, on %s', (kind) => {
  let world: World;
  let ann: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    ann = await world.person('Ann');
  });
  afterAll(() => world?.close());

  const db = () => world.database.db;
  const objectOf = async (table: 'files' | 'blobs', id: string): Promise<string> => {
    const row = await db().selectFrom(table).select('object').where('id', '=', id).executeTakeFirstOrThrow();
    return row.object ?? '';
  };

  it('every table with a place in the vault is one that the sweep of orphans asks', async () => {
    const { rows } = await sql<{ table_name: string }>`
      select table_name from information_schema.columns
      where table_schema = current_schema() and column_name = 'object'
      order by table_name`.execute(db());
    expect(rows.map((row) => row.table_name)).toEqual([...objectTables].sort());
  });

  it('is found by its place, and asks no more than an index', async () => {
    const file = await objectOf('files', await world.upload(ann, randomBytes(100)));
    const { id } = await world.services.blobs.upload(ann, 'avatar', pngOf(3, 3));
    const blob = await objectOf('blobs', id);
    expect(await knownObjects(db(), [file, blob, newKey()])).toEqual(new Set([file, blob]));
    expect(await knownObjects(db(), [])).toEqual(new Set());
    const plan = await db()
      .transaction()
      .execute(async (trx) => {
        await sql`set local enable_seqscan = off`.execute(trx);
        const { rows } = await sql<{ 'QUERY PLAN': string }>`
          explain select object from blobs where object = any (${[file]}::text[])`.execute(trx);
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      });
    expect(plan).toContain('blobs_by_object');
  });

  it('no sweep of orphans takes what an image or a file has, and each takes what nothing has', async () => {
    const { blobs, files } = world.services;
    const sent = await world.upload(ann, randomBytes(5_000));
    const image = pngOf(3, 4);
    const avatar = await blobs.upload(ann, 'avatar', image);
    const preview = await blobs.keep(ann.tenantId, 'preview', image);
    const orphan = world.vault.newPlace();
    await world.vault.append(
      orphan,
      0,
      (async function* () {
        yield randomBytes(700);
      })(),
    );
    // Nothing is old enough yet.
    expect(await files.sweepOrphans()).toBe(0);
    expect(await files.sweepOrphans(inDays(2))).toBe(1);
    expect(await world.vault.length(orphan)).toBeNull();
    // By a node that has them not in its memory.
    const another = createBlobs({ database: world.database, vault: world.vault });
    for (const { id } of [avatar, preview]) {
      const stored = await another.read(ann.tenantId, id);
      expect(Buffer.from(stored?.bytes ?? []).equals(image)).toBe(true);
    }
    await another.close();
    expect((await files.states(ann, [sent]))[0]).toMatchObject({ state: 'ready', size: 5_000 });
    const place = { key: await objectOf('files', sent), secret: null };
    expect(await world.vault.length(place)).not.toBeNull();
  });

  it('images and files are opened by the new master key alone after a change of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kith-keys-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const store = createDiskStore(folder);
    const keys = ['the former master key, long enough', 'the next master key, long enough too'] as const;
    const [former, both, next] = [[keys[0]], [keys[1], keys[0]], [keys[1]]].map((masterKeys) =>
      createVault({ store, masterKeys, ciphers: true }),
    );
    if (!former || !both || !next) throw new Error('no vault');
    // What other tests left lies under a key that these vaults do not have.
    await db().deleteFrom('files').execute();
    await db().deleteFrom('blobs').execute();
    const before = createBlobs({ database: world.database, vault: former });
    const images = [pngOf(5, 1), pngOf(5, 2), pngOf(5, 3)];
    const infos = await Promise.all(images.map((image) => before.upload(ann, 'emoji', image)));
    await before.close();
    const files = createFiles({
      database: world.database,
      vault: both,
      inspector: { inspect: async () => ({ mime: 'text/plain' }), close: async () => undefined },
      fileLimits: { fileBytes: 1_000 },
    });
    expect(await files.rewrap()).toBe(3);
    expect(await files.rewrap()).toBe(0);
    await files.close();
    const after = createBlobs({ database: world.database, vault: next });
    for (const [n, { id }] of infos.entries()) {
      const stored = await after.read(ann.tenantId, id);
      expect(Buffer.from(stored?.bytes ?? []).equals(images[n] ?? Buffer.alloc(1))).toBe(true);
    }
    await after.close();
  });

  it('pages through all keys in order, of images and files alike, and changes one that is as it was', async () => {
    await world.upload(ann, randomBytes(10));
    await world.upload(ann, randomBytes(11));
    for (const side of [1, 2, 3]) await world.services.blobs.upload(ann, 'sticker', pngOf(side, 7));
    const whole = await secretsAfter(db(), '', 1_000);
    expect(whole.map(({ object }) => object)).toEqual(whole.map(({ object }) => object).sort());
    const paged: typeof whole = [];
    for (let after: string | undefined = ''; after !== undefined; after = paged.at(-1)?.object) {
      const page = await secretsAfter(db(), after, 2);
      if (page.length === 0) break;
      expect(page.length).toBeLessThanOrEqual(2);
      paged.push(...page);
    }
    expect(paged).toEqual(whole);
    expect(whole.length).toBeGreaterThanOrEqual(5);
    for (const { object, secret } of whole) {
      await setSecret(db(), object, Buffer.from('another'), Buffer.from('never'));
      await setSecret(db(), object, secret, Buffer.concat([secret, Buffer.of(1)]));
    }
    const changed = await secretsAfter(db(), '', 1_000);
    expect(changed.map(({ secret }) => secret)).toEqual(
      whole.map(({ secret }) => Buffer.concat([secret, Buffer.of(1)])),
    );
  });
});
