/** What one person may keep in files, over HTTP: told before, refused before the first byte, and free again when messages go. */
import { randomBytes } from 'node:crypto';
import { newId, type Output } from '@kith/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  errorIn,
  type FilesWorld,
  type HttpPerson,
  OCTETS,
  openFilesWorld,
  TUS,
} from '../testing/filesWorld.ts';
import { databaseKinds } from '../testing/world.ts';

describe.each(databaseKinds)('a quota of 100 kB on %s', (kind) => {
  let world: FilesWorld;
  let bob: HttpPerson;
  let people = 0;
  beforeAll(async () => {
    world = await openFilesWorld({ fileQuota: 100_000 }, kind);
    bob = await world.signUp('bob');
  });
  afterAll(() => world?.close());

  /** Somebody who has uploaded nothing, and a group with Bob. */
  const somebody = async (): Promise<{ readonly ann: HttpPerson; readonly group: string }> => {
    const ann = await world.signUp(`ann${people++}`);
    return { ann, group: await world.group([ann, bob]) };
  };
  const room = (person: HttpPerson) => world.call<Output<'getUploadLimits'>>(person, 'GET', '/upload-limits');

  it('M3: what goes beyond it is refused before its first byte, and says how much room there is', async () => {
    const { ann } = await somebody();
    await world.upload(ann, randomBytes(60_000));
    expect(await room(ann)).toMatchObject({ quotaBytes: 100_000, usedBytes: 60_000 });
    const id = newId();
    const refused = await world.create(ann, id, 40_001);
    expect(await errorIn(refused)).toMatchObject({
      status: 422,
      code: 'limit_reached',
      retryable: false,
      message: 'There is no room for it: 60 kB of your 100 kB are used.',
    });
    expect(await world.offset(ann, id)).toBeNaN();
    expect(await world.settled(ann, id)).toBeUndefined();
    expect((await world.create(ann, newId(), 40_000)).status).toBe(201);
    expect(await room(ann)).toMatchObject({ usedBytes: 100_000 });
    // Nobody else has less room for it.
    expect((await room(bob)).usedBytes).toBe(0);
    await world.upload(bob, randomBytes(10));
  });

  it('M3: nor do bytes come in with the announcement itself', async () => {
    const { ann } = await somebody();
    const id = newId();
    const refused = await world.fetch('/v1/uploads', {
      method: 'POST',
      headers: {
        ...TUS,
        ...OCTETS,
        ...ann.bearer,
        'upload-length': '100001',
        'upload-metadata': `id ${Buffer.from(id).toString('base64')}`,
      },
      body: new Uint8Array(100_001),
    });
    expect(await errorIn(refused)).toMatchObject({ code: 'limit_reached' });
    expect(await room(ann)).toMatchObject({ usedBytes: 0 });
  });

  it('M7: deleting messages makes room, when their files are swept; so does giving an upload up', async () => {
    const { ann, group } = await somebody();
    const [one, two] = [
      await world.upload(ann, randomBytes(50_000)),
      await world.upload(ann, randomBytes(50_000)),
    ];
    const messageId = await world.send(ann, group, { fileId: one });
    const other = await world.send(ann, group, { fileId: two });
    expect((await world.create(ann, newId(), 1)).status).toBe(422);
    await world.call(ann, 'DELETE', `/conversations/${group}/messages/${messageId}`);
    await world.service.services.files.sweep();
    expect(await room(ann)).toMatchObject({ usedBytes: 50_000 });
    const third = newId();
    expect((await world.create(ann, third, 50_000)).status).toBe(201);
    expect((await world.create(ann, newId(), 1)).status).toBe(422);
    expect((await world.cancel(ann, third)).status).toBe(204);
    expect(await room(ann)).toMatchObject({ usedBytes: 50_000 });
    await world.upload(ann, randomBytes(50_000));
    // What was not deleted is there.
    const kept = await world.read(bob, { conversationId: group, messageId: other, fileId: two });
    expect((await kept.arrayBuffer()).byteLength).toBe(50_000);
  });

  it('M3: uploads begun at the same time cannot all pass because each is the first', async () => {
    const { ann } = await somebody();
    const answers = await Promise.all(Array.from({ length: 12 }, () => world.create(ann, newId(), 30_000)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, ...Array(9).fill(422)]);
    expect(await room(ann)).toMatchObject({ usedBytes: 90_000 });
    const pair = await Promise.all([world.create(ann, newId(), 6_000), world.create(ann, newId(), 6_000)]);
    expect(pair.map(({ status }) => status).sort()).toEqual([201, 422]);
  });

  it('S7: announcing the same upload again takes no more room', async () => {
    const { ann } = await somebody();
    const id = newId();
    for (let again = 0; again < 3; again++) expect((await world.create(ann, id, 80_000)).status).toBe(201);
    expect(await room(ann)).toMatchObject({ usedBytes: 80_000 });
  });
});
