/**
 * Small images kept by the service (decision 14). Their bytes lie in the database; whoever moves them to a disk or a store of
 * objects changes this file, `store/blobs.ts`, and nothing else.
 */
import { createHash, randomBytes } from 'node:crypto';
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
import {
  avatarUse,
  countWaiting,
  findWaiting,
  insertBlob,
  letBlobGo,
  readBlob,
  reviewPreviews,
  sweepBlobs,
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
  /** Keeps what a person uploaded. Nothing uses it yet. @throws KithError bad_input, too_large, limit_reached. */
  upload(person: Somebody, purpose: BlobPurpose, bytes: Buffer): Promise<BlobInfo>;
  /** Keeps what the server itself fetched, in use from the beginning, until the sweep finds that no message shows it. */
  keep(tenantId: number, purpose: BlobPurpose, bytes: Buffer): Promise<BlobInfo>;
  read(tenantId: number, id: string): Promise<StoredBlob | null>;
  /** Whose picture an avatar is at this moment; null: nobody's. */
  avatarUse(tenantId: number, id: string): Promise<'person' | 'conversation' | null>;
  /** One round of forgetting what nothing uses; the timer calls it. */
  sweep(now?: Date): Promise<number>;
  close(): void;
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
/** How often a preview's picture is looked for in messages: longer than an answer of its page is kept for the next message. */
const REVIEW_AFTER_MS = 8 * DAY_MS;
/** The images that everybody asks for: they never change, so no word of it is needed. */
const CACHED_BYTES = 32 * 1024 * 1024;

export function createBlobs({
  database: { db },
  logger,
}: {
  readonly database: Pick<Database, 'db'>;
  readonly logger?: Logger;
}): Blobs {
  const cache = createCache<StoredBlob | null>({
    most: CACHED_BYTES,
    weigh: (blob) => blob?.bytes.length ?? 0,
    keeps: (blob) => blob !== null,
  });
  const rowOf = (tenantId: number, purpose: BlobPurpose, given: Buffer) => {
    const { bytes: most, side } = blobBounds[purpose];
    if (given.length > most) {
      throw new KithError('too_large', { message: `The image is larger than ${most / 1_024} kB.` });
    }
    const { mime, width, height, bytes } = readImage(given, side);
    const sha256 = createHash('sha256').update(bytes).digest();
    return { tenant_id: tenantId, id: unguessableId(), purpose, mime, width, height, sha256, bytes };
  };
  const blobs: Blobs = {
    upload: async (person, purpose, given) => {
      const row = { ...rowOf(person.tenantId, purpose, given), owner_id: person.userId, used: false };
      const known = await findWaiting(db, row);
      if (known) return known;
      if ((await countWaiting(db, person)) >= limits.unusedBlobs) {
        throw new KithError('limit_reached', { message: 'Too many uploaded images wait to be used.' });
      }
      await insertBlob(db, row);
      return infoOf(row);
    },
    keep: async (tenantId, purpose, given) => {
      const row = { ...rowOf(tenantId, purpose, given), owner_id: null, used: true };
      await insertBlob(db, row);
      return infoOf(row);
    },
    read: (tenantId, id) => cache.get(`${tenantId} ${id}`, () => readBlob(db, tenantId, id)),
    avatarUse: (tenantId, id) => avatarUse(db, tenantId, id),
    sweep: async (now = new Date()) => {
      await reviewPreviews(db, now, new Date(now.getTime() - REVIEW_AFTER_MS), SWEPT_AT_ONCE);
      return sweepBlobs(db, new Date(now.getTime() - DAY_MS), SWEPT_AT_ONCE);
    },
    close: () => clearInterval(timer),
  };
  const timer = setInterval(() => {
    blobs.sweep().catch((error: unknown) => logger?.warn({ err: error }, 'unused images could not be swept'));
  }, SWEEP_EVERY_MS).unref();
  return blobs;
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
