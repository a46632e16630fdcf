/** What a file's life survives: steps that fail halfway, a store and a scanner that are away, people with hundreds of files. */
import { KithError, limits, newId } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Caller } from '../services.ts';
import { claimGone, holdFiles } from '../store/files.ts';
import { createWorld, databaseKinds, type World } from '../testing/world.ts';
import { createFiles, type Files } from './files.ts';
import type { Inspector } from './inspect/inspector.ts';
import type { Vault } from './vault.ts';

const away = (): KithError => new KithError('unavailable');
const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

describe.each(databaseKinds)('files on %s', (kind) => {
  let world: World;
  let ann: Caller;
  let bob: Caller;
  beforeAll(async () => {
    world = await createWorld(kind);
    ann = await world.person('Ann');
    bob = await world.person('Bob');
  });
  afterAll(() => world.close());

  /** A node of its own on the same database and bytes, of which some parts fail. */
  const node = (vault: Partial<Vault>, inspect?: Inspector['inspect']): Files => {
    const files = createFiles({
      database: world.database,
      vault: { ...world.vault, ...vault },
      inspector: {
        inspect: inspect ?? (async () => ({ mime: 'text/plain' })),
        close: async () => undefined,
      },
      fileLimits: { fileBytes: 1_000_000 },
    });
    onTestFinished(() => files.close());
    return files;
  };

  /** All its bytes are there, and nobody was told so. */
  const sent = async (files: Files, person: Caller, words = 'some words'): Promise<string> => {
    const id = newId();
    const bytes = Buffer.from(words);
    await files.begin(person, { id, size: bytes.length, opaque: false });
    if (bytes.length > 0) await files.append(person, id, 0, once(bytes));
    return id;
  };

  const stateOf = async (person: Caller, id: string): Promise<string | undefined> =>
    (await world.services.files.states(person, [id]))[0]?.state;
  const rowsOf = (objects: readonly string[]) =>
    world.database.db.selectFrom('files').selectAll().where('object', 'in', objects).execute();
  const objectOf = async (id: string): Promise<string> => {
    const row = await world.database.db
      .selectFrom('files')
      .select('object')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return row.object;
  };

  it.each(['some words', ''])(
    'M1: who asks for an upload that is all there completes it (%j)',
    async (words) => {
      const id = await sent(world.services.files, ann, words);
      expect(await stateOf(ann, id)).toBe('uploading');
      expect(await node({}).upload(ann, id)).toEqual({ size: words.length, offset: words.length });
      expect(await stateOf(ann, id)).toBe('ready');
    },
  );

  it('M1: what fails at the end of an upload is said whenever it is asked for, until it works', async () => {
    let broken = true;
    const files = node({
      finish: async (place) => {
        if (broken) throw away();
        await world.vault.finish(place);
      },
    });
    const id = await sent(files, ann);
    await expect(files.complete(ann, id)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(files.upload(ann, id)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await stateOf(ann, id)).toBe('uploading');
    broken = false;
    // Side by side, too: it is done once.
    await Promise.all([files.complete(ann, id), files.upload(ann, id), files.upload(ann, id)]);
    expect(await stateOf(ann, id)).toBe('ready');
  });

  it('half an upload is not completed by asking for it', async () => {
    const { files } = world.services;
    const id = newId();
    await files.begin(ann, { id, size: 100, opaque: false });
    await files.append(ann, id, 0, once(Buffer.from('half')));
    expect(await files.upload(ann, id)).toEqual({ size: 100, offset: 4 });
    expect(await stateOf(ann, id)).toBe('uploading');
  });

  it('M7: an upload given up while the store is away is gone for its owner, its bytes later', async () => {
    const whole = world.services.files;
    const id = await sent(whole, ann);
    const object = await objectOf(id);
    let broken = true;
    const files = node({
      remove: async (place) => {
        if (broken) throw away();
        await world.vault.remove(place);
      },
    });
    await expect(files.giveUp(bob, id)).rejects.toMatchObject({ code: 'not_found' });
    await files.giveUp(ann, id);
    await expect(files.giveUp(ann, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(files.upload(ann, id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await rowsOf([object])).toHaveLength(1);
    broken = false;
    await files.sweep(new Date(Date.now() + 61_000));
    expect(await rowsOf([object])).toEqual([]);
  });

  it('M7: bytes that could not be removed are removed later, and hold up none of the others', async () => {
    const group = await world.group([ann, bob]);
    const { files: whole } = world.services;
    const ids = [await sent(whole, ann), await sent(whole, ann), await sent(whole, ann)];
    for (const id of ids) await whole.complete(ann, id);
    const objects = await Promise.all(ids.map(objectOf));
    const film = objects[2] ?? '';
    await world.database.db
      .insertInto('transcodes')
      .values({ tenant_id: ann.tenantId, file_id: ids[2] ?? '' })
      .execute();
    let broken = true;
    const files = node({
      remove: async (place) => {
        if (broken && place.key !== objects[1]) throw away();
        await world.vault.remove(place);
      },
    });
    const later = new Date(Date.now() + limits.uploadMs + 60_000);
    await files.sweep(later);
    const left = await rowsOf(objects);
    expect(left.map(({ object }) => object).sort()).toEqual([objects[0] ?? '', film].sort());
    // Meanwhile they are nobody's, and nothing can take them.
    for (const id of ids) await expect(files.upload(ann, id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await files.states(ann, ids)).toEqual([]);
    const [first = ''] = ids;
    await expect(world.sendFile(ann, group, first)).rejects.toMatchObject({ code: 'not_found' });
    expect(await files.begin(ann, { id: first, size: 10, opaque: false })).toEqual({ size: 10, offset: 0 });
    broken = false;
    // Not at once: whatever was away gets a moment.
    await files.sweep(later);
    expect(await rowsOf(objects)).toHaveLength(2);
    await files.sweep(new Date(later.getTime() + 61_000));
    expect(await rowsOf(objects)).toEqual([]);
    for (const key of objects) expect(await world.vault.length({ key, secret: null })).toBeNull();
  });

  // PGlite has one transaction at a time.
  it.runIf(kind === 'postgres')('M7: what a message takes meanwhile keeps its bytes', async () => {
    const { db } = world.database;
    const claim = () => db.transaction().execute((trx) => claimGone(trx, inMinutes(1), inMinutes(2), 1_000));
    const [taken, gone] = [await world.upload(ann), await world.upload(ann)];
    const objects = [await objectOf(taken), await objectOf(gone)];
    await db.transaction().execute(async (trx) => {
      expect(await holdFiles(trx, ann.tenantId, [taken])).toHaveLength(1);
      const claimed = (await claim()).map(({ object }) => object);
      expect(objects.filter((object) => claimed.includes(object))).toEqual([objects[1]]);
      await trx.updateTable('files').set({ used: true }).where('id', '=', taken).execute();
    });
    expect((await claim()).map(({ object }) => object)).not.toContain(objects[0]);
    const held = await db.transaction().execute((trx) => holdFiles(trx, ann.tenantId, [taken, gone]));
    expect(held.map(({ id }) => id)).toEqual([taken]);
  });

  it('a deleted message has its files removed without waiting for a round', async () => {
    const group = await world.group([ann, bob]);
    const fileId = await world.upload(ann, Buffer.from('some words'), 'text/plain');
    const object = await objectOf(fileId);
    const messageId = await world.sendFile(ann, group, fileId);
    await world.call(ann, 'deleteMessage', { conversationId: group, messageId });
    // Nobody started the rounds of this world.
    await vi.waitFor(async () => expect(await rowsOf([object])).toEqual([]), { timeout: 10_000 });
  });

  it('M2: all that waited for the scanner is judged in one round when it is back', async () => {
    let broken = true;
    const files = node({}, async () => {
      if (broken) throw away();
      return { mime: 'text/plain' };
    });
    const ids: string[] = [];
    for (let n = 0; n < 10; n++) {
      const id = await sent(files, ann, `words ${n}`);
      await files.complete(ann, id);
      ids.push(id);
    }
    const states = () => Promise.all(ids.map((id) => stateOf(ann, id)));
    expect(new Set(await states())).toEqual(new Set(['checking']));
    broken = false;
    await files.sweep(inMinutes(2));
    await vi.waitFor(async () => expect(new Set(await states())).toEqual(new Set(['ready'])), {
      timeout: 10_000,
    });
  });

  it('M2: a connection to the database that breaks while a file is looked at holds it, and refuses it not', async () => {
    let broken = true;
    const files = node({}, async () => {
      // As `pg` says it of whatever statement comes next, the state of the file or its small picture.
      if (broken) throw Object.assign(new Error('terminating connection'), { code: '57P01' });
      return { mime: 'text/plain' };
    });
    const id = await sent(files, ann);
    await files.complete(ann, id);
    expect(await stateOf(ann, id)).toBe('checking');
    broken = false;
    await files.sweep(inMinutes(2));
    await vi.waitFor(async () => expect(await stateOf(ann, id)).toBe('ready'), { timeout: 10_000 });
  });

  it('M2: a refused file that is begun once more is refused for what it was, not as one of somebody else', async () => {
    const files = node({}, async () => {
      throw new KithError('file_refused', { message: 'It is bad.' });
    });
    const id = await sent(files, ann);
    await files.complete(ann, id);
    expect(await stateOf(ann, id)).toBe('refused');
    const again = { id, size: 10, opaque: false };
    await expect(files.begin(ann, again)).rejects.toMatchObject({
      code: 'file_refused',
      message: 'It is bad.',
    });
    await expect(files.begin(bob, again)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('S7: a photo that weighs less since it was looked at may be begun once more, as after a reload', async () => {
    const files = node({}, async () => ({
      mime: 'image/jpeg',
      replacement: { bytes: Buffer.from('less'), mime: 'image/jpeg' },
    }));
    const id = await sent(files, ann, 'with the place it was taken at');
    await files.complete(ann, id);
    expect(await files.states(ann, [id])).toMatchObject([{ state: 'ready', size: 4 }]);
    expect(await files.begin(ann, { id, size: 30, opaque: false })).toEqual({ size: 30, offset: 30 });
    await expect(files.begin(bob, { id, size: 30, opaque: false })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('one person with many files does not keep others waiting', async () => {
    const gates: (() => void)[] = [];
    const files = node({}, async () => {
      await new Promise<void>((resolve) => gates.push(resolve));
      return { mime: 'text/plain' };
    });
    const mine: string[] = [];
    for (let n = 0; n < 8; n++) mine.push(await sent(files, ann));
    const all = mine.map((id) => files.complete(ann, id));
    await vi.waitFor(() => expect(gates).toHaveLength(2));
    const his = await sent(files, bob);
    all.push(files.complete(bob, his));
    await vi.waitFor(() => expect(gates).toHaveLength(3));
    gates[2]?.();
    await vi.waitFor(async () => expect(await stateOf(bob, his)).toBe('ready'));
    const opening = setInterval(() => {
      for (const open of gates) open();
    }, 10);
    await Promise.all(all);
    await vi.waitFor(async () => {
      for (const id of mine) expect(await stateOf(ann, id)).toBe('ready');
    });
    clearInterval(opening);
  });
});
