/** When people were last online. Written when they leave, never with what they do. */
import { sql } from 'kysely';
import type { Db } from './database.ts';

export interface LastSeen {
  readonly tenantId: number;
  readonly userId: string;
  readonly at: Date;
}

/** Those never seen are left out. */
export async function lastSeenOf(
  db: Db,
  tenantId: number,
  userIds: readonly string[],
): Promise<Map<string, Date>> {
  const rows = await db
    .selectFrom('users')
    .select(['id', 'last_seen_at'])
    .where('tenant_id', '=', tenantId)
    .where(sql<boolean>`id = any (${[...userIds]}::uuid[])`)
    .where('last_seen_at', 'is not', null)
    .execute();
  return new Map(rows.flatMap((row) => (row.last_seen_at ? [[row.id, row.last_seen_at] as const] : [])));
}

/** A later time replaces an earlier one, never the reverse. */
export async function storeLastSeen(db: Db, seen: readonly LastSeen[]): Promise<void> {
  if (seen.length === 0) return;
  await sql`
    update users u set last_seen_at = s.at
    from unnest(
      ${seen.map((one) => one.tenantId)}::integer[],
      ${seen.map((one) => one.userId)}::uuid[],
      ${seen.map((one) => one.at.toISOString())}::timestamptz[]
    ) as s (tenant_id, id, at)
    where u.tenant_id = s.tenant_id and u.id = s.id and u.deleted_at is null and (u.last_seen_at is null or u.last_seen_at < s.at)`.execute(
    db,
  );
}
