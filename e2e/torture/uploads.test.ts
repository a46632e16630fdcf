/** One upload over two real nodes: what one of them still holds of a dead line never lands in what the other has written since. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as openLine, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KithClient } from '@kith/client';
import { newId } from '@kith/protocol';
import { type Nats, startNats } from '@kith/tools/services/nats.ts';
import { type Postgres, startPostgres } from '@kith/tools/services/postgres.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Account, connect, signUp } from '../support/people.ts';
import { type Server, startServer } from '../support/server.ts';
import { until } from '../support/wait.ts';

const TUS = { 'tus-resumable': '1.0.0' };
const OCTETS = { 'content-type': 'application/offset+octet-stream' };
const SIZE = 6_000_000;

let postgres: Postgres;
let nats: Nats;
let folder: string;
let first: Server;
let second: Server;
let ada: Account;
let client: KithClient;
let conversationId: string;
const lines: Socket[] = [];

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  folder = await mkdtemp(join(tmpdir(), 'kith-uploads-'));
  const options = { databaseUrl: postgres.url, env: { KITH_BUS: nats.url, KITH_FILES: folder } };
  first = await startServer(options);
  second = await startServer(options);
  ada = await signUp(second.url, 'Ada');
  const bob = await signUp(second.url, 'Bob');
  client = await connect(second.url, ada.token);
  conversationId = await client.conversations.openDirect(bob.userId);
});
afterAll(async () => {
  for (const line of lines) line.destroy();
  await client?.stop();
  for (const node of [first, second]) await node?.dispose();
  await nats?.stop();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

const bearer = () => ({ authorization: `Bearer ${ada.token}` });

/** A request of which only a part ever comes. */
function beginOver(node: Server, request: string, headers: Readonly<Record<string, string>>): Socket {
  const line = openLine(node.port, '127.0.0.1');
  line.on('error', () => undefined);
  lines.push(line);
  const all = { host: 'x', ...TUS, ...OCTETS, ...bearer(), 'content-length': String(SIZE), ...headers };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  line.write(`${request} HTTP/1.1\r\n${head.join('')}\r\n`);
  return line;
}

const metadata = (id: string): string => `id ${Buffer.from(id).toString('base64')}`;

/** As a client does that came back over another line. */
async function goOn(id: string, bytes: Buffer): Promise<void> {
  const address = `${second.url}/v1/uploads/${id}`;
  const offset = await until(
    'the second node has it',
    async () => {
      const asked = await fetch(address, { method: 'HEAD', headers: { ...TUS, ...bearer() } });
      return asked.ok && String(asked.headers.get('upload-offset'));
    },
    { timeoutMs: 40_000 },
  );
  const sent = await fetch(address, {
    method: 'PATCH',
    headers: { ...TUS, ...OCTETS, ...bearer(), 'upload-offset': offset },
    body: new Uint8Array(bytes.subarray(Number(offset))),
  });
  expect([sent.status, sent.headers.get('upload-offset')]).toEqual([204, String(SIZE)]);
}

/** What others get of it. */
async function read(fileId: string): Promise<Buffer> {
  await until(
    'it is looked at',
    async () => (await client.request('getUploads', { fileIds: [fileId] })).uploads[0]?.state === 'ready',
  );
  const messageId = newId();
  const file = { fileId, kind: 'file', name: 'a.bin', mime: 'application/octet-stream', size: SIZE } as const;
  await client.request('sendMessage', {
    conversationId,
    messageId,
    content: { type: 'plain', text: '', attachment: { type: 'files', files: [file] } },
  });
  const path = `/v1/conversations/${conversationId}/messages/${messageId}/files/${fileId}`;
  return Buffer.from(await (await fetch(second.url + path, { headers: bearer() })).arrayBuffer());
}

it('M1: a line that dies in the request that begins it, and another to the other node', async () => {
  const [id, bytes] = [newId(), randomBytes(SIZE)];
  const line = beginOver(first, 'POST /v1/uploads', {
    'upload-length': String(SIZE),
    'upload-metadata': metadata(id),
  });
  line.write(bytes.subarray(0, 923_457));
  await sleep(700);
  await goOn(id, bytes);
  // Now the first node hears of the end of it.
  line.end();
  await sleep(1_000);
  expect((await read(id)).equals(bytes)).toBe(true);
});

it('M1: a node that stands still for longer than others wait for it, and wakes up', async () => {
  const [id, bytes] = [newId(), randomBytes(SIZE)];
  await fetch(`${first.url}/v1/uploads`, {
    method: 'POST',
    headers: { ...TUS, ...bearer(), 'upload-length': String(SIZE), 'upload-metadata': metadata(id) },
  });
  const line = beginOver(first, `PATCH /v1/uploads/${id}`, { 'upload-offset': '0' });
  line.write(bytes.subarray(0, 2_000_000));
  await sleep(700);
  process.kill(first.pid, 'SIGSTOP');
  // It waits in its system for the node to read it.
  line.end(bytes.subarray(2_000_000, 3_123_457));
  try {
    await goOn(id, bytes);
  } finally {
    process.kill(first.pid, 'SIGCONT');
  }
  await sleep(2_000);
  expect((await read(id)).equals(bytes)).toBe(true);
});
