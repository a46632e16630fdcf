/** The whole service: what was sent over HTTP is played over HTTP, also when the service was stopped in between. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessageFile, MessageRecord, Output } from '@kith/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultConfig } from '../../config.ts';
import { createService, type Service } from '../../service.ts';
import { type FilesWorld, fileAddress, type HttpPerson, openFilesWorld } from '../../testing/filesWorld.ts';
import { filmOf, probe } from '../testing/films.ts';

let folder: string;
let world: FilesWorld;
let second: Service | undefined;
let ann: HttpPerson;
let bob: HttpPerson;
let group: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-transcode-test-'));
  world = await openFilesWorld({ filesDirectory: folder });
  ann = await world.signUp('ann');
  bob = await world.signUp('bob');
  group = await world.group([ann, bob]);
});
afterAll(async () => {
  await second?.close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const send = async (bytes: Buffer): Promise<string> => {
  const fileId = await world.upload(ann, bytes);
  return world.send(ann, group, { fileId, kind: 'video' });
};

/** The message's file, when it can be played. */
async function playable(base: string, messageId: string): Promise<MessageFile | undefined> {
  const url = new URL(`/v1/conversations/${group}/messages`, base);
  const { messages } = (await (await fetch(url, { headers: bob.bearer })).json()) as Output<'getHistory'>;
  const body: MessageRecord['body'] | undefined = messages.find(({ id }) => id === messageId)?.body;
  const content = body?.type === 'content' && body.content.type === 'plain' ? body.content : undefined;
  const [file] = content?.attachment?.type === 'files' ? content.attachment.files : [];
  return file?.playable && file;
}

async function play(base: string, messageId: string): Promise<void> {
  await expect
    .poll(() => playable(base, messageId), { timeout: 15_000 })
    .toMatchObject({ mime: 'video/vnd.avi', playable: { mime: 'video/mp4' } });
  const { playable: made } = (await playable(base, messageId)) ?? {};
  const address = fileAddress({ conversationId: group, messageId, fileId: made?.fileId ?? '' });
  const response = await fetch(new URL(address, base), { headers: bob.bearer });
  expect(response.headers.get('content-type')).toBe('video/mp4');
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.length).toBe(made?.size);
  expect((await probe(bytes)).streams[0]).toMatchObject({ codec_name: 'h264' });
}

const odd = (seconds: number): Promise<Buffer> =>
  filmOf('a.avi', '-f', 'lavfi', '-i', `testsrc=d=${seconds}:s=320x240:r=25`, '-c:v', 'mpeg4');

it('a film that not every browser plays can be played soon after it was sent', async () => {
  await play(world.base, await send(await odd(1)));
});

it('also when the service is stopped meanwhile: the next one goes on', async () => {
  const messageId = await send(await odd(30));
  await world.service.close();
  const config = defaultConfig({ port: 0, rateFactor: 0, logLevel: 'silent', filesDirectory: folder });
  second = await createService(config, {
    database: { ...world.service.services.database, close: async () => undefined },
  });
  const { url } = await second.listen();
  await play(url, messageId);
});
