import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlobInfo, errors, limits, newId, rates, type WireError } from '@kith/protocol';
import { startClamd } from '@kith/tools/services/clamd.ts';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config.ts';
import { createService, type Service } from '../service.ts';
import { openFilesWorld } from '../testing/filesWorld.ts';
import { pngOf, testImage } from '../testing/images.ts';
import { openTestDatabase } from '../testing/world.ts';

const log = pino({ level: 'silent' });

let service: Service;
let filesDirectory: string;
let base: string;
let bearer: Record<string, string>;
let cookie: Record<string, string>;

const http = (path: string, init: RequestInit = {}): Promise<Response> => fetch(new URL(path, base), init);
const upload = (
  body: Buffer | string,
  headers: Record<string, string> = {},
  purpose = 'avatar',
): Promise<Response> =>
  http(`/v1/blobs?purpose=${purpose}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { ...bearer, ...headers },
  });
const codeOf = async (response: Response): Promise<string> => {
  const { error } = (await response.json()) as { error: WireError };
  expect(response.status).toBe(errors[error.code].status);
  return error.code;
};

async function signUp(username: string): Promise<Response> {
  return http('/v1/auth/sign-up/email', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: `${username}@example.org`,
      password: 'a good password',
      name: username,
      username,
    }),
  });
}

beforeAll(async () => {
  filesDirectory = await mkdtemp(join(tmpdir(), 'kith-http-blobs-'));
  const config = defaultConfig({ port: 0, rateFactor: 0, filesDirectory });
  service = await createService(config, { database: (await openTestDatabase('pglite')).database, log });
  base = (await service.listen()).url;
  const ann = await signUp('ann');
  bearer = { authorization: `Bearer ${ann.headers.get('set-auth-token')}` };
  cookie = { cookie: ann.headers.get('set-cookie')?.split(';')[0] ?? '' };
});
afterAll(async () => {
  await service?.close();
  await rm(filesDirectory, { recursive: true, force: true });
});

describe('images over HTTP', () => {
  it('W13: takes one and gives it back, so that nothing in it can do harm', async () => {
    const uploaded = await upload(testImage('jpegTurned'), { 'content-type': 'text/html' });
    expect(uploaded.status).toBe(200);
    const info = (await uploaded.json()) as BlobInfo;
    expect(info).toMatchObject({ mime: 'image/jpeg', width: 16, height: 24 });
    const read = await http(`/v1/blobs/${info.id}`, { headers: cookie });
    expect(read.status).toBe(200);
    expect(Object.fromEntries(read.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'content-disposition': 'inline; filename="avatar.jpeg"',
    });
    const bytes = Buffer.from(await read.arrayBuffer());
    expect(bytes.includes('SECRET')).toBe(false);
    const again = { ...cookie, 'if-none-match': read.headers.get('etag') ?? '' };
    expect((await http(`/v1/blobs/${info.id}`, { headers: again })).status).toBe(304);
  });

  const cases: readonly [string, () => Promise<Response>, WireError['code']][] = [
    [
      'nobody uploads',
      () => http('/v1/blobs?purpose=avatar', { method: 'POST', body: 'x' }),
      'unauthenticated',
    ],
    ['nobody reads', () => http(`/v1/blobs/${newId()}`), 'unauthenticated'],
    ['a forged id', () => http(`/v1/blobs/${newId()}`, { headers: bearer }), 'not_found'],
    ['an id that is none', () => http('/v1/blobs/..%2f..%2fetc', { headers: bearer }), 'not_found'],
    ['no purpose', () => http('/v1/blobs', { method: 'POST', headers: bearer, body: 'x' }), 'bad_input'],
    ['a purpose of the server', () => upload(pngOf(3, 3), {}, 'preview'), 'bad_input'],
    ['two purposes', () => upload(pngOf(3, 3), {}, 'avatar&purpose=emoji'), 'bad_input'],
    ['no body', () => http('/v1/blobs?purpose=avatar', { method: 'POST', headers: bearer }), 'bad_input'],
    [
      'a drawing with a program',
      () => upload('<svg onload="alert(1)"/>', { 'content-type': 'image/svg+xml' }),
      'bad_input',
    ],
    ['a page called an image', () => upload('<html></html>', { 'content-type': 'image/png' }), 'bad_input'],
    ['JSON', () => upload('{"a":1}', { 'content-type': 'application/json' }), 'bad_input'],
    ['too many bytes', () => upload(Buffer.alloc(limits.avatarBytes + 1)), 'too_large'],
    ['too many for an emoji', () => upload(Buffer.alloc(limits.emojiBytes + 1), {}, 'emoji'), 'too_large'],
    ['too many pixels', () => upload(pngOf(600, 1), {}, 'emoji'), 'too_large'],
    [
      'a page of another site',
      () =>
        http('/v1/blobs?purpose=avatar', {
          method: 'POST',
          headers: { ...cookie, origin: 'https://evil.example' },
          body: new Uint8Array(pngOf(3, 3)),
        }),
      'forbidden',
    ],
  ];
  it.each(cases)('refuses: %s', async (_name, ask, code) => {
    expect(await codeOf(await ask())).toBe(code);
  });

  it('by cookie from a page of ours', async () => {
    const response = await http('/v1/blobs?purpose=avatar', {
      method: 'POST',
      headers: { ...cookie, origin: base },
      body: new Uint8Array(pngOf(3, 4)),
    });
    expect(response.status).toBe(200);
  });

  it('W13, S21: a picture that left a profile, or waits for one, goes only to whoever uploaded it', async () => {
    const ben = { authorization: `Bearer ${(await signUp('ben')).headers.get('set-auth-token')}` };
    const call = async (method: 'POST' | 'PATCH', path: string, input: object) => {
      const response = await http(`/v1${path}`, {
        method,
        headers: { ...bearer, 'content-type': 'application/json' },
        body: JSON.stringify(input),
      });
      expect(response.status).toBe(200);
    };
    const statuses = async (id: string) =>
      Promise.all([bearer, ben].map(async (headers) => (await http(`/v1/blobs/${id}`, { headers })).status));
    const [first, second, shared] = await Promise.all(
      [41, 42, 43].map(async (side) => ((await (await upload(pngOf(side, side))).json()) as BlobInfo).id),
    );
    if (!first || !second || !shared) throw new Error('three images were expected');
    expect(await statuses(first)).toEqual([200, 404]);
    await call('PATCH', '/me', { avatar: first });
    expect(await statuses(first)).toEqual([200, 200]);
    await call('PATCH', '/me/settings', { privacy: { avatar: 'nobody' } });
    await expect.poll(() => statuses(first)).toEqual([200, 404]);
    await call('PATCH', '/me', { avatar: second });
    expect(await statuses(second)).toEqual([200, 404]);
    await expect.poll(() => statuses(first)).toEqual([200, 404]);
    await call('PATCH', '/me', { avatar: null });
    expect(await statuses(second)).toEqual([200, 404]);
    // Of a group it is everybody's, whatever its uploader keeps to themselves.
    const conversationId = newId();
    await call('POST', '/conversations', { kind: 'group', conversationId, name: 'Group', userIds: [] });
    await call('PATCH', `/conversations/${conversationId}`, { avatar: shared });
    expect(await statuses(shared)).toEqual([200, 200]);
    await call('PATCH', `/conversations/${conversationId}`, { avatar: null });
    expect(await statuses(shared)).toEqual([200, 404]);
  });

  it('more bytes than were announced never reach it, and without a length they are counted', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
    });
    const response = await http('/v1/blobs?purpose=emoji', {
      method: 'POST',
      headers: bearer,
      body: endless,
      duplex: 'half',
    } as RequestInit).then(codeOf, () => 'cut off');
    expect(['too_large', 'cut off']).toContain(response);

    const png = pngOf(4, 9);
    const { port } = new URL(base);
    const socket = connect(Number(port), 'localhost');
    const answer = new Promise<string>((resolve, reject) => {
      let text = '';
      socket.on('data', (data) => {
        text += data.toString('latin1');
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    const length = png.length - 20;
    socket.write(
      `POST /v1/blobs?purpose=avatar HTTP/1.1\r\nhost: localhost\r\nauthorization: ${bearer['authorization']}\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n`,
    );
    socket.end(png);
    expect(await answer).toMatch(/^HTTP\/1\.1 400 .*"bad_input"/s);
  });

  it('W13: pass the scanner of the configuration, and wait for nobody while it does not answer', async () => {
    const clamd = await startClamd();
    const scanned = await openFilesWorld({ scanner: clamd.url });
    try {
      const ann = await scanned.signUp('ann');
      const send = async (body: Buffer) => {
        const answer = await scanned.fetch('/v1/blobs?purpose=emoji', {
          method: 'POST',
          headers: { ...ann.bearer },
          body: new Uint8Array(body),
        });
        return answer.ok ? 'taken' : codeOf(answer);
      };
      const infected = Buffer.concat([pngOf(8, 8), Buffer.from(clamd.testString, 'latin1')]);
      expect(await send(infected)).toBe('file_refused');
      expect(await send(pngOf(8, 9))).toBe('taken');
      await clamd.stop();
      expect(await send(pngOf(8, 10))).toBe('unavailable');
    } finally {
      await scanned.close();
      await clamd.end();
    }
  });

  it('E4: has a rate of its own', async () => {
    const config = defaultConfig({ port: 0, rateFactor: 0.1, filesDirectory });
    const slow = await createService(config, { database: (await openTestDatabase('pglite')).database, log });
    const { url } = await slow.listen();
    const signedUp = await fetch(new URL('/v1/auth/sign-up/email', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email: 'a@example.org',
        password: 'a good password',
        name: 'A',
        username: 'aa',
      }),
    });
    const headers = { authorization: `Bearer ${signedUp.headers.get('set-auth-token')}` };
    const statuses: number[] = [];
    for (let n = 0; n <= rates.upload.burst * 0.1; n += 1) {
      const body = new Uint8Array(pngOf(3, n + 1));
      statuses.push(
        (await fetch(new URL('/v1/blobs?purpose=avatar', url), { method: 'POST', headers, body })).status,
      );
    }
    await slow.close();
    expect(statuses.at(0)).toBe(200);
    expect(statuses.at(-1)).toBe(429);
  });
});
