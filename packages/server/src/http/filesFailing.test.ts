/** What goes wrong with files, for real: a full disk, a store of objects that goes away, senders who lie about lengths and names. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { newId, type WireError } from '@kith/protocol';
import { type S3, startS3 } from '@kith/tools/services/s3.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  errorIn,
  type FilesWorld,
  fileAddress,
  type HttpPerson,
  OCTETS,
  openFilesWorld,
  TUS,
} from '../testing/filesWorld.ts';
import { pngOf } from '../testing/images.ts';
import { mountSmallDisk, type SmallDisk } from '../testing/smallDisk.ts';

const bodyOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

describe('a disk of two megabytes', () => {
  let folder: string;
  let disk: SmallDisk | null = null;
  let world: FilesWorld;
  let ann: HttpPerson;
  let group: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kith-small-disk-'));
    disk = mountSmallDisk(folder, 2);
    if (!disk) return;
    world = await openFilesWorld({ filesDirectory: folder });
    ann = await world.signUp('ann');
    group = await world.group([ann]);
  });
  afterAll(async () => {
    await world?.close();
    disk?.unmount();
    await rm(folder, { recursive: true, force: true });
  });

  it('M1: says that it is full, keeps what came, and goes on when somebody made room', async (test) => {
    test.skip(!disk, 'this user may not mount one');
    const others = join(folder, 'of somebody else');
    await writeFile(others, randomBytes(1_500_000));
    const bytes = randomBytes(1_000_000);
    const id = newId();
    expect((await world.create(ann, id, bytes.length)).status).toBe(201);
    for (let again = 0; again < 2; again++) {
      const at = await world.offset(ann, id);
      const full = await errorIn(await world.patch(ann, id, at, bytes.subarray(at)));
      expect(full).toMatchObject({ status: 507, code: 'storage_full', retryable: true });
    }
    const came = await world.offset(ann, id);
    expect(came).toBeGreaterThan(0);
    expect(came).toBeLessThan(600_000);
    // So do small images, which lie there too.
    const avatar = () =>
      world.fetch('/v1/blobs?purpose=avatar', {
        method: 'POST',
        headers: { ...ann.bearer },
        body: new Uint8Array(pngOf(64, 64)),
      });
    expect(await errorIn(await avatar())).toMatchObject({ status: 507, code: 'storage_full' });

    await rm(others);
    expect((await world.patch(ann, id, came, bytes.subarray(came))).status).toBe(204);
    expect((await world.settled(ann, id))?.state).toBe('ready');
    const messageId = await world.send(ann, group, { fileId: id });
    const read = await world.read(ann, { conversationId: group, messageId, fileId: id });
    expect((await bodyOf(read)).equals(bytes)).toBe(true);
    expect((await avatar()).status).toBe(200);
  });
});

describe.each([false, true])('a store of objects, read by browsers themselves: %s', (s3Direct) => {
  let s3: S3;
  let world: FilesWorld;
  let ann: HttpPerson;
  let group: string;
  beforeAll(async () => {
    s3 = await startS3();
    const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3.settings;
    world = await openFilesWorld({
      s3Url: `${endpoint}/${bucket}`,
      s3Region: region,
      s3Key: accessKeyId,
      s3Secret: secretAccessKey,
      s3Direct,
    });
    ann = await world.signUp('ann');
    group = await world.group([ann]);
  });
  afterAll(async () => {
    await world?.close();
    await s3?.drop();
  });

  const sent = async (bytes: Buffer) => {
    const fileId = await world.upload(ann, bytes);
    return { conversationId: group, messageId: await world.send(ann, group, { fileId }), fileId };
  };
  /** As a browser does: without what it has for us, where it is sent. */
  const read = async (place: Awaited<ReturnType<typeof sent>>, headers: Record<string, string> = {}) => {
    const answer = await world.read(ann, place, headers);
    if (!s3Direct) return answer;
    expect(answer.status).toBe(302);
    return fetch(answer.headers.get('location') ?? '', { headers });
  };
  const rowOf = (fileId: string) => {
    const { db } = world.service.services.database;
    return db
      .selectFrom('files')
      .select(['object', 'secret'])
      .where('id', '=', fileId)
      .executeTakeFirstOrThrow();
  };
  /** What lies there under a key, as it lies there; null: nothing. */
  const stored = async (key: string): Promise<Buffer | null> => {
    const { endpoint, bucket, region, accessKeyId, secretAccessKey } = s3.settings;
    const client = new S3Client({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
    });
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body ? Buffer.from(await Body.transformToByteArray()) : null;
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return null;
      throw error;
    } finally {
      client.destroy();
    }
  };

  it('M1: brings a file of several parts and gives it back, whole and in part', async () => {
    const bytes = randomBytes(17_000_000);
    const place = await sent(bytes);
    expect((await bodyOf(await read(place))).equals(bytes)).toBe(true);
    const part = await read(place, { range: 'bytes=8388000-8389999' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 8388000-8389999/17000000');
    expect((await bodyOf(part)).equals(bytes.subarray(8_388_000, 8_390_000))).toBe(true);
  });

  it('lies there ciphered, unless browsers are to fetch it themselves', async () => {
    const words = Buffer.from('these words lie in a store of somebody else, '.repeat(100));
    const { fileId } = await sent(words);
    const { object, secret } = await rowOf(fileId);
    const lies = await stored(object);
    expect(lies?.equals(words)).toBe(s3Direct);
    expect(lies?.includes('somebody else')).toBe(s3Direct);
    expect(secret === null).toBe(s3Direct);
  });

  it('W13: keeps small images, too, and gives them itself', async () => {
    const image = pngOf(12, 7);
    const answer = await world.fetch('/v1/blobs?purpose=avatar', {
      method: 'POST',
      headers: { ...ann.bearer },
      body: new Uint8Array(image),
    });
    const { id } = (await answer.json()) as { readonly id: string };
    const { db } = world.service.services.database;
    const { object } = await db
      .selectFrom('blobs')
      .select('object')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect((await stored(object ?? ''))?.equals(image)).toBe(s3Direct);
    const drawn = await world.fetch(`/v1/blobs/${id}`, { headers: { ...ann.bearer } });
    expect((await bodyOf(drawn)).equals(image)).toBe(true);
  });

  it.runIf(s3Direct)(
    'M5: the address in the store is for minutes, and says how it is to be treated',
    async () => {
      const bytes = randomBytes(100);
      const place = await sent(bytes);
      const answer = await world.read(ann, place);
      // A browser may keep where it was sent, but not for longer than that is good for.
      const [, kept] = /^private, max-age=(\d+)$/.exec(answer.headers.get('cache-control') ?? '') ?? [];
      const address = new URL(answer.headers.get('location') ?? '');
      const seconds = Number(address.searchParams.get('X-Amz-Expires'));
      expect(seconds).toBeLessThanOrEqual(600);
      expect(Number(kept)).toBeLessThan(seconds);
      const direct = await fetch(address);
      expect([direct.status, direct.headers.get('content-disposition')]).toEqual([
        200,
        `attachment; filename="a file.bin"; filename*=UTF-8''a%20file.bin`,
      ]);
      expect((await bodyOf(direct)).equals(bytes)).toBe(true);
      // As if it had been made that long ago: stores look at the time first. That it is under the signature, s3rver does not check.
      const long = new Date(Date.now() - (seconds + 60) * 1_000);
      address.searchParams.set('X-Amz-Date', long.toISOString().replace(/[-:]|\.\d+/g, ''));
      const late = await fetch(address);
      expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('expired')]);
      // Nobody is sent there who may not see the message.
      const eve = await world.signUp('eve');
      const refused = await world.read(eve, place);
      expect([refused.status, refused.headers.get('location')]).toEqual([404, null]);
      // The app's own pages may show what comes from there, and nothing from anywhere else.
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toBe("default-src 'none'; sandbox");
      const page = await world.fetch('/health');
      expect(page.headers.get('content-security-policy')).toContain(
        `img-src 'self' data: blob: ${new URL(s3.settings.endpoint).origin};`,
      );
    },
  );

  it('M7: what goes from the messages goes from the store', async () => {
    const place = await sent(randomBytes(1_000));
    const { object } = await rowOf(place.fileId);
    expect(await stored(object)).not.toBeNull();
    await world.call(ann, 'DELETE', `/conversations/${group}/messages/${place.messageId}`);
    await world.service.services.files.sweep();
    expect(await stored(object)).toBeNull();
    expect(await errorIn(await world.read(ann, place))).toMatchObject({ code: 'not_found' });
  });

  it('M1: while it is away nothing is lost, and everything says so and goes on afterwards', {
    timeout: 60_000,
  }, async () => {
    const before = await sent(randomBytes(5_000));
    const bytes = randomBytes(12_000_000);
    const id = newId();
    expect((await world.create(ann, id, bytes.length)).status).toBe(201);
    expect((await world.patch(ann, id, 0, bytes.subarray(0, 9_000_000))).status).toBe(204);
    await s3.stop();
    const away = { status: 503, code: 'unavailable', retryable: true };
    expect(await errorIn(await world.patch(ann, id, 9_000_000, bytes.subarray(9_000_000)))).toMatchObject(
      away,
    );
    if (!s3Direct) expect(await errorIn(await world.read(ann, before))).toMatchObject(away);
    const image = await world.fetch('/v1/blobs?purpose=avatar', {
      method: 'POST',
      headers: { ...ann.bearer },
      body: new Uint8Array(pngOf(13, 7)),
    });
    expect(await errorIn(image)).toMatchObject(away);
    // Messages do not need it.
    const messageId = newId();
    await world.call(ann, 'POST', `/conversations/${group}/messages`, {
      messageId,
      content: { type: 'plain', text: 'still here' },
    });
    await s3.start();
    const at = await world.offset(ann, id);
    expect(at).toBe(9_000_000);
    expect((await world.patch(ann, id, at, bytes.subarray(at))).status).toBe(204);
    expect((await world.settled(ann, id))?.state).toBe('ready');
    const place = {
      conversationId: group,
      messageId: await world.send(ann, group, { fileId: id }),
      fileId: id,
    };
    expect((await bodyOf(await read(place))).equals(bytes)).toBe(true);
    expect((await bodyOf(await read(before))).length).toBe(5_000);
  });

  it.runIf(!s3Direct)(
    'M5: when it goes away in the middle of a download, that does not look like its end',
    async () => {
      const place = await sent(randomBytes(40_000_000));
      const answer = await world.read(ann, place);
      expect(answer.headers.get('content-length')).toBe('40000000');
      const reader = answer.body?.getReader();
      await reader?.read();
      await s3.stop();
      const rest = async (): Promise<void> => {
        while (!(await reader?.read())?.done);
      };
      await expect(rest()).rejects.toThrow();
      await s3.start();
      expect((await bodyOf(await read(place))).length).toBe(40_000_000);
    },
  );
});

