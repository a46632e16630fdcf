/** Small images: the rows of `blobs`. */
import type { BlobInfo, BlobPurpose } from '@kith/protocol';
import { sql } from 'kysely';
import type { Db } from './database.ts';
import { bufferOf } from './objects.ts';
import type { BlobsTable } from './schema.ts';
import type { Somebody } from './users.ts';

const infoColumns = ['id', 'mime', 'width', 'height'] as const;

/** Where the bytes of an image lie. */
export interface BlobObject {
  readonly object: string;
  readonly secret: Buffer | null;
  readonly size: number;
}

export type NewBlob = Omit<BlobsTable, 'since' | 'used' | 'bytes' | keyof BlobObject> &
  BlobObject & { readonly used: boolean };

/** An image, and where its bytes are: elsewhere, or still in the row. */
export type BlobRow = Pick<BlobsTable, 'mime' | 'purpose' | 'owner_id'> & {
  readonly lies: BlobObject | { readonly bytes: Uint8Array };
};

/** An image of the same bytes that waits for its use: an upload that was repeated (S7). Its day begins anew. */
export async function findWaiting(
  db: Db,
  { tenant_id, owner_id, purpose, sha256 }: Pick<NewBlob, 'tenant_id' | 'owner_id' | 'purpose' | 'sha256'>,
): Promise<BlobInfo | null> {
  const row = await db
    .updateTable('blobs')
    .set({ since: new Date() })
    .where('tenant_id', '=', tenant_id)
    .where('owner_id', '=', owner_id)
    .where('used', '=', false)
    .where('purpose', '=', purpose)
    .where('sha256', '=', sha256)
    .returning(infoColumns)
    .executeTakeFirst();
  return row ?? null;
}

/** How many images of this person wait for their use. */
export async function countWaiting(db: Db, { tenantId, userId }: Somebody): Promise<number> {
  const { count } = await db
    .selectFrom('blobs')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .where('owner_id', '=', userId)
    .where('used', '=', false)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function insertBlob(db: Db, blob: NewBlob): Promise<void> {
  await db.insertInto('blobs').values(blob).execute();
}

export async function readBlob(db: Db, tenantId: number, id: string): Promise<BlobRow | null> {
  const row = await db
    .selectFrom('blobs')
    .select(['mime', 'purpose', 'owner_id', 'object', 'secret', 'size', 'bytes'])
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const { mime, purpose, owner_id, object, secret, size, bytes } = row;
  if (bytes) return { mime, purpose, owner_id, lies: { bytes } };
  if (object === null || size === null) throw new Error('An image lies nowhere.');
  return { mime, purpose, owner_id, lies: { object, secret: secret && bufferOf(secret), size } };
}

export interface UnmovedBlob {
  readonly tenantId: number;
  readonly id: string;
  readonly bytes: Buffer;
}

/** Images whose bytes are in the database still. */
export async function unmovedBlobs(db: Db, atMost: number): Promise<UnmovedBlob[]> {
  const rows = await db
    .selectFrom('blobs')
    .select(['tenant_id', 'id', 'bytes'])
    .where('bytes', 'is not', null)
    .limit(atMost)
    .$narrowType<{ bytes: Uint8Array }>()
    .execute();
  return rows.map(({ tenant_id, id, bytes }) => ({ tenantId: tenant_id, id, bytes: bufferOf(bytes) }));
}

/** From here on they lie elsewhere. False: the image is gone, or another node was quicker. */
export async function moveBlob(
  db: Db,
  { tenantId, id }: Pick<UnmovedBlob, 'tenantId' | 'id'>,
  lies: BlobObject,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('blobs')
    .set({ ...lies, bytes: null })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('bytes', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Takes an image into use, in the transaction that writes down the use: one of this person's own, made for this purpose, that
 * nothing uses yet. Null when there is none: an image has one use, so that whoever ends the use may let it go.
 */
export async function useBlob(
  db: Db,
  { tenantId, userId }: Somebody,
  id: string,
  purpose: BlobPurpose,
): Promise<BlobInfo | null> {
  const row = await db
    .updateTable('blobs')
    .set({ used: true })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('owner_id', '=', userId)
    .where('purpose', '=', purpose)
    .where('used', '=', false)
    .returning(infoColumns)
    .executeTakeFirst();
  return row ?? null;
}

/** Whose picture an avatar is now: the one of whoever uploaded it, a conversation's, or nobody's (any more, or yet). */
export async function avatarUse(
  db: Db,
  tenantId: number,
  id: string,
): Promise<'person' | 'conversation' | null> {
  const row = await db
    .selectFrom('blobs as b')
    .leftJoin('users as u', (join) =>
      join
        .onRef('u.tenant_id', '=', 'b.tenant_id')
        .onRef('u.id', '=', 'b.owner_id')
        .onRef('u.avatar_id', '=', 'b.id'),
    )
    .select(['b.used', 'u.id as person'])
    .where('b.tenant_id', '=', tenantId)
    .where('b.id', '=', id)
    .executeTakeFirst();
  if (!row?.used) return null;
  return row.person === null ? 'conversation' : 'person';
}

/** Nothing uses it any more: it is swept when a day has passed, for somebody may yet be looking. */
export async function letBlobGo(db: Db, tenantId: number, id: string): Promise<void> {
  await db
    .updateTable('blobs')
    .set({ used: false, since: new Date() })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute();
}

/**
 * Forgets images that nothing has used since then, at most so many; whoever calls it removes the bytes of those with an `object`.
 */
export async function sweepBlobs(
  db: Db,
  before: Date,
  atMost: number,
): Promise<Pick<BlobsTable, 'object'>[]> {
  // Asked twice: what is taken into use meanwhile is no longer one of them.
  const { rows } = await sql<Pick<BlobsTable, 'object'>>`
    delete from blobs where not used and (tenant_id, id) in (
      select tenant_id, id from blobs where not used and since < ${before}
      order by since limit ${atMost} for update skip locked
    ) returning object`.execute(db);
  return rows;
}

/** Whether a message shows it: by an index of nothing but messages with a preview. */
const shown = sql<boolean>`exists (
  select from messages m where m.tenant_id = b.tenant_id and m.link_preview is not null
    and (m.link_preview #>> '{image,path}') = '/v1/blobs/' || b.id::text
)`;

/**
 * Looks after the pictures of link previews, which many messages may show and none lets go: those not looked at since `before` are
 * let go unless a message shows them, at most so many; and what was let go meanwhile found shown again is in use again. `since` is
 * when a picture was looked at. Returns how many were looked at.
 */
export async function reviewPreviews(db: Db, now: Date, before: Date, atMost: number): Promise<number> {
  // A message may have got its preview from a fetch that ended while the picture was looked at.
  await sql`
    update blobs b set used = true, since = ${now}
    where b.purpose = 'preview' and not b.used and ${shown}`.execute(db);
  const { numAffectedRows } = await sql`
    update blobs b set used = ${shown}, since = ${now}
    where b.purpose = 'preview' and b.used and (b.tenant_id, b.id) in (
      select tenant_id, id from blobs where purpose = 'preview' and used and since < ${before}
      order by since limit ${atMost} for update skip locked
    )`.execute(db);
  return Number(numAffectedRows ?? 0);
}
