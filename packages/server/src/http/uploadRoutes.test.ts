/** Uploads by tus: whose they are, and how they are named. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@kith/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorIn, type FilesWorld, type HttpPerson, openFilesWorld, TUS } from '../testing/filesWorld.ts';

let world: FilesWorld;
let ann: HttpPerson;
let bob: HttpPerson;

beforeAll(async () => {
  world = await openFilesWorld();
  [ann, bob] = [await world.signUp('ann'), await world.signUp('bob')];
});
afterAll(() => world?.close());

it('whoever knows the id of somebody else’s does not end what they send', async () => {
  const id = newId();
  await world.create(ann, id, 20_000);
  const socket = connect(Number(new URL(world.base).port), '127.0.0.1');
  socket.on('error', () => undefined);
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1');
  });
  socket.write(
    `PATCH /v1/uploads/${id} HTTP/1.1\r\nhost: x\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\n` +
      `authorization: ${ann.bearer['authorization']}\r\ncontent-type: application/offset+octet-stream\r\n` +
      'content-length: 20000\r\n\r\n',
  );
  socket.write(Buffer.alloc(10_000));
  await sleep(300);
  expect((await world.patch(bob, id, 0, Buffer.from('mine'))).status).toBe(404);
  expect(await world.offset(bob, id)).toBeNaN();
  expect((await world.cancel(bob, id)).status).toBe(404);
  // Longer than what is asked to stop is given.
  await sleep(1_000);
  expect(heard).toBe('');
  socket.write(Buffer.alloc(10_000));
  await expect.poll(() => heard, { timeout: 5_000 }).toMatch(/^HTTP\/1.1 204 .*upload-offset: 20000\r\n/is);
  socket.destroy();
});

it('of one person, so many requests bring bytes at once; the others wait, and keep nobody else waiting', {
  timeout: 30_000,
}, async () => {
  const cleo = await world.signUp('cleo');
  const sockets = [];
  for (let n = 0; n < 16; n++) {
    const id = newId();
    await world.create(cleo, id, 20_000);
    const socket = connect(Number(new URL(world.base).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `PATCH /v1/uploads/${id} HTTP/1.1\r\nhost: x\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\n` +
        `authorization: ${cleo.bearer['authorization']}\r\ncontent-type: application/offset+octet-stream\r\n` +
        'content-length: 20000\r\n\r\n',
    );
    socket.write(Buffer.alloc(10_000));
    sockets.push(socket);
  }
  await sleep(500);
  const [hers, his] = [newId(), newId()];
  await world.create(cleo, hers, 4);
  await world.create(bob, his, 4);
  expect((await world.patch(bob, his, 0, Buffer.from('some'))).status).toBe(204);
  const refused = await world.patch(cleo, hers, 0, Buffer.from('some'));
  expect(await errorIn(refused)).toMatchObject({ code: 'rate_limited', status: 429 });
  expect(await world.offset(cleo, hers)).toBe(0);
  const waiting = world.patch(cleo, hers, 0, Buffer.from('some'));
  await sleep(300);
  sockets[0]?.destroy();
  expect((await waiting).status).toBe(204);
  for (const socket of sockets) socket.destroy();
});

it('what is no id is no upload, and what follows a question mark is not of its name', async () => {
  for (const name of ['notauuid', newId().toUpperCase(), newId()]) {
    const response = await world.patch(ann, name, 0, Buffer.from('x'));
    expect(await errorIn(response), name).toMatchObject({ code: 'not_found', status: 404 });
  }
  const id = newId();
  await world.create(ann, id, 4);
  expect((await world.patch(ann, `${id}?x=1`, 0, Buffer.from('some'))).status).toBe(204);
  const head = { method: 'HEAD', headers: { ...TUS, ...ann.bearer } };
  const asked = await world.fetch(`/v1/uploads/${id}?x=1`, head);
  expect([asked.status, asked.headers.get('upload-offset')]).toEqual([200, '4']);
});

it('a conversation of others is none to upload for', async () => {
  const theirs = await world.group([ann]);
  for (const conversationId of [theirs, newId()])
    expect(await errorIn(await world.create(bob, newId(), 5, { conversationId }))).toMatchObject({
      code: 'not_found',
      status: 404,
    });
  expect((await world.create(ann, newId(), 5, { conversationId: theirs })).status).toBe(201);
});
