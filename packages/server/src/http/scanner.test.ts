/** A real scanner looks at every file before it can be sent; while it does not answer, files are held. */
import { newId } from '@kith/protocol';
import { type Clamd, startClamd } from '@kith/tools/services/clamd.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FilesWorld, type HttpPerson, openFilesWorld } from '../testing/filesWorld.ts';

describe('the scanner', { timeout: 120_000 }, () => {
  let clamd: Clamd;
  let world: FilesWorld;
  let ann: HttpPerson;
  let group: string;
  beforeAll(async () => {
    clamd = await startClamd();
    world = await openFilesWorld({ scanner: clamd.url });
    ann = await world.signUp('ann');
    group = await world.group([ann]);
  }, 120_000);
  afterAll(async () => {
    await world?.close();
    await clamd?.end();
  });

  const begin = async (bytes: Buffer): Promise<string> => {
    const id = newId();
    await world.create(ann, id, bytes.length);
    expect((await world.patch(ann, id, 0, bytes)).status).toBe(204);
    return id;
  };
  const stateOf = async (id: string): Promise<string | undefined> => {
    const { uploads } = await world.call<{ uploads: { state: string }[] }>(
      ann,
      'GET',
      `/uploads?fileIds=${id}`,
    );
    return uploads[0]?.state;
  };

  it('M2: lets through what is clean, and says what it found in the rest', async () => {
    const clean = await world.upload(ann, Buffer.from('nothing of note'));
    await world.send(ann, group, { fileId: clean });
    const infected = await begin(Buffer.from(`words, ${clamd.testString}`));
    expect(await world.settled(ann, infected)).toMatchObject({
      state: 'refused',
      reason: expect.stringContaining(clamd.signature),
    });
    await expect(world.send(ann, group, { fileId: infected })).rejects.toMatchObject({
      code: 'file_refused',
    });
  });

  it('M2: holds files while it does not answer, and judges them when it is back', async () => {
    await clamd.stop();
    const [clean, infected] = [
      await begin(Buffer.from('waiting')),
      await begin(Buffer.from(clamd.testString)),
    ];
    await expect(world.send(ann, group, { fileId: clean })).rejects.toMatchObject({
      code: 'not_ready',
      retryable: true,
    });
    expect(await stateOf(infected)).toBe('checking');
    await clamd.start();
    // As a minute later.
    await world.service.services.files.sweep(new Date(Date.now() + 61_000));
    expect((await world.settled(ann, clean))?.state).toBe('ready');
    expect((await world.settled(ann, infected))?.state).toBe('refused');
    await world.send(ann, group, { fileId: clean });
  });
});
