/**
 * Small images kept by the service (decision 14). Their rows say whose they are and what uses them; their bytes lie in the vault,
 * as those of files do, and pass the same scanner.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  type BlobInfo,
  type BlobPurpose,
  blobBounds,
  type ImageType,
  KithError,
  limits,
} from '@kith/protocol';
import { createCache } from '../cache.ts';
import type { Logger } from '../logger.ts';
import type { Scan } from '../media/inspect/clamav.ts';
import type { Vault } from '../media/vault.ts';
import {
  avatarUse,
  type BlobObject,
  type BlobRow,
  countWaiting,
  findWaiting,
  insertBlob,
  letBlobGo,
  moveBlob,
  readBlob,
  reviewPreviews,
  sweepBlobs,
  unmovedBlobs,
  useBlob,
} from '../store/blobs.ts';
import type { Database, Db } from '../store/database.ts';
import type { Somebody } from '../store/users.ts';
import { readImage } from './image.ts';

export interface StoredBlob {
  readonly mime: ImageType;
  readonly purpose: BlobPurpose;
  /** Who uploaded it; null: the server. */
  readonly owner_id: string | null;
  readonly bytes: Uint8Array;
}

export interface Blobs {
  /**
   * Keeps what a person uploaded. Nothing uses it yet. @throws KithError bad_input, too_large, limit_reached, file_refused (the
   * scanner found something), unavailable (it does not answer, or the bytes cannot be kept just now), storage_full.
   */
  upload(person: Somebody, purpose: BlobPurpose, bytes: Buffer): Promise<BlobInfo>;
  /** Keeps what the server itself fetched, in use from the beginning, until the sweep finds that no message shows it. */
  keep(tenantId: number, purpose: BlobPurpose, bytes: Buffer): Promise<BlobInfo>;
  read(tenantId: number, id: string): Promise<StoredBlob | null>;
  /** Whose picture an avatar is at this moment; null: nobody's. */
  avatarUse(tenantId: number, id: string): Promise<'person' | 'conversation' | null>;
  /** One round of forgetting what nothing uses; the timer calls it. */
  sweep(now?: Date): Promise<number>;
  /** Moves what lies in the database still to where all lie now. Resolves to how many were moved. */
  move(): Promise<number>;
  close(): Promise<void>;
}

export interface BlobsOptions {
  readonly database: Pick<Database, 'db'>;
  /** The same that files have. */
  readonly vault: Vault;
  /** Absent: nothing is scanned. */
  readonly scan?: Scan | undefined;
  readonly logger?: Logger;
}

/**
 * Takes an uploaded image into use, in the transaction `db` that writes the use down. @throws KithError not_found unless it is
 * this person's own, for this purpose, and not in use already.
 */
export async function takeIntoUse(
  db: Db,
  person: Somebody,
  id: string,
  purpose: BlobPurpose,
): Promise<BlobInfo> {
  const info = await useBlob(db, person, id, purpose);
  if (!info) {
    throw new KithError('not_found', {
      message: 'There is no such image that waits to be used. Upload it again.',
    });
  }
  return info;
}

/** The use of an image ends, in the transaction `db` that ends it. */
export const letGo = letBlobGo;

const DAY_MS = 24 * 60 * 60_000;
const SWEEP_EVERY_MS = 10 * 60_000;
const SWEPT_AT_ONCE = 500;
/** Images in memory while they are moved, half a megabyte each at most. */
const MOVED_AT_ONCE = 16;
/** How often a preview's picture is looked for in messages: longer than an answer of its page is kept for the next message. */
const REVIEW_AFTER_MS = 8 * DAY_MS;
/** The images that everybody asks for: they never change, so no word of it is needed. */
const CACHED_BYTES = 32 * 1024 * 1024;

