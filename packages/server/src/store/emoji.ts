/** Custom emoji: the rows of `custom_emoji`. */
import type { CustomEmoji } from '@kith/protocol';
import { sql } from 'kysely';
import type { Db } from './database.ts';

interface Row {
  readonly name: string;
  readonly blob_id: string;
  readonly width: number;
  readonly height: number;
}

const columns = ['name', 'blob_id', 'width', 'height'] as const;
const toEmoji = ({ name, blob_id: blobId, width, height }: Row): CustomEmoji => ({
  name,
  blobId,
  width,
  height,
});

/** All of a tenant, with the revision they are at: one statement, so that the two agree. */
export async function readEmoji(
  db: Db,
  tenantId: number,
): Promise<{ readonly emoji: readonly CustomEmoji[]; readonly rev: number }> {
  const { rows } = await sql<{ readonly rev: number } & { [K in keyof Row]: Row[K] | null }>`
    select t.emoji_rev as rev, e.name, e.blob_id, e.width, e.height
    from tenants t left join custom_emoji e on e.tenant_id = t.id
    where t.id = ${tenantId} order by e.name`.execute(db);
  const emoji = rows.flatMap(({ name, blob_id, width, height }) =>
    name !== null && blob_id !== null && width !== null && height !== null
      ? [toEmoji({ name, blob_id, width, height })]
      : [],
  );
  return { emoji, rev: rows[0]?.rev ?? 0 };
}

export async function findEmoji(
  db: Db,
  tenantId: number,
  name: string,
): Promise<(CustomEmoji & { readonly addedBy: string }) | null> {
  const row = await db
    .selectFrom('custom_emoji')
    .select([...columns, 'added_by'])
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row ? { ...toEmoji(row), addedBy: row.added_by } : null;
}

/** Holds the tenant's emoji for this transaction: changes of them are one after another. */
export async function holdEmoji(db: Db, tenantId: number): Promise<number> {
  const { emoji_rev: rev } = await db
    .selectFrom('tenants')
    .select('emoji_rev')
    .where('id', '=', tenantId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  return rev;
}

export async function raiseEmojiRev(db: Db, tenantId: number): Promise<number> {
  const { emoji_rev: rev } = await db
    .updateTable('tenants')
    .set({ emoji_rev: sql`emoji_rev + 1` })
    .where('id', '=', tenantId)
    .returning('emoji_rev')
    .executeTakeFirstOrThrow();
  return rev;
}

export async function countEmoji(db: Db, tenantId: number): Promise<number> {
  const { count } = await db
    .selectFrom('custom_emoji')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function insertEmoji(
  db: Db,
  tenantId: number,
  { name, blobId, width, height }: CustomEmoji,
  addedBy: string,
): Promise<void> {
  await db
    .insertInto('custom_emoji')
    .values({ tenant_id: tenantId, name, blob_id: blobId, width, height, added_by: addedBy })
    .execute();
}

/** The image it had; null when there was none of this name. */
export async function deleteEmoji(db: Db, tenantId: number, name: string): Promise<string | null> {
  const row = await db
    .deleteFrom('custom_emoji')
    .where('tenant_id', '=', tenantId)
    .where('name', '=', name)
    .returning('blob_id')
    .executeTakeFirst();
  return row?.blob_id ?? null;
}
