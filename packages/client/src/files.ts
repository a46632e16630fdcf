/** Files of messages: where a browser finds them, and how those on their way stand. */
import type { FilesAttachment, MessageFile } from '@kith/protocol';
import { KithError } from '@kith/protocol/errors';
import { asFileName } from '@kith/protocol/fileRules';
import { newId } from '@kith/protocol/ids';
import { limits } from '@kith/protocol/limits';
import type { Core } from './core.ts';
import { Cell } from './reactive.ts';
import type { FileToUpload } from './storage/storage.ts';
import type { Files, OutgoingFile, Readable } from './types.ts';

/** Addresses that are known; beyond that the oldest is asked for anew. */
const MOST_ADDRESSES = 1_000;
/** Each of these holds the bytes of a file. */
const MOST_LOCAL = 100;
/** A signed address is asked for anew so long before its end, ms. */
const EARLIER_MS = 60_000;

interface Address {
  readonly cell: Cell<string | undefined>;
  /** Of a signed one, ms since the epoch. */
  until: number;
  asked: boolean;
  /** Made here of bytes that this device has. */
  local: boolean;
}

interface Target {
  readonly conversationId: string;
  readonly messageId: string;
}

export class FileAddresses {
  readonly #core: Core;
  readonly #known = new Map<string, Address>();

  constructor(core: Core) {
    this.#core = core;
  }

  of(target: Target, fileId: string, download: boolean): Readable<string | undefined> {
    const key = `${fileId} ${target.messageId}${download ? ' download' : ''}`;
    const known = this.#known.get(key);
    if (known && (known.until > this.#core.clock.now() || known.asked)) return known.cell;
    const address: Address = known ?? {
      cell: new Cell<string | undefined>(this.#core.scheduler, undefined),
      until: 0,
      asked: false,
      local: false,
    };
    this.#known.set(key, address);
    this.#makeRoom();
    this.#find(address, target, fileId, download);
    return address.cell;
  }

  clear(): void {
    for (const address of this.#known.values()) this.#drop(address);
    this.#known.clear();
  }

  #find(address: Address, target: Target, fileId: string, download: boolean): void {
    const { uploads, outbox, options } = this.#core;
    const here = uploads.peek(fileId);
    if (here) return this.#setLocal(address, here);
    if (isOnItsWay(outbox.get(target.messageId)?.type)) {
      address.asked = true;
      void uploads
        .data(fileId)
        .then((data) => {
          if (data) this.#setLocal(address, data);
        })
        .catch((cause: unknown) => this.#core.warn('A file on this device could not be read.', cause))
        .finally(() => {
          address.asked = false;
        });
      return;
    }
    const { conversationId, messageId } = target;
    const path = `/v1/conversations/${conversationId}/messages/${messageId}/files/${fileId}`;
    if (options.token === undefined) {
      address.until = Number.POSITIVE_INFINITY;
      address.cell.set(new URL(`${path}${download ? '?download' : ''}`, options.url).href);
      return;
    }
    address.asked = true;
    this.#core
      .request('linkFile', { conversationId, messageId, fileId })
      .then(({ path: signed, expiresAt }) => {
        address.until = Date.parse(expiresAt) - EARLIER_MS;
        address.cell.set(new URL(`${signed}${download ? '&download' : ''}`, options.url).href);
      })
      .catch((cause: unknown) => this.#core.warn('The address of a file could not be asked for.', cause))
      .finally(() => {
        address.asked = false;
      });
  }

  #setLocal(address: Address, data: Blob): void {
    address.local = true;
    address.until = Number.POSITIVE_INFINITY;
    address.cell.set(URL.createObjectURL(data));
  }

  #makeRoom(): void {
    let local = 0;
    for (const address of this.#known.values()) if (address.local) local++;
    for (const [key, address] of this.#known) {
      const tooMany = this.#known.size > MOST_ADDRESSES || (address.local && local > MOST_LOCAL);
      if (!tooMany || address.cell.observed) continue;
      if (address.local) local--;
      this.#drop(address);
      this.#known.delete(key);
    }
  }

  #drop(address: Address): void {
    const url = address.cell.get();
    if (address.local && url !== undefined) URL.revokeObjectURL(url);
  }
}

const isOnItsWay = (type: string | undefined): boolean => type === 'pending' || type === 'failed';

export function filesOf(core: Core): Files {
  const setPaused = (messageId: string, paused: boolean): void => {
    if (core.uploads.setPaused(messageId, paused)) core.outbox.handlePaused(messageId);
  };
  return {
    url: (target, fileId, { download = false } = {}) => core.addresses.of(target, fileId, download),
    transfer: (fileId) => core.uploads.transfer(fileId),
    pause: (messageId) => setPaused(messageId, true),
    resume: (messageId) => setPaused(messageId, false),
    transcoding: ({ conversationId, messageId }, fileId) =>
      core.request('getTranscoding', { conversationId, messageId, fileId }),
    limits: (conversationId) =>
      core.request('getUploadLimits', conversationId === undefined ? {} : { conversationId }),
  };
}

/** What a message says of its files, and what is to be brought to the server for it. */
export function outgoing(files: readonly OutgoingFile[]): {
  readonly attachment: FilesAttachment;
  readonly uploads: readonly (FileToUpload & { readonly data: Blob })[];
} {
  if (files.length > limits.messageFiles)
    throw new KithError('limit_reached', { message: `A message has at most ${limits.messageFiles} files.` });
  const uploads: (FileToUpload & { readonly data: Blob })[] = [];
  const upload = (data: Blob, mime: string): FileToUpload => {
    const file = { fileId: newId(), mime, size: data.size };
    uploads.push({ ...file, data });
    return file;
  };
  const attachment: FilesAttachment = {
    type: 'files',
    files: files.map(({ data, thumbnail, mime, name, ...measures }): MessageFile => {
      const type = asMime(mime);
      return {
        ...upload(data, type),
        ...measures,
        mime: type,
        name: asFileName(name),
        ...(thumbnail && {
          thumbnail: {
            ...upload(thumbnail.data, asMime(thumbnail.mime)),
            width: thumbnail.width,
            height: thumbnail.height,
          },
        }),
      };
    }),
  };
  return { attachment, uploads };
}

/** As the wire has it: browsers name recordings with their codecs, and some files not at all. */
function asMime(type: string): string {
  const mime = type.split(';')[0]?.trim().toLowerCase() ?? '';
  return /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/.test(mime) && mime.length <= 100
    ? mime
    : 'application/octet-stream';
}
