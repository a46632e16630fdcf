/** What happened to the keys of a tenant, and which tokens were refused: for whoever runs the service, and for the host by them. */
import { newId, type TenantEventKind } from '@kith/protocol';
import { sql } from 'kysely';
import type { TenantsDb } from './tables.ts';

/** Kept of one tenant: the oldest go. */
const EVENTS_MAX = 5_000;

export async function recordTenantEvent(
  db: TenantsDb,
  tenantId: number,
  kind: TenantEventKind,
  detail = '',
): Promise<void> {
  await db.insertInto('tenant_events').values({ tenant_id: tenantId, id: newId(), kind, detail }).execute();
}

/** One row a reason and hour: a flood of bad tokens is a number. */
export async function countRefusal(db: TenantsDb, tenantId: number, why: string): Promise<void> {
  const { rows } = await sql`
    update tenant_events set count = count + 1 where tenant_id = ${tenantId} and id = (
      select id from tenant_events
      where tenant_id = ${tenantId} and kind = 'token_refused' and detail = ${why} and at > now() - interval '1 hour'
      order by id desc limit 1
    ) returning 1`.execute(db);
  if (rows.length > 0) return;
  await recordTenantEvent(db, tenantId, 'token_refused', why);
  await sql`delete from tenant_events where tenant_id = ${tenantId} and id in (
    select id from tenant_events where tenant_id = ${tenantId} order by id desc offset ${EVENTS_MAX}
  )`.execute(db);
}

/** The newest first. */
export const tenantEvents = (db: TenantsDb, tenantId: number, before: string | null, limit: number) =>
  db
    .selectFrom('tenant_events')
    .select(['id', 'kind', 'at', 'detail', 'count'])
    .where('tenant_id', '=', tenantId)
    .$if(before !== null, (query) => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
