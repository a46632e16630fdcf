/** Files through the SDK under everything that goes wrong: what arrives is what was sent, once, in its place among the words. */
import { createHash, randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KithClient, memoryStorage, type OutgoingFile } from '@kith/client';
import type { MessageFile, MessageRecord } from '@kith/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, signUp, untilSynced } from '../support/people.ts';
import { startPoorLine } from '../support/poorLine.ts';
import { type Server, startServer } from '../support/server.ts';
import { until } from '../support/wait.ts';

let server: Server;
let ada: KithClient;
let bob: KithClient;
let adaToken: string;
let conversation: string;

const clients: KithClient[] = [];

beforeAll(async () => {
  server = await startServer();
  const [a, b] = [await signUp(server.url, 'Ada'), await signUp(server.url, 'Bob')];
  adaToken = a.token;
  ada = await connect(server.url, a.token);
  bob = await connect(server.url, b.token);
  clients.push(ada, bob);
  conversation = await ada.conversations.openDirect(b.userId);
});
afterAll(async () => {
  for (const client of clients) await client.stop();
  await server?.dispose();
});

const document = (data: Blob, name = 'document.bin'): OutgoingFile => ({
  data,
  name,
  kind: 'file',
  mime: 'application/octet-stream',
});
const blobOf = (bytes: Buffer): Blob => new Blob([new Uint8Array(bytes)]);

const arrived = (messageId: string, timeoutMs = 60_000): Promise<MessageRecord> =>
  until(
    `message ${messageId} arrives`,
    async () => {
      const { messages } = await bob.request('getMessages', {
        conversationId: conversation,
        messageIds: [messageId],
      });
      return messages[0];
    },
    { timeoutMs },
  );

const filesOf = ({ body }: MessageRecord): readonly MessageFile[] => {
  const attachment =
    body.type === 'content' && body.content.type === 'plain' ? body.content.attachment : undefined;
  return attachment?.type === 'files' ? attachment.files : [];
};

async function download(record: MessageRecord, fileId: string): Promise<Response> {
  const { path } = await bob.request('linkFile', {
    conversationId: conversation,
    messageId: record.id,
    fileId,
  });
  return fetch(new URL(path, server.url));
}

it('S7: a message with files is there at once, and goes in its place among the words', async () => {
  const bytes = [randomBytes(3_000_000), randomBytes(500_000)];
  const before = ada.messages.send(conversation, 'before');
  const album = ada.messages.send(conversation, 'two of them', {
    files: bytes.map((data, n) => document(blobOf(data), `file ${n}.bin`)),
  });
  const after = ada.messages.send(conversation, 'after');
  const timeline = ada.timeline(conversation);
  await until('all three are on screen', () =>
    [before, album, after].every((id) => timeline.view.get().messages.some(({ key }) => key === id)),
  );
  timeline.dispose();
  const records = [await arrived(before), await arrived(album), await arrived(after)];
  expect(records.map(({ seq }) => seq)).toEqual(records.map(({ seq }) => seq).toSorted((a, b) => a - b));
  const files = filesOf(records[1]!);
  expect(files.map(({ name, size }) => [name, size])).toEqual([
    ['file 0.bin', 3_000_000],
    ['file 1.bin', 500_000],
  ]);
  for (const [n, { fileId }] of files.entries())
    expect(Buffer.from(await (await download(records[1]!, fileId)).arrayBuffer()).equals(bytes[n]!)).toBe(
      true,
    );
});

it('a line that dies every two seconds brings it all the same', async () => {
  const line = await startPoorLine(server.port, { dropEveryMs: 2_000, bytesPerSecond: 3_000_000 });
  const poor = await connect(line.url, adaToken);
  clients.push(poor);
  const bytes = randomBytes(12_000_000);
  const sent = poor.messages.send(conversation, 'through the tunnel', { files: [document(blobOf(bytes))] });
  const record = await arrived(sent, 90_000);
  expect(line.deaths).toBeGreaterThanOrEqual(2);
  const [file] = filesOf(record);
  const back = Buffer.from(await (await download(record, file!.fileId)).arrayBuffer());
  expect(back.equals(bytes)).toBe(true);
  await line.close();
});

it('goes on after the server was killed in the middle', async () => {
  const line = await startPoorLine(server.port, { dropEveryMs: 3_600_000, bytesPerSecond: 6_000_000 });
  const slow = await connect(line.url, adaToken);
  clients.push(slow);
  const bytes = randomBytes(20_000_000);
  const sent = slow.messages.send(conversation, 'killed', { files: [document(blobOf(bytes))] });
  const { fileId } = slowFile(slow, sent);
  await until('a third is there', () => sentOf(slow, fileId) > 10_000_000, { timeoutMs: 30_000 });
  await server.kill();
  const before = sentOf(slow, fileId);
  await server.start();
  await untilSynced(bob);
  let least = Number.POSITIVE_INFINITY;
  const watching = setInterval(() => {
    least = Math.min(least, sentOf(slow, fileId));
  }, 10);
  const record = await arrived(sent, 90_000);
  clearInterval(watching);
  // What had been acknowledged was not sent again: a piece at most, of the eight million bytes of one request.
  expect(least).toBeGreaterThan(before - 9_000_000);
  const [file] = filesOf(record);
  expect(Buffer.from(await (await download(record, file!.fileId)).arrayBuffer()).equals(bytes)).toBe(true);
  await line.close();
});

