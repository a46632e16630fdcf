/** A whole service with people who sign up and send files over HTTP, as a program without our SDK would; its files lie in a folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MessageFile, newId, type Output, type UploadState, type WireError } from '@kith/protocol';
import { pino } from 'pino';
import { type Config, defaultConfig } from '../config.ts';
import { createService, type Service } from '../service.ts';
import { type DatabaseKind, openTestDatabase } from './world.ts';

export interface HttpPerson {
  readonly id: string;
  readonly bearer: Readonly<Record<string, string>>;
  /** The same session, as a browser has it. */
  readonly cookie: Readonly<Record<string, string>>;
}

export interface FilesWorld {
  readonly service: Service;
  readonly base: string;
  /** Where the bytes lie, where they lie on a disk. */
  readonly folder: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** A command by its path. @throws Error with what the service answered: `code`, `message`, `fields`. */
  call<T>(person: HttpPerson, method: string, path: string, body?: object): Promise<T>;
  signUp(username: string): Promise<HttpPerson>;
  /** A group of these, the first its owner. */
  group(people: readonly HttpPerson[]): Promise<string>;
  /** tus: announces an upload, goes on with one, asks how far it is, gives it up. */
  create(
    person: HttpPerson,
    id: string,
    size: number,
    values?: Readonly<Record<string, string>>,
  ): Promise<Response>;
  patch(person: HttpPerson, id: string, offset: number, bytes: Buffer): Promise<Response>;
  offset(person: HttpPerson, id: string): Promise<number>;
  cancel(person: HttpPerson, id: string): Promise<Response>;
  /** What the server knows of an upload, when it has looked at it; undefined: nothing. */
  settled(person: HttpPerson, id: string): Promise<UploadState | undefined>;
  /** All of it in two requests; resolves to its id when it can be sent. */
  upload(person: HttpPerson, bytes: Buffer, values?: Readonly<Record<string, string>>): Promise<string>;
  /** Resolves to the id of the message. */
  send(
    person: HttpPerson,
    conversationId: string,
    file: Partial<MessageFile> & { readonly fileId: string },
  ): Promise<string>;
  read(person: HttpPerson, place: FilePlace, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

export interface FilePlace {
  readonly conversationId: string;
  readonly messageId: string;
  readonly fileId: string;
}

export const fileAddress = ({ conversationId, messageId, fileId }: FilePlace): string =>
  `/v1/conversations/${conversationId}/messages/${messageId}/files/${fileId}`;

/** What an answer says went wrong. */
export async function errorIn(response: Response): Promise<WireError & { readonly status: number }> {
  const { error } = JSON.parse(await response.text()) as { readonly error: WireError };
  return { ...error, status: response.status };
}

export const TUS = { 'tus-resumable': '1.0.0' } as const;
export const OCTETS = { 'content-type': 'application/offset+octet-stream' } as const;

/** As tus has it in a header. */
export const metadata = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');

const LOOKED_AT_MS = 30_000;

export async function openFilesWorld(
  settings: Partial<Config> = {},
  kind: DatabaseKind = 'pglite',
): Promise<FilesWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-files-world-'));
  const { database, drop } = await openTestDatabase(kind);
  const config = defaultConfig({ port: 0, rateFactor: 0, filesDirectory: folder, ...settings });
  // Closed by `drop`, which closes it once.
  const kept = { ...database, close: async () => undefined };
  const service = await createService(config, { database: kept, log: pino({ level: 'silent' }) });
  const base = (await service.listen()).url;
  const http: FilesWorld['fetch'] = (path, init) => fetch(new URL(path, base), init);

  const call = async <T>(person: HttpPerson, method: string, path: string, body?: object): Promise<T> => {
    const response = await http(`/v1${path}`, {
      method,
      headers: { ...person.bearer, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const json = (await response.json()) as T & { readonly error?: WireError };
    if (json.error) throw Object.assign(new Error(json.error.message), json.error);
    return json;
  };

  const create: FilesWorld['create'] = (person, id, size, values = {}) =>
    http('/v1/uploads', {
      method: 'POST',
      headers: {
        ...TUS,
        ...person.bearer,
        'upload-length': String(size),
        'upload-metadata': metadata({ id, ...values }),
      },
    });
  const patch: FilesWorld['patch'] = (person, id, offset, bytes) =>
    http(`/v1/uploads/${id}`, {
      method: 'PATCH',
      headers: { ...TUS, ...OCTETS, ...person.bearer, 'upload-offset': String(offset) },
      body: new Uint8Array(bytes),
    });
  const settled: FilesWorld['settled'] = async (person, id) => {
    for (const end = performance.now() + LOOKED_AT_MS; performance.now() < end; await sleep(50)) {
      const { uploads } = await call<Output<'getUploads'>>(person, 'GET', `/uploads?fileIds=${id}`);
      if (uploads[0]?.state !== 'checking') return uploads[0];
    }
    throw new Error('It was looked at for too long.');
  };

  return {
    service,
    base,
    folder,
    fetch: http,
    call,
    signUp: async (username) => {
      const response = await http('/v1/auth/sign-up/email', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          email: `${username}@example.org`,
          password: 'a good password',
          name: username,
          username,
        }),
      });
      const { user } = (await response.json()) as { readonly user: { readonly id: string } };
      return {
        id: user.id,
        bearer: { authorization: `Bearer ${response.headers.get('set-auth-token')}` },
        cookie: { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' },
      };
    },
    group: async ([owner, ...others]) => {
      if (!owner) throw new Error('A group needs somebody.');
      const conversationId = newId();
      const userIds = others.map(({ id }) => id);
      await call(owner, 'POST', '/conversations', { kind: 'group', conversationId, name: 'Files', userIds });
      return conversationId;
    },
    create,
    patch,
    offset: async (person, id) => {
      const response = await http(`/v1/uploads/${id}`, {
        method: 'HEAD',
        headers: { ...TUS, ...person.bearer },
      });
      return Number(response.headers.get('upload-offset') ?? Number.NaN);
    },
    cancel: (person, id) =>
      http(`/v1/uploads/${id}`, { method: 'DELETE', headers: { ...TUS, ...person.bearer } }),
    settled,
    upload: async (person, bytes, values) => {
      const id = newId();
      const begun = await create(person, id, bytes.length, values);
      if (begun.status !== 201) throw new Error(`It was not begun: ${await begun.text()}`);
      const sent = bytes.length > 0 ? await patch(person, id, 0, bytes) : begun;
      if (!sent.ok) throw new Error(`It was not taken: ${await sent.text()}`);
      const state = await settled(person, id);
      if (state?.state !== 'ready') throw new Error(`It cannot be sent: ${JSON.stringify(state)}`);
      return id;
    },
    send: async (person, conversationId, file) => {
      const messageId = newId();
      const named = { kind: 'file', name: 'a file.bin', mime: 'application/octet-stream', size: 1, ...file };
      await call(person, 'POST', `/conversations/${conversationId}/messages`, {
        messageId,
        content: { type: 'plain', text: '', attachment: { type: 'files', files: [named] } },
      });
      return messageId;
    },
    read: (person, place, headers) =>
      http(fileAddress(place), { headers: { ...person.bearer, ...headers }, redirect: 'manual' }),
    close: async () => {
      await service.close();
      await drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
