/** The place is gone from what is kept, before anybody can be sent it. */
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../services.ts';
import { findFile } from '../store/files.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { createInspector } from './inspect/createInspector.ts';
import type { Inspector } from './inspect/inspector.ts';
import { filmOf, framesOf, PICTURE, probe } from './testing/films.ts';
import { placeOf } from './vault.ts';

const H264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
let inspector: Inspector;
beforeAll(() => {
  inspector = createInspector();
});
afterAll(() => inspector.close());

describe.each(databaseKinds)('films as they are kept, on %s', (kind) => {
  let world: World;
  let ann: Caller;
  beforeEach(async () => {
    world = await createWorld(kind, { inspector: { ...inspector, close: async () => undefined } });
    ann = await world.person('Ann');
  });
  afterEach(() => world.close());

  const keep = async (bytes: Buffer) => {
    const id = await world.upload(ann, bytes, 'video/quicktime');
    const state = async () => (await world.call(ann, 'getUploads', { fileIds: [id] })).uploads[0];
    await expect.poll(async () => (await state())?.state, { timeout: 20_000 }).toBe('ready');
    const row = await findFile(world.database.db, 1, id);
    if (!row) throw new Error('It is not there.');
    const kept = await buffer(await world.vault.read(placeOf(row), 0, row.size));
    return { kept, object: row.object, state: await state() };
  };
  const objects = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const key of world.vault.keys(new Date(Date.now() + 60_000))) keys.push(key);
    return keys;
  };

  it('a film that says where it was made does not any more, and is the same otherwise', async () => {
    // Longer than a piece, so that what is changed lies at its end.
    const noise = ['-f', 'lavfi', '-i', 'nullsrc=d=1:s=320x240:r=10,noise=alls=100:allf=t'];
    const film = await filmOf('a.mov', ...noise, ...H264, '-metadata', 'location=+48.1370+011.5750/');
    expect(film.length).toBeGreaterThan(200_000);
    expect((await probe(film)).format.tags).toHaveProperty('location');
    const { kept, object, state } = await keep(film);
    expect(kept.length).toBe(film.length);
    expect(kept.includes('+48.1370')).toBe(false);
    expect((await probe(kept)).format.tags).not.toHaveProperty('location');
    expect(await framesOf(kept)).toEqual(await framesOf(film));
    expect(state).toMatchObject({ size: film.length, mime: 'video/quicktime', width: 320 });
    expect(state).not.toHaveProperty('patches');
    // The bytes as they came are gone: what lies there is the film and its small picture.
    expect(await objects()).toHaveLength(2);
    expect(await objects()).toContain(object);
  });

  it('one that does not is not copied', async () => {
    const film = await filmOf('a.mov', ...PICTURE, ...H264);
    expect((await keep(film)).kept).toEqual(film);
    expect(await objects()).toHaveLength(2);
  });
});
