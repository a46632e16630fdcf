/** KITH_FILE_TYPES: what a service takes holds for every conversation, when an upload begins and when it is sent. */
import { randomBytes } from 'node:crypto';
import { newId, type Output } from '@kith/protocol';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorIn, type FilesWorld, type HttpPerson, openFilesWorld } from '../testing/filesWorld.ts';

describe('a service that takes pictures and PDF', () => {
  let world: FilesWorld;
  let ann: HttpPerson;
  let group: string;
  beforeAll(async () => {
    world = await openFilesWorld({ fileTypes: ['image', 'application/pdf'] });
    ann = await world.signUp('ann');
    group = await world.group([ann]);
  });
  afterAll(() => world?.close());

  const png = (width: number) =>
    sharp({ create: { width, height: 8, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
  const typesIn = async (conversationId = group) => {
    const path = `/upload-limits?conversationId=${conversationId}`;
    return (await world.call<Output<'getUploadLimits'>>(ann, 'GET', path)).types;
  };

  it('M3: says so, refuses the others early, and takes these', async () => {
    expect(await typesIn()).toEqual(['image', 'application/pdf']);
    const early = await world.create(ann, newId(), 10, { filetype: 'text/plain', conversationId: group });
    expect(await errorIn(early)).toMatchObject({ code: 'file_refused', status: 422 });
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
    for (const bytes of [await png(8), pdf])
      await world.send(ann, group, { fileId: await world.upload(ann, bytes) });
  });

  it('M3: believes the bytes, not what they are called', async () => {
    const fileId = await world.upload(ann, Buffer.from('just words'), { filetype: 'image/png' });
    await expect(world.send(ann, group, { fileId, mime: 'image/png', kind: 'image' })).rejects.toMatchObject({
      code: 'file_refused',
    });
    const messageId = newId();
    const content = {
      type: 'plain',
      text: '',
      attachment: {
        type: 'files',
        files: [{ fileId, kind: 'file', name: 'a.txt', mime: 'text/plain', size: 10 }],
      },
    };
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const later = { conversationId: group, messageId, content, at };
    await expect(world.call(ann, 'POST', '/me/scheduled', later)).rejects.toMatchObject({
      code: 'file_refused',
    });
  });

  it('M3: a conversation may be narrower, never wider', async () => {
    const there = await world.group([ann]);
    const rule = (types: readonly string[]) =>
      world.call(ann, 'PATCH', `/conversations/${there}`, { files: { types } });
    await rule(['text', 'application', 'image/png']);
    expect(await typesIn(there)).toEqual(['application/pdf', 'image/png']);
    const words = await world.upload(ann, Buffer.from('words, and a few more of them'));
    await expect(world.send(ann, there, { fileId: words })).rejects.toMatchObject({ code: 'file_refused' });
    await world.send(ann, there, { fileId: await world.upload(ann, await png(9)) });
    // What is encrypted is taken as long as anything is: what it is, nobody here can know.
    const opaque = await world.upload(ann, randomBytes(100), { opaque: 'true' });
    const sealed = () =>
      world.call(ann, 'POST', `/conversations/${there}/messages`, {
        messageId: newId(),
        content: { type: 'encrypted', scheme: 'test.1', bytes: 'AAAA' },
        files: [opaque],
      });
    await sealed();
    await rule([]);
    expect(await typesIn(there)).toEqual([]);
    const fileId = await world.upload(ann, await png(10));
    await expect(world.send(ann, there, { fileId })).rejects.toMatchObject({ code: 'file_refused' });
    // What its sender encrypted is a file, too.
    await expect(sealed()).rejects.toMatchObject({ code: 'file_refused' });
  });
});
