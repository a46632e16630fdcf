import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { CopyObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type S3, startS3 } from '@kith/tools/services/s3.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BLOCK_BYTES, CHUNK_BYTES } from './byteStore.ts';
import { createVault } from './cipherVault.ts';
import { createS3Store, type S3Store } from './s3.ts';
import { byteStoreContract } from './testing/byteStoreContract.ts';
import { allKeys, allOf, breakingOff, bytesOf, digestOf, inPieces } from './testing/bytes.ts';

const newKey = (): string => randomBytes(16).toString('hex');
const inAnHour = (): Date => new Date(Date.now() + 3_600_000);

let s3: S3;
let store: S3Store;
/** Beside the store, to see and to make what it would not. */
let client: S3Client;

beforeAll(async () => {
  s3 = await startS3();
  store = createS3Store(s3.settings);
  const { endpoint, region, accessKeyId, secretAccessKey } = s3.settings;
  client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
});
afterAll(async () => {
  store?.close();
  client?.destroy();
  await s3?.drop();
});

byteStoreContract(
  'a store that speaks S3',
  async () => {
    const server = await startS3();
    const opened: S3Store[] = [];
    return {
      open: () => {
        const another = createS3Store({ ...server.settings, prefix: 'files/' });
        opened.push(another);
        return another;
      },
      close: async () => {
        for (const one of opened) one.close();
        await server.drop();
      },
    };
  },
  10,
);

it('says whether its bucket is there', async () => {
  await store.check();
  const other = createS3Store({ ...s3.settings, bucket: 'nobodys' });
  await expect(other.check()).rejects.toMatchObject({ code: 'unavailable' });
  const append = other.append(newKey(), 0, inPieces(bytesOf(10)));
  await expect(append).rejects.toMatchObject({ code: 'unavailable' });
  other.close();
});