it('S7: what was not sent when the device was switched off goes on when it is there again', async () => {
  const storage = memoryStorage();
  const first = await connect(server.url, adaToken, { storage });
  const line = await startPoorLine(server.port, { dropEveryMs: 3_600_000, bytesPerSecond: 2_000_000 });
  await first.stop();
  const slow = await connect(line.url, adaToken, { storage });
  const bytes = randomBytes(12_000_000);
  const sent = slow.messages.send(conversation, 'off and on', { files: [document(blobOf(bytes))] });
  await until('some of it is there', () => sentOf(slow, slowFile(slow, sent).fileId) > 3_000_000);
  await slow.stop();
  await line.close();
  const again = await connect(server.url, adaToken, { storage });
  clients.push(again);
  const record = await arrived(sent);
  const [file] = filesOf(record);
  expect(Buffer.from(await (await download(record, file!.fileId)).arrayBuffer()).equals(bytes)).toBe(true);
});

it('paused, others pass; resumed, it goes', async () => {
  const line = await startPoorLine(server.port, { dropEveryMs: 3_600_000, bytesPerSecond: 2_000_000 });
  const slow = await connect(line.url, adaToken);
  clients.push(slow);
  const bytes = randomBytes(6_000_000);
  const sent = slow.messages.send(conversation, 'paused', { files: [document(blobOf(bytes))] });
  const { fileId } = slowFile(slow, sent);
  await until('it has begun', () => sentOf(slow, fileId) > 1_000_000);
  slow.files.pause(sent);
  expect(slow.files.transfer(fileId).get()?.type).toBe('paused');
  const passing = slow.messages.send(conversation, 'passing');
  await arrived(passing);
  await sleep(500);
  const { messages } = await bob.request('getMessages', { conversationId: conversation, messageIds: [sent] });
  expect(messages).toEqual([]);
  slow.files.resume(sent);
  await arrived(sent);
  await line.close();
});

it('a discarded message leaves nothing on the server', async () => {
  const line = await startPoorLine(server.port, { dropEveryMs: 3_600_000, bytesPerSecond: 2_000_000 });
  const slow = await connect(line.url, adaToken);
  clients.push(slow);
  const sent = slow.messages.send(conversation, 'never', {
    files: [document(blobOf(randomBytes(6_000_000)))],
  });
  const { fileId } = slowFile(slow, sent);
  await until('it has begun', () => sentOf(slow, fileId) > 1_000_000);
  slow.messages.discard(sent);
  await until('the server has forgotten it', async () => {
    const { uploads } = await ada.request('getUploads', { fileIds: [fileId] });
    return uploads.length === 0;
  });
  await line.close();
});

it('two gigabytes, with flat memory on both sides', { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kith-large-'));
  try {
    const size = 2_000_000_000;
    const path = join(folder, 'film.bin');
    const handle = await open(path, 'w');
    await handle.truncate(size);
    for (const at of [0, 700_000_000, 1_999_000_000])
      await handle.write(randomBytes(1_000_000), 0, 1_000_000, at);
    await handle.close();
    const memory = watchMemory(server.pid);
    const sent = ada.messages.send(conversation, 'a film', {
      files: [document(await openAsBlob(path), 'film.bin')],
    });
    const record = await arrived(sent, 200_000);
    const [file] = filesOf(record);
    expect(file?.size).toBe(size);
    const response = await download(record, file!.fileId);
    const [there, here] = [createHash('sha256'), createHash('sha256')];
    for await (const piece of response.body!) there.update(piece);
    for await (const piece of (await openAsBlob(path)).stream()) here.update(piece);
    expect(there.digest('hex')).toBe(here.digest('hex'));
    const grown = await memory();
    expect(grown.server).toBeLessThan(400_000_000);
    expect(grown.here).toBeLessThan(500_000_000);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** The one file of a message that is on its way. */
function slowFile(client: KithClient, messageId: string): MessageFile {
  const timeline = client.timeline(conversation);
  const record = client.conversations.get(conversation).get()?.pending?.record;
  timeline.dispose();
  if (record?.id !== messageId) throw new Error('The message is not on its way.');
  const [file] = filesOf(record);
  if (!file) throw new Error('The message has no file.');
  return file;
}

function sentOf(client: KithClient, fileId: string): number {
  const transfer = client.files.transfer(fileId).get();
  return transfer && transfer.type !== 'checking' ? transfer.sent : Number.POSITIVE_INFINITY;
}

/** The most that both processes grow from now on, bytes. */
function watchMemory(pid: number): () => Promise<{ readonly server: number; readonly here: number }> {
  const measure = async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return { server: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024, here: process.memoryUsage().rss };
  };
  const first = measure();
  const most = { server: 0, here: 0 };
  const look = async (): Promise<void> => {
    const now = await measure();
    most.server = Math.max(most.server, now.server - (await first).server);
    most.here = Math.max(most.here, now.here - (await first).here);
  };
  const timer = setInterval(() => void look(), 250);
  return async () => {
    clearInterval(timer);
    await look();
    return most;
  };
}
