/** Files over HTTP, by tus: real bytes on a real disk, looked at by the real inspector. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MessageFile, newId, type Output, type WireError } from '@kith/protocol';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  errorIn,
  type FilesWorld,
  fileAddress,
  type HttpPerson,
  metadata,
  openFilesWorld,
  TUS,
} from '../testing/filesWorld.ts';

let world: FilesWorld;
let ann: HttpPerson;
let bob: HttpPerson;
let eve: HttpPerson;
let group: string;

const http: FilesWorld['fetch'] = (path, init) => world.fetch(path, init);
const call: FilesWorld['call'] = (...args) => world.call(...args);
const create: FilesWorld['create'] = (...args) => world.create(...args);
const patch: FilesWorld['patch'] = (...args) => world.patch(...args);
const offset: FilesWorld['offset'] = (...args) => world.offset(...args);
const settled: FilesWorld['settled'] = (...args) => world.settled(...args);
const head = (person: HttpPerson, id: string): Promise<Response> =>
  http(`/v1/uploads/${id}`, { method: 'HEAD', headers: { ...TUS, ...person.bearer } });
const stateOf = async (person: HttpPerson, id: string) =>
  (await call<Output<'getUploads'>>(person, 'GET', `/uploads?fileIds=${id}`)).uploads[0];

/** The whole of it in one request. */
async function upload(person: HttpPerson, bytes: Buffer, values: Readonly<Record<string, string>> = {}) {
  const id = newId();
  expect((await create(person, id, bytes.length, values)).status).toBe(201);
  if (bytes.length > 0) expect((await patch(person, id, 0, bytes)).status).toBe(204);
  return { id, state: await settled(person, id) };
}

const fileOf = (fileId: string, more: Partial<MessageFile> = {}): MessageFile => ({
  fileId,
  kind: 'file',
  name: 'a file.bin',
  mime: 'application/octet-stream',
  size: 1,
  ...more,
});

async function send(
  person: HttpPerson,
  files: readonly MessageFile[],
  conversationId = group,
): Promise<string> {
  const messageId = newId();
  await call(person, 'POST', `/conversations/${conversationId}/messages`, {
    messageId,
    content: { type: 'plain', text: '', attachment: { type: 'files', files } },
  });
  return messageId;
}

async function recordOf(
  person: HttpPerson,
  messageId: string,
): Promise<Output<'getMessages'>['messages'][number] | undefined> {
  const { messages } = await call<Output<'getMessages'>>(
    person,
    'GET',
    `/conversations/${group}/messages-by-id?messageIds=${messageId}`,
  );
  return messages[0];
}

async function filesOf(person: HttpPerson, messageId: string): Promise<readonly MessageFile[]> {
  const body = (await recordOf(person, messageId))?.body;
  const attachment =
    body?.type === 'content' && body.content.type === 'plain' ? body.content.attachment : undefined;
  return attachment?.type === 'files' ? attachment.files : [];
}

const addressOf = (messageId: string, fileId: string): string =>
  fileAddress({ conversationId: group, messageId, fileId });

const codeOf = async (response: Response): Promise<string> => (await errorIn(response)).code;

async function bytesOnDisk(): Promise<Buffer> {
  const names = await readdir(world.folder, { recursive: true, withFileTypes: true });
  const files = names.filter((name) => name.isFile());
  return Buffer.concat(await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))));
}

beforeAll(async () => {
  world = await openFilesWorld({ fileBytes: 20_000_000 });
  [ann, bob, eve] = [await world.signUp('ann'), await world.signUp('bob'), await world.signUp('eve')];
  group = await world.group([ann, bob]);
});
afterAll(() => world?.close());

