/** What was found behind links, and when to look again. */
import type { LinkPreview } from '@kith/protocol';
import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Undefined: not known, or too old. `preview` null: there is nothing to show. */
export async function keptPreview(
  db: Db,
  tenantId: number,
  url: string,
): Promise<{ readonly preview: LinkPreview | null } | undefined> {
  return db
    .selectFrom('link_previews')
    .select('preview')
    .where('tenant_id', '=', tenantId)
    .where('url', '=', url)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
}

export async function keepPreview(
  db: Db,
  tenantId: number,
  url: string,
  preview: LinkPreview | null,
  expiresAt: Date,
): Promise<void> {
  const values = { preview: preview && JSON.stringify(preview), expires_at: expiresAt };
  await db
    .insertInto('link_previews')
    .values({ tenant_id: tenantId, url, ...values })
    .onConflict((oc) => oc.columns(['tenant_id', 'url']).doUpdateSet(values))
    .execute();
}

const SWEPT_AT_ONCE = 1_000;

/** Forgets some of what is too old. */
export async function sweepPreviews(db: Db): Promise<void> {
  await sql`
    delete from link_previews where (tenant_id, url) in (
      select tenant_id, url from link_previews where expires_at < now() limit ${SWEPT_AT_ONCE}
    )`.execute(db);
}