it('gives an address that needs no permission of ours, and says the type and the name', async () => {
  const [key, bytes] = [newKey(), bytesOf(5_000)];
  await store.append(key, 0, inPieces(bytes));
  await store.finish(key);
  const disposition = `attachment; filename="a.png"; filename*=UTF-8''%C3%A4.png`;
  const link = await store.link(key, { seconds: 60, mime: 'image/png', disposition });
  const answer = await fetch(link);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('image/png');
  expect(answer.headers.get('content-disposition')).toBe(disposition);
  expect(digestOf(Buffer.from(await answer.arrayBuffer()))).toBe(digestOf(bytes));
  // s3rver does not look at signatures of this kind; that the type and the name are under it, others do.
  const asked = new URL(link).searchParams;
  expect(asked.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
  expect(asked.get('X-Amz-Expires')).toBe('60');
  await store.remove(key);
});

it('leaves nothing behind, neither of what is finished nor of what never was', async () => {
  const [finished, begun] = [newKey(), newKey()];
  const bytes = bytesOf(9_000_000);
  await store.append(finished, 0, inPieces(bytes));
  await store.append(begun, 0, inPieces(bytes));
  expect(await s3.openUploads()).toBe(2);
  await store.finish(finished);
  expect(await s3.openUploads()).toBe(1);
  await store.remove(finished);
  await store.remove(begun);
  expect(await s3.openUploads()).toBe(0);
  const { KeyCount } = await client.send(new ListObjectsV2Command({ Bucket: s3.settings.bucket }));
  expect(KeyCount).toBe(0);
});

it('says that parts cannot be read before the last has come', async () => {
  const key = newKey();
  await store.append(key, 0, inPieces(bytesOf(9_000_000)));
  await expect(store.read(key, 0, 10)).rejects.toMatchObject({ code: 'not_ready' });
  await store.remove(key);
});

it('ends what it died in the middle of ending', async () => {
  for (const size of [100, 9_000_000]) {
    const [key, bytes] = [newKey(), bytesOf(size)];
    await store.append(key, 0, inPieces(bytes));
    const { bucket: Bucket } = s3.settings;
    const copy = (from: string, Key: string) =>
      client.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${from}` }));
    await copy(`${key}.part`, 'before');
    await store.finish(key);
    // As if the last word, that it is over, had not been heard.
    await copy('before', `${key}.part`);
    expect(await store.length(key)).toBe(size);
    expect(await allKeys(store.keys(inAnHour()))).toEqual([key]);
    await store.finish(key);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: key }));
    expect(Contents?.map(({ Key }) => Key)).toEqual([key]);
    expect(digestOf(await allOf(store.read(key, 0, size)))).toBe(digestOf(bytes));
    await store.remove(key);
  }
});

it('names more than fit a page, of its own prefix and making only', async () => {
  const own = createS3Store({ ...s3.settings, prefix: 'many/' });
  const { bucket: Bucket } = s3.settings;
  const keys = Array.from({ length: 1_005 }, (_, index) => String(index).padStart(32, 'a'));
  const names = [...keys, 'readme', `${'b'.repeat(32)}.txt`];
  for (let at = 0; at < names.length; at += 50) {
    const some = names.slice(at, at + 50);
    await Promise.all(
      some.map((name) => client.send(new PutObjectCommand({ Bucket, Key: `many/${name}`, Body: name }))),
    );
  }
  expect(await allKeys(own.keys(inAnHour()))).toEqual(keys.sort());
  expect(await allKeys(createS3Store({ ...s3.settings, prefix: 'none/' }).keys(inAnHour()))).toEqual([]);
  own.close();
});

it('holds what the vault ciphers, through drops at odd places and nodes that take over', async () => {
  const bytes = bytesOf(20_000_000);
  const dropped = new Error('the line dropped');
  const node = () =>
    createVault({ store, masterKeys: ['a master key of at least 32 characters'], ciphers: true });
  const place = node().newPlace();
  const part = 128 * CHUNK_BYTES;
  const ends = [1, 70_000, part - 1, part, part + 1, 2 * part + 5 * CHUNK_BYTES + 3, bytes.length];
  let at = 0;
  for (const end of ends) {
    const append = node().append(place, at, breakingOff(bytes.subarray(at, end), dropped));
    await expect(append, String(end)).rejects.toBe(dropped);
    expect(await node().length(place)).toBe(end);
    at = end;
  }
  await node().finish(place);
  expect(digestOf(await allOf(node().read(place, 0, bytes.length)))).toBe(digestOf(bytes));
  expect(digestOf(await allOf(node().read(place, part - 9, part + 9)))).toBe(
    digestOf(bytes.subarray(part - 9, part + 9)),
  );
  await node().remove(place);
});

it('says that it is away, keeps what was kept, and goes on when it is back', async () => {
  const [key, bytes] = [newKey(), bytesOf(30_000_000)];
  let sent = 0;
  const cut = async function* () {
    for await (const piece of inPieces(bytes)) {
      // Two parts are there, and much of a third has come.
      if (sent < 24_000_000 && sent + piece.length >= 24_000_000) await s3.stop();
      sent += piece.length;
      yield piece;
    }
  };
  const append = store.append(key, 0, cut());
  await expect(append).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await expect(store.length(key)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(store.read(key, 0, 1)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(store.remove(key)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(allKeys(store.keys(inAnHour()))).rejects.toMatchObject({ code: 'unavailable' });
  await s3.start();
  const kept = (await store.length(key)) ?? 0;
  expect(kept).toBe(2 * 128 * BLOCK_BYTES);
  await store.append(key, kept, inPieces(bytes.subarray(kept)));
  await store.finish(key);
  expect(digestOf(await allOf(store.read(key, 0, bytes.length)))).toBe(digestOf(bytes));
  await store.remove(key);
});

it('reads on where a connection ended too early, and not for ever', async () => {
  const [key, bytes] = [newKey(), bytesOf(5_000_000)];
  await store.append(key, 0, inPieces(bytes));
  await store.finish(key);
  const line = await badLine(s3.settings.endpoint, 1_000_000);
  const behind = createS3Store({ ...s3.settings, endpoint: line.endpoint });
  expect(digestOf(await allOf(behind.read(key, 1, bytes.length)))).toBe(digestOf(bytes.subarray(1)));
  expect(line.connections()).toBeGreaterThanOrEqual(5);
  const stream = await behind.read(key, 0, bytes.length);
  await line.close();
  await expect(allOf(Promise.resolve(stream))).rejects.toMatchObject({ code: 'unavailable' });
  behind.close();
  await store.remove(key);
});

it('tells a full house from one that is away', async () => {
  const answers = [
    { status: 507, code: 'XMinioStorageFull', text: 'Storage backend has reached its minimum free drive.' },
    { status: 403, code: 'QuotaExceeded', text: '' },
    { status: 403, code: 'AccessDenied', text: 'Forbidden: bucket size quota is reached' },
  ];
  for (const { status, code, text } of answers) {
    const full = await answering((request, response) => {
      request.resume();
      // It still says what it has.
      const [answer, name] = request.method === 'PUT' ? [status, code] : [404, 'NoSuchKey'];
      const body = `<?xml version="1.0"?><Error><Code>${name}</Code><Message>${text}</Message></Error>`;
      response.writeHead(answer, { 'content-type': 'application/xml' }).end(body);
    });
    const there = createS3Store({ ...s3.settings, endpoint: full.endpoint });
    const append = there.append(newKey(), 0, inPieces(bytesOf(10)));
    await expect(append, code).rejects.toMatchObject({ code: 'storage_full', retryable: true });
    there.close();
    await full.close();
  }
});

it('does not wait for ever for an answer, nor for the rest of one', async () => {
  const times = { connect: 500, answer: 300, silent: 300 };
  const silent = await answering((request) => void request.resume());
  const mute = createS3Store({ ...s3.settings, endpoint: silent.endpoint }, times);
  await expect(mute.length(newKey())).rejects.toMatchObject({ code: 'unavailable' });
  mute.close();
  await silent.close();
  const halting = await answering((_request, response) => {
    response.writeHead(206, { 'content-length': 100, 'content-range': 'bytes 0-99/100' });
    response.flushHeaders();
  });
  const stuck = createS3Store({ ...s3.settings, endpoint: halting.endpoint }, times);
  const read = allOf(stuck.read(newKey(), 0, 100));
  await expect(read).rejects.toMatchObject({ code: 'unavailable' });
  stuck.close();
  await halting.close();
});

interface Stand {
  readonly endpoint: string;
  close(): Promise<void>;
}

async function answering(listener: RequestListener): Promise<Stand> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A way to the store on which every connection dies after so many bytes. */
async function badLine(endpoint: string, bytes: number): Promise<Stand & { connections(): number }> {
  const { port } = new URL(endpoint);
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createTcpServer((near) => {
    connections += 1;
    const far = connect(Number(port), '127.0.0.1');
    let left = bytes;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    near.pipe(far);
    far.on('data', (data: Buffer) => {
      near.write(data.subarray(0, left));
      left -= data.length;
      if (left <= 0) near.end(end);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