describe('senders who lie', () => {
  let world: FilesWorld;
  let ann: HttpPerson;
  let group: string;
  beforeAll(async () => {
    world = await openFilesWorld();
    ann = await world.signUp('ann');
    group = await world.group([ann]);
  });
  afterAll(() => world?.close());

  /** A request as bytes, and what comes back until the line is closed, or nothing came for a moment after an answer. */
  const raw = (id: string, headers: readonly string[], body: Buffer, hangUp = false): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(new URL(world.base).port), '127.0.0.1', () => {
        const head = [
          `PATCH /v1/uploads/${id} HTTP/1.1`,
          'host: x',
          ...Object.entries({ ...TUS, ...OCTETS, ...ann.bearer }).map(([name, value]) => `${name}: ${value}`),
          ...headers,
        ];
        socket.write(`${head.join('\r\n')}\r\n\r\n`);
        socket.write(body);
        if (hangUp) socket.end();
      });
      socket.setTimeout(1_000, () => socket.destroy());
      socket
        .on('data', (part) => {
          answer += part.toString('latin1');
        })
        .on('close', () => resolve(answer))
        .on('error', (error: NodeJS.ErrnoException) => {
          if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
        });
    });
  const begin = async (size: number): Promise<string> => {
    const id = newId();
    expect((await world.create(ann, id, size)).status).toBe(201);
    return id;
  };
  /** It goes on from wherever it is, and what can be read then is what was sent. */
  const goesOn = async (id: string, bytes: Buffer): Promise<void> => {
    const at = await world.offset(ann, id);
    expect((await world.patch(ann, id, at, bytes.subarray(at))).status).toBe(204);
    expect(await world.settled(ann, id)).toMatchObject({ state: 'ready', size: bytes.length });
    const messageId = await world.send(ann, group, { fileId: id });
    const read = await world.read(ann, { conversationId: group, messageId, fileId: id });
    expect((await bodyOf(read)).equals(bytes)).toBe(true);
  };

  it('M1: more is announced for a request than comes: nothing is made up, and it goes on', async () => {
    const bytes = randomBytes(70_000);
    const id = await begin(bytes.length);
    await raw(id, ['upload-offset: 0', 'content-length: 70000'], bytes.subarray(0, 40_000), true);
    expect(await world.offset(ann, id)).toBeLessThanOrEqual(40_000);
    await goesOn(id, bytes);
  });

  it('M1: less is announced for a request than comes: only that is taken, the rest is no request', async () => {
    const bytes = randomBytes(50_000);
    const id = await begin(bytes.length);
    const answer = await raw(id, ['upload-offset: 0', 'content-length: 30000'], bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 (204|400) /);
    // What is no request ends the line, with what of the first had not been taken by then.
    expect(await world.offset(ann, id)).toBeLessThanOrEqual(30_000);
    await goesOn(id, bytes);
  });

  it('M3: more comes than was announced for the file: none of it is taken', async () => {
    const bytes = randomBytes(20_000);
    const id = await begin(bytes.length);
    const more = Buffer.concat([bytes, randomBytes(1)]);
    expect((await world.patch(ann, id, 0, more)).status).toBe(413);
    expect(await world.offset(ann, id)).toBe(0);
    await goesOn(id, bytes);
  });

  it('M3: nor when nobody said how long the request is', async () => {
    const bytes = randomBytes(20_000);
    const id = await begin(bytes.length);
    const chunk = Buffer.concat([
      Buffer.from('7530\r\n'),
      bytes,
      randomBytes(10_000),
      Buffer.from('\r\n0\r\n\r\n'),
    ]);
    const answer = await raw(id, ['upload-offset: 0', 'transfer-encoding: chunked'], chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await world.settled(ann, id)).toMatchObject({ state: 'uploading', size: 20_000 });
    expect(await world.offset(ann, id)).toBeLessThanOrEqual(20_000);
    // Its end is still to come, even if all of it is there by now.
    const at = await world.offset(ann, id);
    if (at < bytes.length) await goesOn(id, bytes);
  });

  it.each(['-1', '1e3', '0x10', '9007199254740993', ' ', 'many'])(
    'M3: a length of %j is none',
    async (length) => {
      const answer = await world.fetch('/v1/uploads', {
        method: 'POST',
        headers: {
          ...TUS,
          ...ann.bearer,
          'upload-length': length,
          'upload-metadata': `id ${Buffer.from(newId()).toString('base64')}`,
        },
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    },
  );

  it.each(['-1', '1', 'x', '99999999999999999999'])('M1: an upload does not go on at %j', async (offset) => {
    const id = await begin(10);
    const answer = await world.fetch(`/v1/uploads/${id}`, {
      method: 'PATCH',
      headers: { ...TUS, ...OCTETS, ...ann.bearer, 'upload-offset': offset },
      body: new Uint8Array(10),
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await world.offset(ann, id)).toBe(0);
  });

  it.each([
    ['one level up', '../x'],
    ['a folder', 'a/b'],
    ['a folder of Windows', 'a\\b'],
    ['a NUL', 'a\0.txt'],
    ['a line break', 'a\r\nset-cookie: x'],
    ['an override of direction', 'a\u202Egpj.exe'],
    ['an isolate', 'a\u2067b'],
    ['a place', '..'],
    ['nothing', ''],
    ['half a character', 'a\ud800'],
    ['a novel', 'a'.repeat(5_000)],
  ])('M4: a name with %s is refused, and which field it is', async (_what, name) => {
    const fileId = await world.upload(ann, Buffer.from('harmless'));
    const refused = await world.send(ann, group, { fileId, name }).then(
      () => null,
      (error: unknown) => error as WireError,
    );
    expect(refused?.code).toBe('bad_input');
    expect(new Set(refused?.fields?.map(({ path }) => path))).toEqual(
      new Set(['content.attachment.files.0.name']),
    );
    // Under another name it is as good as any.
    await world.send(ann, group, { fileId, name: 'fine …  names .of.all kinds.txt' });
  });

  it('M5: nothing in a name gets out of the header that says it', async () => {
    const fileId = await world.upload(ann, randomBytes(100));
    const messageId = await world.send(ann, group, { fileId, name: 'a"; filename="b.exe\'; x=`%0d%0a`é' });
    const { headers } = await world.read(ann, { conversationId: group, messageId, fileId });
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="a_; filename=_b.exe'; x=\`_0d_0a\`_"; ` +
        `filename*=UTF-8''a%22%3B%20filename%3D%22b.exe%27%3B%20x%3D%60%250d%250a%60%C3%A9`,
    );
  });

  it.each(['..%2f..%2fetc%2fpasswd', '%00', '..%5c', newId().toUpperCase()])(
    'M5: %s is no file',
    async (trick) => {
      const messageId = newId();
      const address = fileAddress({ conversationId: group, messageId, fileId: 'FILE' }).replace(
        'FILE',
        trick,
      );
      const answer = await world.fetch(address, { headers: { ...ann.bearer } });
      expect(answer.status).toBe(404);
      expect(
        (await world.fetch(`/v1/uploads/${trick}`, { method: 'HEAD', headers: { ...TUS, ...ann.bearer } }))
          .status,
      ).toBe(404);
    },
  );
});