describe('uploads', () => {
  it('M1: brings a file, says what it is, and gives it back to whoever may see the message', async () => {
    const bytes = randomBytes(300_000);
    const { id, state } = await upload(ann, bytes);
    expect(state).toEqual({ state: 'ready', fileId: id, size: 300_000, mime: 'application/octet-stream' });
    const messageId = await send(ann, [fileOf(id, { name: 'Übersicht 報告.bin' })]);
    expect(await filesOf(bob, messageId)).toEqual([
      fileOf(id, { name: 'Übersicht 報告.bin', size: 300_000 }),
    ]);
    const read = await http(addressOf(messageId, id), { headers: bob.cookie });
    expect(read.status).toBe(200);
    expect(Buffer.from(await read.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(read.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '300000',
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition':
        'attachment; filename="_bersicht __.bin"; filename*=UTF-8\'\'%C3%9Cbersicht%20%E5%A0%B1%E5%91%8A.bin',
    });
    const again = { ...bob.cookie, 'if-none-match': read.headers.get('etag') ?? '' };
    expect((await http(addressOf(messageId, id), { headers: again })).status).toBe(304);
  });

  it('M1: goes on where it was when the line dropped in the middle, and after a repeated beginning', async () => {
    const bytes = randomBytes(1_000_000);
    const id = newId();
    expect((await create(ann, id, bytes.length)).status).toBe(201);
    // The line drops: all of it is announced, a third comes.
    const { port } = new URL(world.base);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          `PATCH /v1/uploads/${id} HTTP/1.1\r\nhost: x\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\n` +
            `authorization: ${ann.bearer['authorization']}\r\ncontent-type: application/offset+octet-stream\r\n` +
            `content-length: 1000000\r\n\r\n`,
        );
        socket.write(bytes.subarray(0, 333_333), () => setTimeout(() => socket.destroy(), 500));
      });
      socket.on('close', () => resolve()).on('error', reject);
    });
    // As much of it as came before the line was gone.
    const at = await offset(ann, id);
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThanOrEqual(333_333);
    // Begun anew, as when the first answer was lost (S7).
    expect((await create(ann, id, bytes.length)).status).toBe(201);
    expect((await create(ann, id, bytes.length + 1)).status).toBe(409);
    expect((await create(bob, id, bytes.length)).status).toBe(409);
    expect((await patch(ann, id, 0, bytes)).status).toBe(409);
    expect((await patch(ann, id, at, bytes.subarray(at))).status).toBe(204);
    const messageId = await send(ann, [fileOf(id)]);
    const read = await http(addressOf(messageId, id), { headers: bob.bearer });
    expect(Buffer.from(await read.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('M1: whoever comes back need not wait for the line that seems to be open still', async () => {
    const bytes = randomBytes(200_000);
    const id = newId();
    await create(ann, id, bytes.length);
    const { port } = new URL(world.base);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `PATCH /v1/uploads/${id} HTTP/1.1\r\nhost: x\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\n` +
        `authorization: ${ann.bearer['authorization']}\r\ncontent-type: application/offset+octet-stream\r\n` +
        'content-length: 200000\r\n\r\n',
    );
    socket.write(bytes.subarray(0, 100_000));
    await sleep(500);
    const at = await offset(ann, id);
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThanOrEqual(100_000);
    expect((await patch(ann, id, at, bytes.subarray(at))).status).toBe(204);
    socket.destroy();
    expect((await settled(ann, id))?.state).toBe('ready');
  });

  it('M2: is nobody else’s to see, to go on with, or to send', async () => {
    const { id } = await upload(ann, Buffer.from('mine'));
    expect(await codeOf(await patch(bob, id, 0, Buffer.from('yours')))).toBe('not_found');
    expect((await head(bob, id)).status).toBe(404);
    expect(await stateOf(bob, id)).toBeUndefined();
    await expect(send(bob, [fileOf(id)])).rejects.toMatchObject({ code: 'not_found' });
    const gone = await http(`/v1/uploads/${id}`, { method: 'DELETE', headers: { ...TUS, ...bob.bearer } });
    expect(gone.status).toBe(404);
    for (const headers of [{}, { authorization: 'Bearer nothing' }])
      expect((await http('/v1/uploads', { method: 'POST', headers: { ...TUS, ...headers } })).status).toBe(
        401,
      );
  });

  it('M2: a page of another site cannot upload with a visitor’s cookie', async () => {
    const response = await http('/v1/uploads', {
      method: 'POST',
      headers: {
        ...TUS,
        ...ann.cookie,
        origin: 'https://evil.example',
        'upload-length': '1',
        'upload-metadata': metadata({ id: newId() }),
      },
    });
    expect(await codeOf(response)).toBe('forbidden');
  });

  it('M3: refuses what is too large before a byte of it comes, and says how much may', async () => {
    const response = await create(ann, newId(), 20_000_001);
    expect(response.status).toBe(413);
    const { error } = JSON.parse(await response.text()) as { error: WireError };
    expect(error.message).toBe('The file is too large: 20 MB, and at most 20 MB are taken.');
    const { id } = await upload(ann, Buffer.from('short'));
    expect((await patch(ann, id, 5, Buffer.from('and more'))).status).toBe(413);
  });

  it.each([
    ['no id', { filetype: 'image/png' }],
    ['a path', { id: '../../etc/passwd' }],
    ['an id in capitals', { id: newId().toUpperCase() }],
  ])('M3: refuses %s', async (_what, values) => {
    const response = await http('/v1/uploads', {
      method: 'POST',
      headers: {
        ...TUS,
        ...ann.bearer,
        'upload-length': '1',
        'upload-metadata': metadata(values as Record<string, string>),
      },
    });
    expect(await codeOf(response)).toBe('bad_input');
  });

  it('M2: cannot be sent before it is there, nor when it was refused', async () => {
    const id = newId();
    await create(ann, id, 100);
    await expect(send(ann, [fileOf(id)])).rejects.toMatchObject({ code: 'not_ready', retryable: true });
    await expect(send(ann, [fileOf(newId())])).rejects.toMatchObject({ code: 'not_found' });
    const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const { id: refused, state } = await upload(ann, bomb);
    expect(state).toMatchObject({ state: 'refused' });
    await expect(send(ann, [fileOf(refused)])).rejects.toMatchObject({ code: 'file_refused' });
  });

  it('an empty file is a file', async () => {
    const { id, state } = await upload(ann, Buffer.alloc(0));
    expect(state).toMatchObject({ state: 'ready', size: 0 });
    const messageId = await send(ann, [fileOf(id)]);
    const read = await http(addressOf(messageId, id), { headers: bob.bearer });
    expect([read.status, (await read.arrayBuffer()).byteLength]).toEqual([200, 0]);
  });

  it('nothing of a file can be read where it lies', async () => {
    const words = Buffer.from('these words lie on a disk that somebody may steal, '.repeat(3_000));
    await upload(ann, words);
    const stored = await bytesOnDisk();
    expect(stored.length).toBeGreaterThan(words.length);
    expect(stored.includes('somebody may steal')).toBe(false);
  });

  it('M1: two hundred at once all arrive', { timeout: 60_000 }, async () => {
    const states = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const bytes = Buffer.from(`file ${n} `.repeat(100 + n));
        const id = newId();
        expect((await create(bob, id, bytes.length)).status).toBe(201);
        let sent = await patch(bob, id, 0, bytes);
        // Whoever has waited for long is told to come back, as clients do.
        for (; sent.status === 429; sent = await patch(bob, id, 0, bytes))
          await sleep(Number(sent.headers.get('retry-after')) * 1_000);
        expect(sent.status).toBe(204);
        return (await settled(bob, id))?.state;
      }),
    );
    expect(states.filter((state) => state === 'ready')).toHaveLength(200);
  });
});

