/** Sticker packs: the rows of `sticker_packs`, `stickers`, `sticker_installs`. */
import type { Sticker, StickerPack } from '@kith/protocol';
import { sql } from 'kysely';
import type { Db } from './database.ts';
import type { Somebody } from './users.ts';

interface StickerRow {
  readonly id: string;
  readonly blob_id: string;
  readonly width: number;
  readonly height: number;
  readonly emoji: string;
  readonly alt: string;
}

const stickerColumns = ['id', 'blob_id', 'width', 'height', 'emoji', 'alt'] as const;
const toSticker = ({ blob_id: blobId, ...row }: StickerRow): Sticker => ({ ...row, blobId });

interface PackRow {
  readonly id: string;
  readonly name: string;
  readonly owner_id: string;
  readonly count: number;
  readonly installed: boolean;
  readonly cover: StickerRow | null;
}

const toPack = ({ owner_id: ownerId, cover, ...row }: PackRow): StickerPack => ({
  ...row,
  ownerId,
  cover: cover && toSticker(cover),
});

/** A pack as this person sees it; to be followed by what chooses `p`. */
const packOf = ({ tenantId, userId }: Somebody) => sql`
  select p.id, p.name, p.owner_id, s.count::integer as count, i.at is not null as installed, s.cover
  from sticker_packs p
  left join sticker_installs i on i.tenant_id = p.tenant_id and i.user_id = ${userId}::uuid and i.pack_id = p.id
  cross join lateral (
    select count(*) as count,
      (array_agg(jsonb_build_object('id', id, 'blob_id', blob_id, 'width', width, 'height', height,
        'emoji', emoji, 'alt', alt) order by place))[1] as cover
    from stickers where tenant_id = p.tenant_id and pack_id = p.id and not removed
  ) s
  where p.tenant_id = ${tenantId}`;

export async function installedPacks(db: Db, person: Somebody): Promise<StickerPack[]> {
  const { rows } =
    await sql<PackRow>`${packOf(person)} and i.at is not null order by i.at desc, p.id`.execute(db);
  return rows.map(toPack);
}

export async function findPack(db: Db, person: Somebody, packId: string): Promise<StickerPack | null> {
  const { rows } = await sql<PackRow>`${packOf(person)} and p.id = ${packId}::uuid`.execute(db);
  return rows[0] ? toPack(rows[0]) : null;
}

export async function stickersOf(db: Db, tenantId: number, packId: string): Promise<Sticker[]> {
  const rows = await db
    .selectFrom('stickers')
    .select(stickerColumns)
    .where('tenant_id', '=', tenantId)
    .where('pack_id', '=', packId)
    .where('removed', '=', false)
    .orderBy('place')
    .execute();
  return rows.map(toSticker);
}

/** Holds a pack for this transaction: changes of its stickers are one after another. Its owner, or null when there is none. */
export async function holdPack(db: Db, tenantId: number, packId: string): Promise<string | null> {
  const row = await db
    .selectFrom('sticker_packs')
    .select('owner_id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', packId)
    .forUpdate()
    .executeTakeFirst();
  return row?.owner_id ?? null;
}

/** Also what was removed counts as there: its id is given. */
export async function findSticker(
  db: Db,
  tenantId: number,
  packId: string,
  stickerId: string,
): Promise<(Sticker & { readonly removed: boolean }) | null> {
  const row = await db
    .selectFrom('stickers')
    .select([...stickerColumns, 'removed'])
    .where('tenant_id', '=', tenantId)
    .where('pack_id', '=', packId)
    .where('id', '=', stickerId)
    .executeTakeFirst();
  return row ? { ...toSticker(row), removed: row.removed } : null;
}

export async function countStickers(
  db: Db,
  tenantId: number,
  packId: string,
): Promise<{ readonly there: number; readonly ever: number }> {
  const { rows } = await sql<{ readonly there: number; readonly ever: number }>`
    select count(*) filter (where not removed)::integer as there, count(*)::integer as ever
    from stickers where tenant_id = ${tenantId} and pack_id = ${packId}::uuid`.execute(db);
  return rows[0] ?? { there: 0, ever: 0 };
}

export async function insertSticker(
  db: Db,
  tenantId: number,
  packId: string,
  { id, blobId, ...sticker }: Sticker,
  place: number,
): Promise<void> {
  await db
    .insertInto('stickers')
    .values({ tenant_id: tenantId, pack_id: packId, id, blob_id: blobId, place, ...sticker })
    .execute();
}

/** Its image stays: messages show it. */
export async function hideSticker(
  db: Db,
  tenantId: number,
  packId: string,
  stickerId: string,
): Promise<void> {
  await db
    .updateTable('stickers')
    .set({ removed: true })
    .where('tenant_id', '=', tenantId)
    .where('pack_id', '=', packId)
    .where('id', '=', stickerId)
    .execute();
}

/** Holds a person's packs for this transaction, by the person's row: their bounds are counted one after another. */
export async function holdPacks(
  db: Db,
  { tenantId, userId }: Somebody,
): Promise<{ readonly own: number; readonly installed: number }> {
  await db
    .selectFrom('users')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', userId)
    .forNoKeyUpdate()
    .execute();
  const { rows } = await sql<{ readonly own: number; readonly installed: number }>`
    select
      (select count(*) from sticker_packs where tenant_id = ${tenantId} and owner_id = ${userId}::uuid)::integer as own,
      (select count(*) from sticker_installs where tenant_id = ${tenantId} and user_id = ${userId}::uuid)::integer as installed`.execute(
    db,
  );
  return rows[0] ?? { own: 0, installed: 0 };
}

/** False: the id is given already. */
export async function insertPack(
  db: Db,
  { tenantId, userId }: Somebody,
  id: string,
  name: string,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('sticker_packs')
    .values({ tenant_id: tenantId, id, name, owner_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function insertInstall(db: Db, { tenantId, userId }: Somebody, packId: string): Promise<void> {
  await db
    .insertInto('sticker_installs')
    .values({ tenant_id: tenantId, user_id: userId, pack_id: packId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function deleteInstall(db: Db, { tenantId, userId }: Somebody, packId: string): Promise<void> {
  await db
    .deleteFrom('sticker_installs')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('pack_id', '=', packId)
    .execute();
}