export function createBlobs({ database: { db }, vault, scan, logger }: BlobsOptions): Blobs {
  const ending = new AbortController();
  const cache = createCache<StoredBlob | null>({
    most: CACHED_BYTES,
    weigh: (blob) => blob?.bytes.length ?? 0,
    keeps: (blob) => blob !== null,
  });

  /** What a judged image is, without its place: nothing is written for one that is known or too many. */
  const judge = (tenantId: number, purpose: BlobPurpose, given: Buffer) => {
    const { bytes: most, side } = blobBounds[purpose];
    if (given.length > most) {
      throw new KithError('too_large', { message: `The image is larger than ${most / 1_024} kB.` });
    }
    const { mime, width, height, bytes } = readImage(given, side);
    const sha256 = createHash('sha256').update(bytes).digest();
    return { row: { tenant_id: tenantId, id: unguessableId(), purpose, mime, width, height, sha256 }, bytes };
  };

  /** As it came: what hides in the parts that are not kept says something of its sender, too. */
  const demandClean = async (given: Buffer): Promise<void> => {
    if (!scan) return;
    try {
      await scan({
        size: given.length,
        read: async (from, to) => Readable.from(given.subarray(from, to), { objectMode: false }),
        signal: ending.signal,
      });
    } catch (cause) {
      if (!(cause instanceof KithError) || cause.code !== 'unavailable') throw cause;
      // Files wait for it; who uploads an image has it still, and is quicker to try again.
      throw new KithError('unavailable', {
        message: 'Images cannot be scanned just now. Try again shortly.',
        cause,
      });
    }
  };

  /** The bytes first, then the row: what a death leaves in between is an orphan, and swept with those of files. */
  const put = async (bytes: Buffer): Promise<BlobObject> => {
    const place = vault.newPlace();
    await vault.append(place, 0, once(bytes));
    await vault.finish(place);
    return { object: place.key, secret: place.secret, size: bytes.length };
  };

  const remove = (object: string): Promise<void> => vault.remove({ key: object, secret: null });

  const bytesOf = async ({ lies }: BlobRow): Promise<Uint8Array> =>
    'bytes' in lies
      ? lies.bytes
      : buffer(await vault.read({ key: lies.object, secret: lies.secret }, 0, lies.size));

  const read = async (tenantId: number, id: string): Promise<StoredBlob | null> => {
    const row = await readBlob(db, tenantId, id);
    if (!row) return null;
    const { mime, purpose, owner_id } = row;
    return { mime, purpose, owner_id, bytes: await bytesOf(row) };
  };

  const move = async (): Promise<number> => {
    let moved = 0;
    for (;;) {
      const page = await unmovedBlobs(db, MOVED_AT_ONCE);
      for (const { bytes, ...key } of page) {
        if (ending.signal.aborted) return moved;
        const lies = await put(bytes);
        if (await moveBlob(db, key, lies)) moved++;
        else await remove(lies.object);
      }
      if (page.length < MOVED_AT_ONCE) break;
    }
    if (moved > 0) logger?.info({ moved }, 'images were moved out of the database');
    return moved;
  };

  const sweep = async (now = new Date()): Promise<number> => {
    await reviewPreviews(db, now, new Date(now.getTime() - REVIEW_AFTER_MS), SWEPT_AT_ONCE);
    const gone = await sweepBlobs(db, new Date(now.getTime() - DAY_MS), SWEPT_AT_ONCE);
    // When this fails halfway, the rest are orphans.
    for (const { object } of gone) if (object !== null) await remove(object);
    return gone.length;
  };

  let running: Promise<void> | null = null;
  const round = (): void => {
    // Images move in the rounds, not at the start: by then no node of the version before is left, which finds them in the database only.
    running ??= (async () => {
      await sweep();
      await move();
    })()
      .catch((err: unknown) => {
        if (!ending.signal.aborted) logger?.warn({ err }, 'images could not be swept or moved');
      })
      .finally(() => {
        running = null;
      });
  };
  const timer = setInterval(round, SWEEP_EVERY_MS).unref();

  return {
    upload: async (person, purpose, given) => {
      const { row, bytes } = judge(person.tenantId, purpose, given);
      const known = await findWaiting(db, { ...row, owner_id: person.userId });
      if (known) return known;
      if ((await countWaiting(db, person)) >= limits.unusedBlobs) {
        throw new KithError('limit_reached', { message: 'Too many uploaded images wait to be used.' });
      }
      await demandClean(given);
      await insertBlob(db, { ...row, ...(await put(bytes)), owner_id: person.userId, used: false });
      return infoOf(row);
    },
    keep: async (tenantId, purpose, given) => {
      const { row, bytes } = judge(tenantId, purpose, given);
      await demandClean(given);
      await insertBlob(db, { ...row, ...(await put(bytes)), owner_id: null, used: true });
      return infoOf(row);
    },
    read: (tenantId, id) => cache.get(`${tenantId} ${id}`, () => read(tenantId, id)),
    avatarUse: (tenantId, id) => avatarUse(db, tenantId, id),
    sweep,
    move,
    close: async () => {
      clearInterval(timer);
      ending.abort();
      await running;
    },
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const infoOf = ({ id, mime, width, height }: BlobInfo): BlobInfo => ({ id, mime, width, height });

/** A UUIDv7 whose other bits are all random: knowing one says nothing of the next. */
function unguessableId(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
