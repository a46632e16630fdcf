/** Our server with files in it: brought as the SDK brings them, read as browsers read them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type Output } from '@kith/protocol';
import type { Stoppable } from '../commandLine.ts';
import { keepAlive, within } from '../deadline.ts';
import { type Ear, Peer } from '../peer.ts';
import { startStack } from '../stack.ts';
import type { Content } from './content.ts';
import { type Address, demand, type Line, type LineAnswer } from './line.ts';
import type { Served } from './meter.ts';

export interface Kith extends Stoppable, Served {
  readonly address: Address;
  readonly bearer: Readonly<Record<string, string>>;
  /** Resolves when it can be sent. */
  upload(line: Line, content: Content): Promise<Upload>;
  /** In a message. Resolves to its path. */
  send(upload: Upload): Promise<string>;
  /** It was never sent, and its bytes go. */
  cancel(line: Line, upload: Upload): Promise<void>;
}

export interface Upload {
  readonly fileId: string;
  readonly size: number;
  /** From its last byte on, until the server said that it is ready, ms. */
  readonly readyMs: number;
}

const deaf: Ear = { acknowledged: () => undefined, failed: () => undefined, delivered: () => undefined };
/** The SDK asks at once, and then so often. */
const ASK_MS = [100, 250, 500, 1_000, 2_000];
const ANSWER_MS = 30_000;
const READY_MS = 120_000;
const TUS = { 'tus-resumable': '1.0.0' };
const OCTETS = { ...TUS, 'content-type': 'application/offset+octet-stream' };

export async function startKith(): Promise<Kith> {
  const stack = await startStack({ database: 'postgres', people: 1, profile: false });
  try {
    const { url, serverPid, databasePid, people } = stack;
    const person = people[0]!;
    const peer = await Peer.connect(url, person, 0, deaf);
    const letGo = keepAlive([peer]);
    const conversationId = newId();
    const ask = (command: string, input: object): Promise<unknown> =>
      within(ANSWER_MS, command, peer.request(command, input));
    await ask('createConversation', { kind: 'group', conversationId, name: 'Files', userIds: [] });
    const bearer = { authorization: `Bearer ${person.token}` };
    const { hostname, port } = new URL(url);

    const ready = async (fileId: string): Promise<void> => {
      for (let asked = 0; ; asked += 1) {
        const { uploads } = (await ask('getUploads', { fileIds: [fileId] })) as Output<'getUploads'>;
        const state = uploads[0];
        if (state?.state === 'ready') return;
        if (state?.state !== 'checking') throw new Error(`It cannot be sent: ${JSON.stringify(state)}`);
        await sleep(ASK_MS[Math.min(asked, ASK_MS.length - 1)]);
      }
    };

    return {
      pid: serverPid,
      databasePid,
      address: { host: hostname, port: Number(port) },
      bearer,
      upload: async (line, content) => {
        const fileId = newId();
        const last = await bring(line, fileId, conversationId, content, bearer);
        await within(READY_MS, 'being ready', ready(fileId));
        return { fileId, size: content.size, readyMs: performance.now() - last.sentAt };
      },
      send: async ({ fileId, size }) => {
        const messageId = newId();
        const file = { fileId, kind: 'file', name: 'bench.bin', mime: 'application/octet-stream', size };
        const attachment = { type: 'files', files: [file] };
        await ask('sendMessage', {
          conversationId,
          messageId,
          content: { type: 'plain', text: '', attachment },
        });
        return `/v1/conversations/${conversationId}/messages/${messageId}/files/${fileId}`;
      },
      cancel: async (line, { fileId }) => {
        const path = `/v1/uploads/${fileId}`;
        demand(await line.request({ method: 'DELETE', path, headers: { ...TUS, ...bearer } }), 204);
      },
      stop: async () => {
        letGo();
        peer.terminate();
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** The first piece goes with the announcement, the others after it, one at a time. */
async function bring(
  line: Line,
  fileId: string,
  conversationId: string,
  { size, mime, pieces }: Content,
  bearer: Readonly<Record<string, string>>,
): Promise<LineAnswer> {
  const metadata = Object.entries({ id: fileId, filetype: mime, conversationId })
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
  let offset = 0;
  let last: LineAnswer | null = null;
  for (const piece of pieces()) {
    const first = { 'upload-length': String(size), 'upload-metadata': metadata };
    last = await line.request({
      method: last ? 'PATCH' : 'POST',
      path: last ? `/v1/uploads/${fileId}` : '/v1/uploads',
      headers: { ...OCTETS, ...bearer, ...(last ? { 'upload-offset': String(offset) } : first) },
      body: [piece],
    });
    demand(last, offset === 0 ? 201 : 204);
    offset += piece.length;
    const kept = last.headers.get('upload-offset');
    if (kept !== String(offset)) throw new Error(`It has ${kept} bytes, not ${offset}.`);
  }
  if (!last) throw new Error('An empty file says nothing of speed.');
  return last;
}