describe('files of messages', () => {
  it('M4: a picture is drawn, without what its camera said of the place, and with a small one', async () => {
    const photo = await sharp({
      create: { width: 1_600, height: 1_200, channels: 3, background: { r: 200, g: 90, b: 40 } },
    })
      .jpeg()
      .withExif({ IFD0: { Copyright: 'SECRET words' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
      .toBuffer();
    expect(photo.includes('SECRET')).toBe(true);
    const { id, state } = await upload(ann, photo);
    expect(state).toMatchObject({ state: 'ready', mime: 'image/jpeg', width: 1_600, height: 1_200 });
    const messageId = await send(ann, [
      fileOf(id, { kind: 'image', name: 'beach.jpg', mime: 'image/gif', width: 1, height: 1 }),
    ]);
    const [file] = await filesOf(bob, messageId);
    expect(file).toMatchObject({ kind: 'image', mime: 'image/jpeg', width: 1_600, height: 1_200 });
    expect(file?.placeholder).toMatch(/^[\w+/]{20,}=*$/);
    const read = await http(addressOf(messageId, id), { headers: bob.cookie });
    expect(read.headers.get('content-type')).toBe('image/jpeg');
    expect(read.headers.get('content-disposition')).toMatch(/^inline/);
    const bytes = Buffer.from(await read.arrayBuffer());
    expect(bytes.includes('SECRET')).toBe(false);
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 1_600, height: 1_200 });
    expect((await sharp(bytes).metadata()).exif).toBeUndefined();
  });

  it.each([
    ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['a GIF that is a script too', Buffer.from('GIF89a=1;alert(1)//')],
  ])('M5: %s never runs as ours, whatever it is called', async (_what, bytes) => {
    const { id } = await upload(ann, bytes, { filetype: 'image/png' });
    const messageId = await send(ann, [
      fileOf(id, { kind: 'image', name: 'picture.png', mime: 'image/png' }),
    ]);
    const [file] = await filesOf(bob, messageId);
    expect(file?.kind).toBe('file');
    const read = await http(addressOf(messageId, id), { headers: bob.cookie });
    expect(read.headers.get('content-type')).toMatch(
      /^(application\/octet-stream|text\/plain; charset=utf-8)$/,
    );
    expect(read.headers.get('x-content-type-options')).toBe('nosniff');
    expect(read.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  });

  it('M5: gives parts, as players ask for them', async () => {
    const bytes = randomBytes(200_000);
    const { id } = await upload(ann, bytes);
    const messageId = await send(ann, [fileOf(id)]);
    const part = async (range: string) => {
      const response = await http(addressOf(messageId, id), { headers: { ...bob.bearer, range } });
      return [
        response.status,
        response.headers.get('content-range'),
        Buffer.from(await response.arrayBuffer()),
      ] as const;
    };
    expect(await part('bytes=0-0')).toEqual([206, 'bytes 0-0/200000', bytes.subarray(0, 1)]);
    expect(await part('bytes=65530-131080')).toEqual([
      206,
      'bytes 65530-131080/200000',
      bytes.subarray(65_530, 131_081),
    ]);
    expect(await part('bytes=-5')).toEqual([206, 'bytes 199995-199999/200000', bytes.subarray(-5)]);
    expect(await part('bytes=199999-900000')).toEqual([
      206,
      'bytes 199999-199999/200000',
      bytes.subarray(-1),
    ]);
    expect((await part('bytes=200000-'))[0]).toBe(416);
    expect((await part('bytes=9-1'))[0]).toBe(200);
    expect((await part('lines=1-2'))[0]).toBe(200);
  });

  it.skipIf(process.platform !== 'linux')(
    'M5: readers who hang up, at any moment, leave nothing open',
    async () => {
      const { id } = await upload(ann, randomBytes(5_000_000));
      const messageId = await send(ann, [fileOf(id)]);
      const open = async (): Promise<number> => {
        const names = await readdir('/proc/self/fd');
        const targets = await Promise.all(
          names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => 'closed meanwhile')),
        );
        return targets.filter((target) => target.startsWith(world.folder)).length;
      };
      await Promise.all(
        Array.from({ length: 60 }, async (_, n) => {
          const leaving = new AbortController();
          setTimeout(() => leaving.abort(), n);
          const gone = http(addressOf(messageId, id), { headers: bob.bearer, signal: leaving.signal });
          await gone.then((response) => response.arrayBuffer()).catch(() => undefined);
        }),
      );
      await expect.poll(open, { timeout: 5_000 }).toBe(0);
    },
  );

  it('M5: a stranger with the address gets nothing, nor does who was let out', async () => {
    const { id } = await upload(ann, Buffer.from('for two'));
    const messageId = await send(ann, [fileOf(id)]);
    const read = (headers: Record<string, string>) => http(addressOf(messageId, id), { headers });
    expect(await codeOf(await read({}))).toBe('unauthenticated');
    expect(await codeOf(await read(eve.bearer))).toBe('not_found');
    expect((await read(bob.bearer)).status).toBe(200);
    const other = newId();
    await call(eve, 'POST', '/conversations', {
      kind: 'group',
      conversationId: other,
      name: 'Hers',
      userIds: [],
    });
    // A file of another conversation under one's own message.
    await expect(send(eve, [fileOf(id)], other)).rejects.toMatchObject({ code: 'not_found' });
    await call(ann, 'POST', `/conversations/${group}/members`, { userIds: [eve.id] });
    // From before her time (S13).
    expect(await codeOf(await read(eve.bearer))).toBe('not_found');
    const later = await send(ann, [fileOf(id)]);
    expect((await http(addressOf(later, id), { headers: eve.bearer })).status).toBe(200);
    const { path } = await call<Output<'linkFile'>>(
      eve,
      'POST',
      `/conversations/${group}/messages/${later}/files/${id}/link`,
    );
    expect((await http(path)).status).toBe(200);
    await call(ann, 'DELETE', `/conversations/${group}/members/${eve.id}`);
    expect(await codeOf(await http(addressOf(later, id), { headers: eve.bearer }))).toBe('not_found');
    // What was signed for her is over with her stay.
    expect(await codeOf(await http(path))).toBe('not_found');
  });

  it('M6: signed addresses cannot be made up, changed, or kept', async () => {
    const { id } = await upload(ann, Buffer.from('signed'));
    const messageId = await send(ann, [fileOf(id)]);
    const { path } = await call<Output<'linkFile'>>(
      bob,
      'POST',
      `/conversations/${group}/messages/${messageId}/files/${id}/link`,
    );
    const link = new URL(path, world.base);
    expect(await (await fetch(link)).text()).toBe('signed');
    const changed = (name: string, value: string) => {
      const url = new URL(link);
      url.searchParams.set(name, value);
      return fetch(url);
    };
    const until = Number(link.searchParams.get('until'));
    for (const response of [
      await changed('until', String(until + 1)),
      await changed('user', ann.id),
      await changed('tenant', '2'),
      await changed('signature', 'A'.repeat(43)),
      await changed('signature', ''),
    ])
      expect(await codeOf(response)).toBe('forbidden');
    const { links } = world.service.services;
    const address = { conversationId: group, messageId, fileId: id };
    const over = links.sign(address, { tenantId: 1, userId: bob.id, until: Date.now() - 1 });
    expect(await codeOf(await http(`${addressOf(messageId, id)}?${over}`))).toBe('forbidden');
  });

  it('M7: goes when the last message with it goes, and not before', async () => {
    const words = randomBytes(50_000);
    const { id } = await upload(ann, words);
    const first = await send(ann, [fileOf(id)]);
    const second = newId();
    await call(bob, 'POST', `/conversations/${group}/messages`, {
      messageId: second,
      forward: { conversationId: group, messageId: first },
    });
    await call(ann, 'DELETE', `/conversations/${group}/messages/${first}`);
    await world.service.services.files.sweep();
    expect(await codeOf(await http(addressOf(first, id), { headers: bob.bearer }))).toBe('not_found');
    const forwarded = await http(addressOf(second, id), { headers: bob.bearer });
    expect(Buffer.from(await forwarded.arrayBuffer()).equals(words)).toBe(true);
    const before = (await bytesOnDisk()).length;
    await call(bob, 'DELETE', `/conversations/${group}/messages/${second}`);
    await world.service.services.files.sweep();
    expect(before - (await bytesOnDisk()).length).toBeGreaterThanOrEqual(50_000);
    expect(await codeOf(await http(addressOf(second, id), { headers: ann.bearer }))).toBe('not_found');
  });

  it('M7: what was never sent goes after its time; what is used never does', async () => {
    const { id: kept } = await upload(ann, Buffer.from('kept'));
    const messageId = await send(ann, [fileOf(kept)]);
    const { id: dropped } = await upload(ann, Buffer.from('dropped'));
    const { files } = world.service.services;
    const inFourDays = new Date(Date.now() + 4 * 24 * 3_600_000);
    await files.sweep();
    expect((await stateOf(ann, dropped))?.state).toBe('ready');
    await files.sweep(inFourDays);
    expect(await stateOf(ann, dropped)).toBeUndefined();
    // Nothing is an orphan: all bytes left belong to a row.
    expect(await files.sweepOrphans(inFourDays)).toBe(0);
    expect(await (await http(addressOf(messageId, kept), { headers: bob.bearer })).text()).toBe('kept');
  });

  it('lists what was shared, newest first, page by page', async () => {
    const there = newId();
    await call(ann, 'POST', '/conversations', {
      kind: 'group',
      conversationId: there,
      name: 'Shared',
      userIds: [bob.id],
    });
    const sent: string[] = [];
    for (let n = 0; n < 5; n++) {
      const { id } = await upload(ann, Buffer.from(`document ${n}`));
      sent.unshift(await send(ann, [fileOf(id)], there));
    }
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Output<'listShared'> = await call(
        bob,
        'GET',
        `/conversations/${there}/shared/files?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.messages.map((message) => message.id));
      cursor = page.next;
    }
    expect(seen).toEqual(sent);
    const media = await call<Output<'listShared'>>(bob, 'GET', `/conversations/${there}/shared/media`);
    expect(media.messages).toEqual([]);
  });

  it('M3: a conversation may take some kinds only, and says so before and after', async () => {
    const there = newId();
    await call(ann, 'POST', '/conversations', {
      kind: 'group',
      conversationId: there,
      name: 'Pictures',
      userIds: [bob.id],
    });
    await call(ann, 'PATCH', `/conversations/${there}`, { files: { types: ['image'], fileBytes: 10_000 } });
    const limits = await call<Output<'getUploadLimits'>>(
      bob,
      'GET',
      `/upload-limits?conversationId=${there}`,
    );
    expect(limits).toMatchObject({ types: ['image'], fileBytes: 10_000, messageFiles: 20 });
    const early = await create(bob, newId(), 100, { filetype: 'text/plain', conversationId: there });
    expect(await codeOf(early)).toBe('file_refused');
    expect(await codeOf(await create(bob, newId(), 10_001, { conversationId: there }))).toBe('too_large');
    // One that hides what it is until it is there.
    const { id } = await upload(bob, Buffer.from('words'), { filetype: 'image/png', conversationId: there });
    await expect(send(bob, [fileOf(id)], there)).rejects.toMatchObject({ code: 'file_refused' });
  });
});
